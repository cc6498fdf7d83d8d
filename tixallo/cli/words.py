"""What the words of the command share: their common options, and the way from arguments to a workspace."""

import argparse
import getpass
import sys
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tixallo.workspaces.changes import Actor
    from tixallo.workspaces.models import Workspace

# Controls, formats, and the two that end a line or a paragraph (Unicode, general categories); but not the joiners, with
# which some scripts, and composed emoji, are written.
_ACTING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"

Run = Callable[[argparse.Namespace], int]


def with_data(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add the option that says where the data is."""
    parser.add_argument("--data", help="the data directory (default: TIXALLO_DATA, else data)")
    return parser


def with_workspace(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add the options that say which workspace is meant."""
    parser.add_argument("--workspace", required=True, metavar="SLUG", help="the workspace's address, like acme")
    return with_data(parser)


def group(commands: Any, name: str, text: str) -> Any:
    """Return the words below a word, as in `tixallo key create`."""
    return commands.add_parser(name, help=text).add_subparsers(required=True, metavar="COMMAND")


def prepared(run: Run) -> Run:
    """Run a word with Django and the database ready, and turn a refusal into one sentence and status 1."""

    def running(arguments: argparse.Namespace) -> int:
        from tixallo.config import setup

        setup.use({"TIXALLO_DATA": arguments.data} if arguments.data else None)
        setup.prepare()
        from tixallo.keys.masking import masked
        from tixallo.kit.errors import Invalid, Refusal

        try:
            with setup.answering():
                return run(arguments)
        except Refusal as error:
            sentence = error.sentence() if isinstance(error, Invalid) else str(error)
            # It may repeat what was typed, which can be a key in the wrong place.
            print(f"tixallo: {harmless(masked(sentence))}", file=sys.stderr)
        return 1

    return running


def harmless(text: str) -> str:
    """Return a text of somebody's as a terminal can print it: what would move its cursor, colour what follows or turn
    the direction of writing is written as its code.
    """
    return "".join(_code(letter) if unicodedata.category(letter) in _ACTING else letter for letter in text)


def _code(letter: str) -> str:
    return letter if letter in _JOINERS else letter.encode("unicode_escape").decode()


def workspace_of(arguments: argparse.Namespace) -> "Workspace":
    """Return the workspace that `--workspace` names. Raises `NotFound` with a sentence."""
    from tixallo.kit.errors import NotFound
    from tixallo.workspaces.models import Workspace

    found = Workspace.objects.filter(slug=arguments.workspace).first()
    if found is None:
        raise NotFound(f"There is no workspace “{arguments.workspace}”.")
    return found


def actor() -> "Actor":
    """Return who acts at a terminal: the system's name of the user."""
    from tixallo.workspaces.changes import Actor

    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return Actor("command", "", f"tixallo command ({user})")
