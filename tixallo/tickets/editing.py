"""Editing a ticket: status, priority, subject, tags and assignee, with one event that says what changed."""

from typing import Any, TypedDict

from tixallo.kit import due
from tixallo.kit.errors import Invalid
from tixallo.kit.sql import Statement
from tixallo.tickets import log, rows, searching
from tixallo.tickets.models import STATUSES
from tixallo.tickets.recounting import SETTLED
from tixallo.tickets.rows import Held
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

    A ticket that is `new` becomes `open` when it is assigned, and one that is taken up again is nobody's if its
    assignee has left. Raises `NotFound`, `Conflict` for a merged ticket, and `Invalid` for an assignee who is not a
    member.
    """
    ticket = rows.held(change, ticket_id)
    wanted: dict[str, Any] = {**edits}
    if "tags" in wanted:
        wanted["tags"] = sorted(set(wanted["tags"]))
    assigned = wanted.get("assignee_id") not in (None, ticket.assignee_id)
    if assigned and "status" not in wanted and ticket.status == "new":
        wanted["status"] = "open"
    if "assignee_id" not in wanted and _is_taken_up(ticket, wanted.get("status", "")) and _has_left(change, ticket):
        wanted["assignee_id"] = None
    changes = {name: (getattr(ticket, name), value) for name, value in wanted.items() if value != getattr(ticket, name)}
    if not changes:
        return
    if assigned:
        _check_member(change, wanted["assignee_id"])
    for name, (_, value) in changes.items():
        setattr(ticket, name, value)
    rows.write(change, ticket)
    if "tags" in changes:
        retag(change, ticket.id, ticket.created_at, *changes["tags"])
    if "subject" in changes:
        reindex(change.workspace_id, ticket_id)
    log.updated(change, ticket.entry, changes)
    if assigned and wanted["assignee_id"] != change.actor.id:
        due.enqueue("tickets.assigned", ticket_id)


def set_status(change: Change, ticket: Held, status: str) -> None:
    """Write a ticket with another status, as a consequence of something else; the same status is no change."""
    changes: dict[str, tuple[Any, Any]] = {}
    if status != ticket.status:
        changes["status"] = (ticket.status, status)
    if _is_taken_up(ticket, status) and _has_left(change, ticket):
        changes["assignee_id"], ticket.assignee_id = (ticket.assignee_id, None), None
    ticket.status = status
    rows.write(change, ticket)
    if changes:
        log.updated(change, ticket.entry, changes)


def let_go(change: Change, ticket_id: str) -> None:
    """Make a ticket that has come back nobody's, if there is something to do and its assignee has left meanwhile."""
    ticket = rows.held(change, ticket_id)
    if ticket.status not in SETTLED and _has_left(change, ticket):
        edit(change, ticket_id, {"assignee_id": None})


def reindex(workspace_id: str, ticket_id: str) -> None:
    """Write the ticket's document in the index anew."""
    row = _TEXTS.one(workspace_id, ticket_id)
    if row is not None:
        bodies = [body for (body,) in _BODIES.rows(workspace_id, ticket_id)]
        searching.replace(row[0], workspace_id, [*row[1:], *bodies])


def _is_taken_up(ticket: Held, status: str) -> bool:
    return ticket.status in SETTLED and status in STATUSES and status not in SETTLED


def _has_left(change: Change, ticket: Held) -> bool:
    return ticket.assignee_id is not None and not _is_member(change, ticket.assignee_id)


def _is_member(change: Change, person_id: str) -> bool:
    return Membership.objects.filter(workspace_id=change.workspace_id, person_id=person_id).exists()


def _check_member(change: Change, person_id: str) -> None:
    if not _is_member(change, person_id):
        raise Invalid({"assignee_id": ["Is not a member of the workspace"]})


_TEXTS = Statement(
    "SELECT t.search_id, t.subject, t.description, c.name, c.email FROM tickets_ticket t "
    "JOIN customers_customer c ON c.id = t.customer_id WHERE t.workspace_id = ? AND t.id = ?"
)
_BODIES = Statement("SELECT body FROM tickets_message WHERE workspace_id = ? AND ticket_id = ? ORDER BY created_at, id")
