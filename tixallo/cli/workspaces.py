"""`tixallo workspace create`."""

import argparse
from typing import Any

from tixallo.cli.words import actor, group, harmless, prepared, with_data


def add(commands: Any) -> None:
    """Declare the words."""
    words = group(commands, "workspace", "make workspaces")
    create = with_data(words.add_parser("create", help="make a workspace"))
    create.add_argument("name", metavar="NAME")
    create.add_argument("--owner", required=True, metavar="EMAIL", help="the address of its owner")
    create.add_argument("--slug", help="its address, like acme (default: made from the name)")
    create.set_defaults(run=prepared(_create))


def _create(arguments: argparse.Namespace) -> int:
    from tixallo.workspaces.opening import open_workspace

    made = open_workspace(actor(), name=arguments.name, owner_email=arguments.owner, slug=arguments.slug)
    print(f"Workspace “{harmless(made.name)}” is ready: {made.slug}")
    return 0
