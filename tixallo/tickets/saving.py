"""Saved replies: texts that answer frequent questions."""

from tixallo.kit import clock
from tixallo.kit.errors import Conflict, NotFound
from tixallo.kit.ids import new_id
from tixallo.tickets.models import SavedReply
from tixallo.workspaces.changes import Change, Subject

CUSTOMER = "{customer}"


def create_saved_reply(change: Change, *, name: str, body: str) -> str:
    """Create a saved reply and return its id. Raises `Conflict` for a name in use."""
    _check_free(change, name)
    reply = SavedReply(id=new_id(), workspace_id=change.workspace_id, name=name, body=body)
    reply.save(force_insert=True)
    change.record("saved_reply.created", _subject(reply), {"name": name})
    return reply.id


def edit_saved_reply(change: Change, reply_id: str, *, name: str, body: str) -> None:
    """Give a saved reply another name or text. Raises `NotFound`, and `Conflict` for a name in use."""
    reply = _held(change, reply_id)
    if (reply.name, reply.body) == (name, body):
        return
    if name != reply.name:
        _check_free(change, name)
    before, reply.name, reply.body, reply.updated_at = reply.name, name, body, clock.now()
    reply.save()
    change.record("saved_reply.updated", _subject(reply), {"name": [before, name]})


def delete_saved_reply(change: Change, reply_id: str) -> None:
    """Delete a saved reply. Raises `NotFound`."""
    reply = _held(change, reply_id)
    change.record("saved_reply.deleted", _subject(reply), {"name": reply.name})
    reply.delete()


def filled(body: str, customer_name: str) -> str:
    """Return the text of a saved reply for a customer."""
    return body.replace(CUSTOMER, customer_name)


def _held(change: Change, reply_id: str) -> SavedReply:
    reply = SavedReply.objects.filter(workspace_id=change.workspace_id, id=reply_id).first()
    if reply is None:
        raise NotFound
    return reply


def _check_free(change: Change, name: str) -> None:
    if SavedReply.objects.filter(workspace_id=change.workspace_id, name=name).exists():
        raise Conflict("A saved reply has this name")


def _subject(reply: SavedReply) -> Subject:
    return Subject("saved_reply", reply.id, reply.name)
