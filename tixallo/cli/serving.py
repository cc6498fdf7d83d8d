"""`tixallo serve` and `tixallo worker`."""

import argparse
from typing import Any

from tixallo.cli import serve
from tixallo.cli.words import with_data


def add(commands: Any) -> None:
    """Declare the words."""
    word = commands.add_parser("serve", help="run the web process and the worker")
    serve.add_arguments(word)
    word.set_defaults(run=serve.run)
    with_data(commands.add_parser("worker", help="run the worker alone")).set_defaults(run=_worker)


def _worker(arguments: argparse.Namespace) -> int:
    from tixallo.cli import worker

    return worker.run(arguments.data)
