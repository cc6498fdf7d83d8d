"""`tixallo welcome` and `tixallo person reset`: links for whoever runs the server, when there is no other way in."""

import argparse
import sys
from typing import Any

from tixallo.cli import serve
from tixallo.cli.words import group, prepared


def add(commands: Any) -> None:
    """Declare the words."""
    welcome = commands.add_parser("welcome", help="print a link that leads to a new workspace")
    serve.add_arguments(welcome)
    welcome.add_argument("--again", action="store_true", help="even where there is a workspace already")
    welcome.set_defaults(run=serve.addressed(prepared(_welcome)))
    words = group(commands, "person", "let people in again")
    reset = words.add_parser("reset", help="print a link that sets a new password, once, for 24 hours")
    serve.add_arguments(reset)
    reset.add_argument("email", metavar="EMAIL")
    reset.set_defaults(run=serve.addressed(prepared(_reset)))


def print_welcome() -> None:
    """Print a link to the welcome if there is no workspace yet."""
    from tixallo.workspaces import welcoming

    link = welcoming.make_link()
    if link is not None:
        print(f"Make the first workspace (this link works once, for 24 hours):\n\n    {link}\n", flush=True)


def _welcome(arguments: argparse.Namespace) -> int:
    from tixallo.workspaces import welcoming

    link = welcoming.make_link(again=arguments.again)
    if link is None:
        print("tixallo: There is a workspace already. For another one: tixallo welcome --again", file=sys.stderr)
        return 1
    print(link)
    return 0


def _reset(arguments: argparse.Namespace) -> int:
    from tixallo.workspaces import resetting

    print(resetting.link_for_address(arguments.email))
    return 0
