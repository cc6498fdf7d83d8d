"""Undoing edits and removals: what a change's events say is put back, where it has not been changed again since."""

from typing import Any, cast

import orjson

from tixallo.kit.errors import Conflict, Invalid, NotFound
from tixallo.kit.sql import Statement
from tixallo.tickets import editing, removing, rows
from tixallo.tickets.editing import Edits
from tixallo.workspaces.changes import Change
from tixallo.workspaces.models import Event

_UNDONE = ("ticket.updated", "ticket.deleted")
_FIELDS = ("status", "priority", "subject", "tags", "assignee_id")


def undo_edits(change: Change, revision: int) -> int:
    """Put back what the person who acts changed at a revision, on all its tickets; return on how many.

    Raises `NotFound` when there is nothing of theirs at that revision.
    """
    events = list(
        Event.objects.filter(
            workspace_id=change.workspace_id, revision=revision, type__in=_UNDONE, actor_id=change.actor.id
        ).order_by("position")
    )
    if not events:
        raise NotFound
    return sum(_undo(change, event) for event in events)


def _undo(change: Change, event: Event) -> bool:
    if event.type == "ticket.deleted":
        return _bring_back(change, event.subject_id, event.revision)
    return _put_back(change, event.subject_id, orjson.loads(event.payload)["changes"])


def _bring_back(change: Change, ticket_id: str, revision: int) -> bool:
    # Removed, brought back and removed again by somebody else: that is theirs to undo.
    if _REMOVED_LATER.one(change.workspace_id, ticket_id, revision) is not None:
        return False
    try:
        removing.restore(change, ticket_id)
    except (NotFound, Conflict):
        return False
    return True


def _put_back(change: Change, ticket_id: str, changes: dict[str, list[Any]]) -> bool:
    try:
        ticket = rows.held(change, ticket_id)
    except (NotFound, Conflict):
        return False
    edits = {
        name: before for name, (before, after) in changes.items() if name in _FIELDS and getattr(ticket, name) == after
    }
    try:
        editing.edit(change, ticket_id, cast(Edits, edits))
    except Invalid:
        # Who had the ticket has left the workspace meanwhile; all else goes back.
        del edits["assignee_id"]
        editing.edit(change, ticket_id, cast(Edits, edits))
    return bool(edits)


_REMOVED_LATER = Statement(
    "SELECT 1 FROM workspaces_event "
    "WHERE workspace_id = ? AND subject_id = ? AND type = 'ticket.deleted' AND revision > ? LIMIT 1"
)
