"""What fills a data set. Runs in a process with Django set up (see `inside.py`)."""

import secrets
from typing import Any

from tixallo.cli import demo
from tixallo.customers import finding
from tixallo.inboxes.models import default_inbox
from tixallo.keys import making
from tixallo.keys.models import LARGEST_LIMIT, ApiKey
from tixallo.kit import sql, transactions
from tixallo.kit.ids import new_id
from tixallo.kit.sql import Statement
from tixallo.tickets import searching
from tixallo.workspaces.changes import Actor, change
from tixallo.workspaces.opening import open_workspace

_ACTOR = Actor("command", "", "bench")
_EMAIL = "known@globex.example"
# Keys that are really checked; the others only stand in the table.
_MOST_REAL = 2_000
# What the marked tickets are found by: a tag and a word that no other has, and a time after all others.
_MARK_WORD = "zanzibar"
_UPDATED = "2040-01-01 00:00:00"
_AT_ONCE = 10_000


def tickets(count: int, messages: float = 3.0) -> dict[str, Any]:
    """Make a workspace with `count` tickets of `messages` each on average, a key that is hardly limited, and a customer
    who has written before.
    """
    workspace = open_workspace(_ACTOR, name="Acme", owner_email="owner@acme.example", slug="acme")
    with change(workspace.id, _ACTOR) as opened:
        _, key = making.make_key(opened, name="bench", limit=LARGEST_LIMIT)
        inbox = default_inbox(opened)
        customer = finding.find_or_create(opened, email=_EMAIL).id
    demo.fill(workspace.id, tickets=count, messages_per_ticket=messages)
    return {"workspace": workspace.id, "key": str(key), "customer": customer, "email": _EMAIL, "inbox": inbox}


def marked(count: int, messages: int, matches: int) -> dict[str, Any]:
    """Make such a workspace where each filter alone finds the same `matches` tickets, evenly spread over the list."""
    facts = tickets(count, messages)
    workspace, step = facts["workspace"], count // matches
    postgresql = sql.current().vendor == "postgresql"
    with transactions.change():
        _UNMARK_STATUS.run(workspace)
        _UNMARK_PRIORITY.run(workspace)
        found = (_CHOSEN_POSTGRESQL if postgresql else _CHOSEN_SQLITE).rows(workspace, step)
        for ticket, search, opened in found:
            _MARK.run(facts["customer"], _UPDATED, workspace, ticket)
            _TAG.run(new_id(), workspace, ticket, _MARK_WORD, opened)
            searching.append(workspace, search, _MARK_WORD)
    if postgresql:
        Statement("ANALYZE").run()
    return {**facts, "count": count, "matches": len(found), "mark": _MARK_WORD}


def keys(count: int) -> dict[str, Any]:
    """Make `count` keys of a workspace, the first of them with their texts."""
    workspace = open_workspace(_ACTOR, name="Acme", owner_email="owner@acme.example", slug="acme")
    texts: list[str] = []
    patterns: list[ApiKey] = []
    with change(workspace.id, _ACTOR) as opened:
        for number in range(min(count, _MOST_REAL)):
            key, text = making.make_key(opened, name=f"bench {number}", limit=LARGEST_LIMIT)
            patterns.append(key)
            texts.append(str(text))
    for start in range(len(texts), count, _AT_ONCE):
        rows = [_another(patterns[0]) for _ in range(min(_AT_ONCE, count - start))]
        with transactions.change():
            ApiKey.objects.bulk_create(rows)
    return {"workspace": workspace.id, "keys": texts}


_UNMARK_STATUS = Statement("UPDATE tickets_ticket SET status = 'open' WHERE workspace_id = ? AND status = 'pending'")
_UNMARK_PRIORITY = Statement(
    "UPDATE tickets_ticket SET priority = 'high' WHERE workspace_id = ? AND priority = 'urgent'"
)
_CHOSEN_SQLITE = Statement(
    "SELECT id, search_id, created_at FROM tickets_ticket WHERE workspace_id = ? AND number % ? = 0"
)
_CHOSEN_POSTGRESQL = Statement(
    "SELECT id, search_id, created_at FROM tickets_ticket WHERE workspace_id = ? AND mod(number, ?) = 0"
)
_MARK = Statement(
    "UPDATE tickets_ticket SET status = 'pending', priority = 'urgent', customer_id = ?, updated_at = ? "
    "WHERE workspace_id = ? AND id = ?"
)
_TAG = Statement(
    "INSERT INTO tickets_tagging (id, workspace_id, ticket_id, tag, ticket_created_at) VALUES (?, ?, ?, ?, ?)"
)


def _another(pattern: ApiKey) -> ApiKey:
    return ApiKey(
        id=new_id(),
        workspace_id=pattern.workspace_id,
        public_id=secrets.token_hex(6),
        digest=secrets.token_hex(32),
        pepper_version=pattern.pepper_version,
        checksum_end=pattern.checksum_end,
        name=pattern.name,
        environment=pattern.environment,
        rate_limit=pattern.rate_limit,
        made_by=pattern.made_by,
        created_at=pattern.created_at,
    )
