"""`tixallo audit verify`."""

import argparse
from typing import TYPE_CHECKING, Any

from tixallo.cli.bar import PLAIN_SECONDS, Bar
from tixallo.cli.words import group, prepared, with_data

if TYPE_CHECKING:
    from tixallo.events.verifying import Report


def add(commands: Any) -> None:
    """Declare the words."""
    words = group(commands, "audit", "check the log")
    verify = with_data(words.add_parser("verify", help="say whether the log is as it was written"))
    verify.add_argument("--workspace", metavar="SLUG", help="one workspace (default: all)")
    verify.set_defaults(run=prepared(_verify))


def _verify(arguments: argparse.Namespace) -> int:
    from tixallo.events.verifying import verify
    from tixallo.kit.errors import NotFound
    from tixallo.workspaces.models import Workspace

    found = Workspace.objects.order_by("slug")
    if arguments.workspace:
        found = found.filter(slug=arguments.workspace)
        if not found:
            raise NotFound(f"There is no workspace “{arguments.workspace}”.")
    total = sum(workspace.revision for workspace in found)
    before = 0
    broken = False
    with Bar("revisions", quiet_seconds=PLAIN_SECONDS) as bar:

        def show(revision: int) -> None:
            # Workspaces go on changing meanwhile.
            bar.show(min(before + revision, total), total)

        for workspace in found:
            report = verify(workspace, show)
            bar.clear()
            _print(workspace.slug, report)
            broken = broken or bool(report.findings)
            before += workspace.revision
    return 1 if broken else 0


def _print(slug: str, report: "Report") -> None:
    erased = f", {report.erased} of them erased on purpose" if report.erased else ""
    outcome = f"{len(report.findings)} findings" if report.findings else "the chain is whole"
    print(f"{slug}: {report.events} events{erased}, {outcome}", flush=True)
    for finding in report.findings:
        print(f"  revision {finding.revision}, event {finding.position + 1}: {finding.what}")
