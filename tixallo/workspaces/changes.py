"""A change to a workspace: one transaction that takes the next revision first and writes its events last."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from tixallo.kit import clock, sql, transactions
from tixallo.kit.errors import NotFound
from tixallo.kit.ids import new_id
from tixallo.kit.sql import Statement
from tixallo.workspaces import chain

# The types that leave through the feed and webhooks; every other one is read on the audit page alone.
PUBLIC_TYPES = frozenset(
    {
        "ticket.created",
        "ticket.updated",
        "ticket.closed",
        "ticket.merged",
        "ticket.unmerged",
        "ticket.deleted",
        "ticket.restored",
        "ticket.message.created",
        "customer.created",
        "customer.updated",
    }
)


# SQLite takes at most 32,766 values in one statement.
_MOST_AT_ONCE = 1_000


class Actor(NamedTuple):
    """Who acts: a person, key, customer, command or the system; `origin` is the network address, if any."""

    kind: str
    id: str
    label: str
    origin: str = ""


SYSTEM = Actor("system", "", "Tixallo")


class Subject(NamedTuple):
    """What an event is about."""

    kind: str
    id: str
    label: str


@dataclass
class Change:
    """An open change; verbs write their rows under it and record what they did."""

    workspace_id: str
    actor: Actor
    revision: int
    now: datetime
    link: str
    _rows: list[tuple[Any, ...]] = field(default_factory=list)

    def record(self, kind: str, subject: Subject, payload: Mapping[str, Any], *, leaves: bool = True) -> None:
        """Append an event of type `kind`; `payload` is JSON, for the public types in the form that leaves.

        With `leaves` false one of a public type stays in the house.
        """
        event_id, position, salt = new_id(), len(self._rows), os.urandom(16).hex()
        public = leaves and kind in PUBLIC_TYPES
        text = orjson.dumps(payload).decode()
        digest = chain.digest(salt, (*self.actor, *subject, text))
        place = (self.workspace_id, self.revision, position)
        self.link = chain.link(self.link, event_id, place, (kind, public), self.now, digest)
        row = (event_id, *place, kind, public, *self.actor, *subject, text, salt, digest, self.link)
        self._rows.append((*row, sql.moment(self.now)))

    def is_empty(self) -> bool:
        """Tell whether nothing has been recorded."""
        return not self._rows

    def close(self) -> None:
        """Write the events and the seal."""
        for start in range(0, len(self._rows), _MOST_AT_ONCE):
            rows = self._rows[start : start + _MOST_AT_ONCE]
            _insert(len(rows)).run(*(value for row in rows for value in row))
        _SEAL.run(self.link, chain.seal(self.workspace_id, self.revision, self.link), self.workspace_id)


@contextmanager
def change(workspace_id: str, actor: Actor) -> Iterator[Change]:
    """Open a change to a workspace: others wait, and what happens inside commits as a whole or not at all.

    A change without an event is undone, so that its revision is not used up. Raises `NotFound` for an unknown
    workspace.
    """
    try:
        with transactions.change(workspace_id):
            row = _TAKE.one(workspace_id)
            if row is None:
                raise NotFound
            opened = Change(workspace_id, actor, row[0], clock.now(), row[1])
            yield opened
            if opened.is_empty():
                raise _NothingChanged
            opened.close()
    except _NothingChanged:
        return


def lock(workspace_id: str) -> None:
    """Within a transaction: wait for, and keep out, changes to a workspace, without making one."""
    _LOCK.one(workspace_id)


class _NothingChanged(Exception):
    pass


_TAKE = Statement("UPDATE workspaces_workspace SET revision = revision + 1 WHERE id = ? RETURNING revision, chain_link")
_LOCK = Statement("UPDATE workspaces_workspace SET revision = revision WHERE id = ? RETURNING id")
_SEAL = Statement("UPDATE workspaces_workspace SET chain_link = ?, chain_head = ? WHERE id = ?")
_COLUMNS = (
    "id, workspace_id, revision, position, type, public, actor_kind, actor_id, actor_label, origin, "
    "subject_kind, subject_id, subject_label, payload, salt, digest, link, created_at"
)


# Few counts come often; a long statement for each of them is not to be kept.
@lru_cache(maxsize=32)
def _insert(count: int) -> Statement:
    row = f"({', '.join('?' * 18)})"
    return Statement(f"INSERT INTO workspaces_event ({_COLUMNS}) VALUES {', '.join([row] * count)}")
