"""Undoing an edit: what its events say was changed is put back, where it has not been changed again since."""

from typing import Any, cast

import orjson

from tixallo.kit.errors import NotFound
from tixallo.tickets import editing, rows
from tixallo.tickets.editing import Edits
from tixallo.workspaces.changes import Change
from tixallo.workspaces.models import Event

_FIELDS = ("status", "priority", "subject", "tags", "assignee_id")


def undo_edits(change: Change, revision: int) -> int:
    """Put back what the person who acts changed at a revision, on all its tickets; return on how many.

    Raises `NotFound` when there is nothing of theirs at that revision.
    """
    events = Event.objects.filter(
        workspace_id=change.workspace_id, revision=revision, type="ticket.updated", actor_id=change.actor.id
    )
    found = [(event.subject_id, orjson.loads(event.payload)["changes"]) for event in events.order_by("position")]
    if not found:
        raise NotFound
    return sum(_put_back(change, ticket_id, changes) for ticket_id, changes in found)


def _put_back(change: Change, ticket_id: str, changes: dict[str, list[Any]]) -> bool:
    try:
        ticket = rows.held(change, ticket_id)
    except NotFound:
        return False
    edits = {
        name: before for name, (before, after) in changes.items() if name in _FIELDS and getattr(ticket, name) == after
    }
    editing.edit(change, ticket_id, cast(Edits, edits))
    return bool(edits)
