"""`tixallo demo` and `tixallo sample`: workspaces filled with marked samples."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from tixallo.cli import serve
from tixallo.cli.words import actor, harmless, prepared, with_workspace, workspace_of

if TYPE_CHECKING:
    from tixallo.workspaces.models import Workspace

Number = TypeVar("Number", int, float)

MOST_TICKETS = 1_000_000
_MOST_MESSAGES = 50
_MOST_RANDOM = 2**32 - 1

_ABOUT_DEMO = """
Fills a workspace with a believable month of support work: customers and companies, tickets, conversations, and the log
of it all. Addresses end in .example, and every ticket carries the tag “sample”. The server may run meanwhile.

N counts all tickets of the workspace, also those it had before. So a command that was interrupted goes on where it was
when it is run again, and one that was finished does nothing; with a larger N the later part of the month is filled up.
"""
_ABOUT_SAMPLE = """
If there is no workspace at all, makes the workspace Acme with six sample tickets and a key, and shows the key once.
Otherwise does nothing. Takes the options of `tixallo serve`, so that it shows the address of that server.
"""
_SHOWN_ONCE = """\
The workspace “Acme” is ready, with six sample tickets and a key for development:

    {key}

Copy this key now. Only a fingerprint is kept; it cannot be shown again.

This line keeps it out of your shell's history: enter it, then paste the key and press Enter (nothing is shown).

    read -rs TIXALLO_API_KEY; export TIXALLO_API_KEY

With the server running, list the tickets:

    curl {origin}/api/v1/tickets \\
      -H "Authorization: Bearer $TIXALLO_API_KEY" \\
      -H "Content-Type: application/json"
"""


def add(commands: Any) -> None:
    """Declare the words."""
    demo = with_workspace(commands.add_parser("demo", help="fill a workspace with samples", description=_ABOUT_DEMO))
    demo.add_argument("--create", action="store_true", help="make the workspace first, if there is none")
    demo.add_argument(
        "--tickets",
        type=_number(int, 1, MOST_TICKETS),
        default=1_000,
        metavar="N",
        help="how many tickets the workspace has in the end: 1 to 1,000,000 (default: 1,000)",
    )
    demo.add_argument(
        "--messages-per-ticket",
        type=_number(float, 0, _MOST_MESSAGES),
        default=3.0,
        metavar="AVG",
        help="how many messages a ticket has on average, beside its description: 0 to 50 (default: 3)",
    )
    demo.add_argument(
        "--random",
        type=_number(int, 0, _MOST_RANDOM),
        default=1,
        metavar="N",
        help="another number gives other samples, the same one the same (default: 1)",
    )
    demo.set_defaults(run=prepared(_demo))
    sample = commands.add_parser("sample", help="make a first workspace and its key", description=_ABOUT_SAMPLE)
    serve.add_arguments(sample)
    sample.set_defaults(run=_sample)


def _demo(arguments: argparse.Namespace) -> int:
    from tixallo.cli.bar import Bar
    from tixallo.cli.demo import fill

    workspace = _created(arguments.workspace) if arguments.create else workspace_of(arguments)
    with Bar("tickets") as bar:
        added = fill(
            workspace.id,
            tickets=arguments.tickets,
            messages_per_ticket=arguments.messages_per_ticket,
            random=arguments.random,
            progress=bar.show,
        )
    workspace.refresh_from_db()
    name = harmless(workspace.name)
    print(f"Workspace “{name}” has {workspace.ticket_count:,} tickets; {added:,} of them were added now.")
    return 0


def _created(slug: str) -> "Workspace":
    from tixallo.workspaces.models import Workspace
    from tixallo.workspaces.opening import open_workspace

    found = Workspace.objects.filter(slug=slug).first()
    name = slug.replace("-", " ").title()
    return found or open_workspace(actor(), name=name, owner_email=f"owner@{slug}.example", slug=slug)


def _sample(arguments: argparse.Namespace) -> int:
    return serve.addressed(prepared(_make_sample))(arguments)


def _make_sample(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    from tixallo.workspaces.models import Workspace

    if Workspace.objects.exists():
        return 0
    from tixallo.cli.demo.acme import make_first

    key = make_first(actor())
    if key is not None:
        print(_SHOWN_ONCE.format(key=key, origin=settings.TIXALLO.origin), flush=True)
    return 0


def _number(kind: Callable[[str], Number], lowest: int, highest: int) -> Callable[[str], Number]:
    def parse(text: str) -> Number:
        value = kind(text)
        if not lowest <= value <= highest:
            raise argparse.ArgumentTypeError(f"must be {lowest:,} to {highest:,}")
        return value

    return parse
