"""`tixallo key …`: make, list, rotate, disable, enable and revoke keys."""

import argparse
import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tixallo.cli import rotations
from tixallo.cli.words import actor, group, harmless, prepared, with_data, with_workspace, workspace_of

if TYPE_CHECKING:
    from tixallo.keys.models import ApiKey


def add(commands: Any) -> None:
    """Declare the words."""
    words = group(commands, "key", "make and end API keys")
    create = with_workspace(words.add_parser("create", help="make a key and print it, this once"))
    create.add_argument("--name", required=True, help="what will use it, like “Billing sync”")
    create.add_argument("--environment", default="production", choices=("development", "staging", "production"))
    create.add_argument("--expires", type=int, metavar="DAYS", help="days until it expires (default: never)")
    create.add_argument("--limit", type=int, default=60, metavar="N", help="requests in 60 seconds (default: 60)")
    create.add_argument(
        "--scope",
        action="extend",
        nargs="+",
        metavar="SCOPE",
        help="what it may do, one or more; may be repeated (default: everything)",
    )
    create.set_defaults(run=prepared(_create))
    listed = with_workspace(words.add_parser("list", help="list a workspace's keys"))
    listed.add_argument("--json", action="store_true", help="as JSON")
    listed.set_defaults(run=prepared(_list))
    rotations.add(words)
    for name, text in (
        ("disable", "switch a key off until it is enabled"),
        ("enable", "switch a disabled key on"),
        ("revoke", "end a key for good"),
    ):
        word = with_data(words.add_parser(name, help=text))
        word.add_argument("id", metavar="ID", help="the key's id or public id, as `key list` shows it")
        word.add_argument("--reason", default="", metavar="TEXT", help="why, for the log")
        word.set_defaults(run=prepared(_end), verb=name)


def _create(arguments: argparse.Namespace) -> int:
    from tixallo.keys.making import make_key
    from tixallo.workspaces.changes import change

    workspace = workspace_of(arguments)
    with change(workspace.id, actor()) as opened:
        _, text = make_key(
            opened,
            name=arguments.name,
            environment=arguments.environment,
            expires_in=None if arguments.expires is None else _days(arguments.expires),
            limit=arguments.limit,
            allowed=arguments.scope,
        )
    print("Copy this key now. Only a fingerprint is kept; it cannot be shown again.", file=sys.stderr)
    print(text)
    return 0


def _days(count: int) -> timedelta:
    # Which are too many is for the verb to say; a timedelta has bounds of its own.
    return timedelta(days=min(max(count, 0), 1_000_000))


def _list(arguments: argparse.Namespace) -> int:
    keys = list(workspace_of(arguments).api_keys.order_by("created_at", "id"))
    if arguments.json:
        print(json.dumps([_facts(key) for key in keys], indent=2))
        return 0
    if not keys:
        print(f"No keys yet. Make one: tixallo key create --workspace {arguments.workspace} --name NAME")
        return 0
    rows = [("ID", "NAME", "ENVIRONMENT", "STATE", "LAST USED", "EXPIRES")]
    rows += [
        (
            key.public_id,
            harmless(key.name),
            key.environment,
            key.state(),
            f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never",
            f"{key.expires_at:%Y-%m-%d %H:%M}" if key.expires_at else "never",
        )
        for key in keys
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _end(arguments: argparse.Namespace) -> int:
    from tixallo.keys import ending
    from tixallo.keys.ending_words import told
    from tixallo.workspaces.changes import change

    key = ending.find_anywhere(arguments.id)
    with change(key.workspace_id, actor()) as opened:
        ended = {"disable": ending.disable, "enable": ending.enable, "revoke": ending.revoke}[arguments.verb](
            opened, key.id, arguments.reason
        )
    said = {"disable": "is disabled", "enable": "is enabled", "revoke": "is revoked"}[arguments.verb]
    print(f"Key “{harmless(key.name)}” {said}.")
    if ended is not None:
        print(told(ended))
    return 0


def _facts(key: "ApiKey") -> dict[str, Any]:
    from tixallo.kit.clock import rfc3339

    def moment(name: str) -> str | None:
        value = getattr(key, name)
        return None if value is None else rfc3339(value)

    return {
        "id": key.id,
        "public_id": key.public_id,
        "hint": key.hint(),
        "name": key.name,
        "environment": key.environment,
        "state": key.state(),
        "limit": key.rate_limit,
        "scopes": key.scopes,
        "made_by": key.made_by,
        "created_at": moment("created_at"),
        "expires_at": moment("expires_at"),
        "disabled_at": moment("disabled_at"),
        "revoked_at": moment("revoked_at"),
        "revoked_by": key.revoked_by,
        "revoked_reason": key.revoked_reason,
        "replaced_by": key.replaced_by_id,
        "last_used_at": moment("last_used_at"),
        "last_used_from": key.last_used_from,
        "last_used_client": key.last_used_client,
        "last_used_route": key.last_used_route,
    }
