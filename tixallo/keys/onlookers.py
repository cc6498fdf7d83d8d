"""Workspaces at whose keys somebody looks: what comes with these keys is written at once, so that the page shows it
whichever process it came to.

One process alone needs none of this: its pages add what it has not written yet. So on SQLite nothing happens here.
"""

import threading
from collections.abc import Iterable

import orjson

from tixallo.kit import clock, sql
from tixallo.kit.sql import Statement
from tixallo.kit.standing import REMEMBERED_SECONDS

# A page that stands open and is told nothing new is answered without coming here for `REMEMBERED_SECONDS` at most.
LOOKED_AT_SECONDS = 75
_RENEWED_SECONDS = REMEMBERED_SECONDS + 10
# Some 150 bytes each.
_MOST_NOTED = 5_000

_lock = threading.Lock()
_noted: dict[str, float] = {}


def are_told() -> bool:
    """Tell whether there can be another process that shows what this one counts."""
    return sql.dialect().name == "postgresql"


def note(workspace_id: str) -> None:
    """Note that somebody looks at a workspace's keys; that holds for `LOOKED_AT_SECONDS`."""
    now = clock.seconds()
    if not are_told() or _noted.get(workspace_id, 0.0) - now > _RENEWED_SECONDS:
        return
    until = now + LOOKED_AT_SECONDS
    _NOTE.run(workspace_id, clock.from_seconds(until))
    with _lock:
        while len(_noted) >= _MOST_NOTED:
            del _noted[next(iter(_noted))]
        _noted[workspace_id] = until


def among(workspace_ids: Iterable[str]) -> set[str]:
    """Return those of some workspaces at whose keys somebody looks, whichever process shows them."""
    rows = _LOOKED_AT.rows(orjson.dumps(list(workspace_ids)).decode(), clock.now())
    return {str(row[0]) for row in rows}


# Both for PostgreSQL alone.
_NOTE = Statement(
    "INSERT INTO keys_keyturn AS kept (workspace_id, turn, looked_at_until) VALUES (?, 0, ?) "
    "ON CONFLICT (workspace_id) DO UPDATE SET looked_at_until = excluded.looked_at_until"
)
# unscoped: what came with the keys of several workspaces is written together
_LOOKED_AT = Statement(
    "SELECT t.workspace_id FROM json_array_elements_text(?::json) AS given(value) "
    "JOIN keys_keyturn t ON t.workspace_id = given.value::uuid WHERE t.looked_at_until > ?",
    prepared=True,
)
