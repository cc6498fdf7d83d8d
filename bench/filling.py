"""What fills a data set. Runs in a process with Django set up (see `inside.py`)."""

import secrets
from typing import Any

from tixallo.cli import demo
from tixallo.customers import finding
from tixallo.inboxes.models import default_inbox
from tixallo.keys import making
from tixallo.keys.models import LARGEST_LIMIT, ApiKey
from tixallo.kit import transactions
from tixallo.kit.ids import new_id
from tixallo.workspaces.changes import Actor, change
from tixallo.workspaces.opening import open_workspace

_ACTOR = Actor("command", "", "bench")
_EMAIL = "known@globex.example"
# Keys that are really checked; the others only stand in the table.
_MOST_REAL = 2_000
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
