"""Editing a ticket: status, priority, subject, tags and assignee, with one event that says what changed."""

from typing import Any, TypedDict

import orjson

from tixallo.kit import sql
from tixallo.kit.errors import Invalid, NotFound
from tixallo.kit.sql import Statement
from tixallo.tickets import log, searching
from tixallo.tickets.log import Entry
from tixallo.tickets.tagging import retag
from tixallo.workspaces.changes import Change
from tixallo.workspaces.models import Membership


class Edits(TypedDict, total=False):
    """The fields that an edit may carry; those left out stay as they are."""

    status: str
    priority: str
    subject: str
    tags: list[str]
    assignee_id: str | None


def edit(change: Change, ticket_id: str, edits: Edits) -> None:
    """Apply `edits`; what is as it was changes nothing and is not recorded.

    A ticket that is `new` becomes `open` when it is assigned. Raises `NotFound`, and `Invalid` for an assignee who is
    not a member.
    """
    row = _EDITED.one(change.workspace_id, ticket_id)
    if row is None:
        raise NotFound
    before: dict[str, Any] = {
        "subject": row[2],
        "status": row[3],
        "priority": row[4],
        "tags": orjson.loads(row[7]),
        "assignee_id": None if row[8] is None else str(row[8]),
    }
    wanted: dict[str, Any] = {**edits}
    if "tags" in wanted:
        wanted["tags"] = sorted(set(wanted["tags"]))
    assigned = wanted.get("assignee_id") not in (None, before["assignee_id"])
    if assigned and "status" not in wanted and before["status"] == "new":
        wanted["status"] = "open"
    changes = {name: (before[name], value) for name, value in wanted.items() if value != before[name]}
    if not changes:
        return
    if assigned:
        _check_member(change, wanted["assignee_id"])
    after = {**before, **wanted}
    _write(change, ticket_id, before["status"], after)
    if "tags" in changes:
        retag(change, ticket_id, sql.read_moment(row[9]), before["tags"], after["tags"])
    ticket = Entry(ticket_id, row[1], after["subject"], after["status"], after["priority"], row[5], str(row[6]))
    if "subject" in changes:
        reindex(change.workspace_id, ticket_id)
    log.updated(change, ticket, changes)


def held(change: Change, ticket_id: str) -> tuple[Entry, str, int]:
    """Return a ticket, its customer's name and its key in the index, for a verb that goes on from its state.

    Raises `NotFound`.
    """
    row = _HELD.one(change.workspace_id, ticket_id)
    if row is None:
        raise NotFound
    return Entry(str(row[0]), row[1], row[2], row[3], row[4], row[5], str(row[6])), row[7], row[8]


def set_status(change: Change, ticket: Entry, status: str) -> None:
    """Give a ticket another status as a consequence of something else."""
    closed_at = sql.moment(change.now) if status == "closed" else None
    _SET_STATUS.run(status, closed_at, sql.moment(change.now), change.workspace_id, ticket.id)
    log.updated(change, ticket._replace(status=status), {"status": (ticket.status, status)})


def reindex(workspace_id: str, ticket_id: str) -> None:
    """Write the ticket's document in the index anew."""
    row = _TEXTS.one(workspace_id, ticket_id)
    if row is not None:
        bodies = [body for (body,) in _BODIES.rows(workspace_id, ticket_id)]
        searching.replace(row[0], workspace_id, [*row[1:], *bodies])


def _write(change: Change, ticket_id: str, status_before: str, after: dict[str, Any]) -> None:
    at = sql.moment(change.now)
    tags = orjson.dumps(after["tags"]).decode()
    _EDIT.run(
        *(after["subject"], after["status"], after["priority"], tags, after["assignee_id"], at),
        *(change.workspace_id, ticket_id),
    )
    if (after["status"] == "closed") != (status_before == "closed"):
        _SET_STATUS.run(
            after["status"], at if after["status"] == "closed" else None, at, change.workspace_id, ticket_id
        )


def _check_member(change: Change, person_id: str) -> None:
    if not Membership.objects.filter(workspace_id=change.workspace_id, person_id=person_id).exists():
        raise Invalid({"assignee_id": ["Is not a member of the workspace"]})


_HELD = Statement(
    "SELECT t.id, t.number, t.subject, t.status, t.priority, t.source, t.customer_id, c.name, t.search_id "
    "FROM tickets_ticket t JOIN customers_customer c ON c.id = t.customer_id WHERE t.workspace_id = ? AND t.id = ?"
)
_EDITED = Statement(
    lambda dialect: (
        "SELECT t.id, t.number, t.subject, t.status, t.priority, t.source, t.customer_id, t.tags, t.assignee_id, "
        f"{dialect.moment('t.created_at')} FROM tickets_ticket t WHERE t.workspace_id = ? AND t.id = ?"
    )
)
_EDIT = Statement(
    "UPDATE tickets_ticket SET subject = ?, status = ?, priority = ?, tags = ?, assignee_id = ?, updated_at = ? "
    "WHERE workspace_id = ? AND id = ?"
)
_SET_STATUS = Statement(
    "UPDATE tickets_ticket SET status = ?, closed_at = ?, updated_at = ? WHERE workspace_id = ? AND id = ?"
)
_TEXTS = Statement(
    "SELECT t.search_id, t.subject, t.description, c.name, c.email FROM tickets_ticket t "
    "JOIN customers_customer c ON c.id = t.customer_id WHERE t.workspace_id = ? AND t.id = ?"
)
_BODIES = Statement("SELECT body FROM tickets_message WHERE workspace_id = ? AND ticket_id = ? ORDER BY created_at, id")
