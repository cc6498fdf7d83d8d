"""Who is at a ticket, and who writes there: rows that live for seconds and change no revision.

A page says so every few seconds; what nobody repeats is over, and swept away within the minute.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from tixallo.kit import clock, due, sql, transactions
from tixallo.kit.errors import NotFound
from tixallo.kit.ids import is_id, new_id
from tixallo.kit.sql import Row, Statement
from tixallo.workspaces.models import Person, Workspace

KINDS = ("here", "reply", "note")
# A page repeats itself every five seconds, so that one lost request is not an absence.
REPEATED_SECONDS = 5
LIFE = timedelta(seconds=12)


class Present(NamedTuple):
    """A person at a ticket; `kind` is one of `KINDS`."""

    ticket_id: str
    person_id: str
    name: str
    kind: str


def note(workspace: Workspace, person: Person, ticket_id: str, kind: str) -> None:
    """Say that the person is at the ticket for the next seconds. Raises `NotFound` for an unknown ticket."""
    now = clock.now()
    with transactions.change():
        _FORGET.run(workspace.id, sql.moment(now))
        values = (new_id(), person.id, kind, sql.moment(now + LIFE))
        if not is_id(ticket_id) or not _NOTE.run(*values, workspace.id, ticket_id):
            raise NotFound


@due.kind("presence.forget", every=timedelta(minutes=1))
def forget(_key: str = "") -> None:
    """Delete what is over, in every workspace."""
    if _OVER.one(sql.moment(clock.now())) is not None:
        with transactions.change():
            _FORGET_ALL.run(sql.moment(clock.now()))


def leave(workspace: Workspace, person: Person, ticket_id: str) -> None:
    """Say that the person has left the ticket."""
    with transactions.change():
        workspace.presences.filter(person=person, ticket_id=ticket_id).delete()


def of_ticket(workspace: Workspace, ticket_id: str, *, but: Person) -> list[Present]:
    """Return who else is at a ticket."""
    found = _OF_TICKET.rows(workspace.id, ticket_id, sql.moment(clock.now()))
    return [present for present in _read(found) if present.person_id != but.id]


def _read(rows: Iterable[Row]) -> list[Present]:
    return [Present(str(ticket), str(person), name, kind) for ticket, person, name, kind in rows]


_FORGET = Statement("DELETE FROM tickets_presence WHERE workspace_id = ? AND until < ?")
# unscoped: what is over goes in every workspace alike
_OVER = Statement("SELECT 1 FROM tickets_presence WHERE until < ? LIMIT 1")
# unscoped: what is over goes in every workspace alike
_FORGET_ALL = Statement("DELETE FROM tickets_presence WHERE until < ?")
_NOTE = Statement(
    lambda dialect: (
        "INSERT INTO tickets_presence (id, person_id, kind, until, workspace_id, ticket_id) "
        f"SELECT {_values(dialect)}, workspace_id, id FROM tickets_ticket WHERE workspace_id = ? AND id = ? "
        "ON CONFLICT (workspace_id, ticket_id, person_id) DO UPDATE SET kind = excluded.kind, until = excluded.until"
    )
)
_OF_TICKET = Statement(
    "SELECT p.ticket_id, p.person_id, w.name, p.kind FROM tickets_presence p "
    "JOIN workspaces_person w ON w.id = p.person_id "
    "WHERE p.workspace_id = ? AND p.ticket_id = ? AND p.until > ? ORDER BY w.name, p.person_id"
)


def _values(dialect: sql.Dialect) -> str:
    # In a SELECT PostgreSQL takes a bare value for text.
    return "?::uuid, ?::uuid, ?, ?::timestamptz" if dialect.name == "postgresql" else "?, ?, ?, ?"
