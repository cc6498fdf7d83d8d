"""`tixallo audit verify`."""

import argparse
from typing import Any

from tixallo.cli.words import group, prepared, with_data


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
    broken = False
    for workspace in found:
        report = verify(workspace)
        erased = f", {report.erased} of them erased on purpose" if report.erased else ""
        if not report.findings:
            print(f"{workspace.slug}: {report.events} events{erased}, the chain is whole")
            continue
        broken = True
        print(f"{workspace.slug}: {report.events} events{erased}, {len(report.findings)} findings")
        for finding in report.findings:
            print(f"  revision {finding.revision}, event {finding.position + 1}: {finding.what}")
    return 1 if broken else 0
