"""`tixallo due list` and `tixallo due retry`: what waits for the worker, and what it could not do."""

import argparse
from typing import Any

from tixallo.cli.words import group, harmless, prepared, with_data


def add(commands: Any) -> None:
    """Declare the words."""
    words = group(commands, "due", "look after what the worker does")
    listed = with_data(words.add_parser("list", help="list what is waiting or has failed"))
    listed.add_argument("--dead", action="store_true", help="only what was given up")
    listed.set_defaults(run=prepared(_list))
    again = with_data(words.add_parser("retry", help="try again what was given up"))
    again.add_argument("id", metavar="ID", help="as `due list` shows it, or `all`")
    again.set_defaults(run=prepared(_retry))


def _list(arguments: argparse.Namespace) -> int:
    from tixallo.kit.models import Due

    rows = Due.objects.order_by("due_at")
    for row in rows.filter(dead_at__isnull=False) if arguments.dead else rows:
        state = "given up" if row.dead_at else f"due {row.due_at:%Y-%m-%d %H:%M:%S}"
        print(f"{row.id}  {row.kind}  {row.key or '-'}  {state}  {row.attempts} tries")
        if row.last_error:
            print(f"    {harmless(row.last_error.strip().splitlines()[-1])}")
    return 0


def _retry(arguments: argparse.Namespace) -> int:
    from tixallo.kit import due
    from tixallo.kit.errors import NotFound
    from tixallo.kit.ids import is_id
    from tixallo.kit.models import Due

    if arguments.id == "all":
        found = list(Due.objects.filter(dead_at__isnull=False).values_list("id", flat=True))
    else:
        found = [arguments.id] if is_id(arguments.id) else []
    count = sum(due.retry(identifier) for identifier in found)
    if not count and arguments.id != "all":
        raise NotFound("Nothing that was given up has this id.")
    print(f"{count} will be tried again.")
    return 0
