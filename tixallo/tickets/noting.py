"""Internal notes: what the team says among itself on a ticket."""

from tixallo.kit.ids import new_id
from tixallo.tickets import log, once, rows
from tixallo.tickets.models import Note
from tixallo.workspaces.changes import Change


def add_note(change: Change, ticket_id: str, body: str, note_id: str = "") -> str:
    """Add a note by who acts and return its id; it neither answers nor reopens. Raises `NotFound` and `Conflict`.

    Of the same `note_id`, a fresh id, only one is added.
    """
    ticket = rows.held(change, ticket_id)
    if note_id:
        once.take_turn(note_id)
    if note_id and Note.objects.filter(workspace_id=change.workspace_id, id=note_id).exists():
        return note_id
    note = Note(
        id=note_id or new_id(),
        workspace_id=change.workspace_id,
        ticket_id=ticket.id,
        body=body,
        author_id=change.actor.id,
        author_name=change.actor.label,
        created_at=change.now,
    )
    note.save(force_insert=True)
    log.note_created(change, ticket.entry, note.id)
    return note.id
