"""The command `tixallo`: which words lead where.

What a word does is imported when it is used, so that `serve` stays small.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

import tixallo
from tixallo.config.environment import BadSetting, OutOfReach

# Each module has `add(commands)`, which declares its words and what they run.
_MODULES = (
    "tixallo.cli.serving",
    "tixallo.cli.workspaces",
    "tixallo.cli.people",
    "tixallo.cli.keys",
    "tixallo.cli.auditing",
    "tixallo.cli.dues",
    "tixallo.cli.demos",
    "tixallo.cli.checking",
)

# How a shell tells of a program that SIGPIPE has ended.
_BROKEN_PIPE = 128 + signal.SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (default: the process's own) and return its exit status."""
    try:
        try:
            return _run(sys.argv[1:] if arguments is None else arguments)
        finally:
            # Not left to the end of the interpreter, which would complain of a reader that is gone.
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has seen enough. What is still to be written must go somewhere at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE


def _run(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tixallo", description="A self-hosted customer-support platform with an API.")
    parser.add_argument("--version", action="version", version=f"tixallo {tixallo.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in _MODULES:
        import_module(module).add(commands)
    chosen = parser.parse_args(given)
    try:
        _check_encoding(given)
        return int(chosen.run(chosen))
    except BadSetting as error:
        print(f"tixallo: {error}", file=sys.stderr)
        return 2
    except OutOfReach as error:
        print(f"tixallo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _check_encoding(arguments: Sequence[str]) -> None:
    # Python gives bytes that are no text as lone surrogates, which nothing can store.
    for number, argument in enumerate(arguments, start=1):
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise BadSetting(f"Argument {number} is not a text in UTF-8.") from None


if __name__ == "__main__":
    sys.exit(main())
