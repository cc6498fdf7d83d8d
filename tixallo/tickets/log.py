"""What the log says of tickets: the events and the fields that they carry."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tixallo.workspaces.changes import Change, Subject


class Entry(NamedTuple):
    """A ticket as its events show it. What happens to a sample stays in the house."""

    id: str
    number: int
    subject: str
    status: str
    priority: str
    source: str
    customer_id: str
    is_sample: bool = False


def created(change: Change, ticket: Entry) -> None:
    """Record that a ticket was opened."""
    _record(change, "ticket.created", ticket, _fields(ticket))


def updated(change: Change, ticket: Entry, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """Record an edit; `changes` maps each field to before and after. Becoming closed is an event of its own."""
    payload = {**_fields(ticket), "changes": {name: list(pair) for name, pair in changes.items()}}
    _record(change, "ticket.updated", ticket, payload)
    if "status" in changes and ticket.status == "closed":
        _record(change, "ticket.closed", ticket, payload)


def merged(change: Change, ticket: Entry, into_id: str) -> None:
    """Record that a ticket was merged into another one."""
    _record(change, "ticket.merged", ticket, {**_fields(ticket), "merged_into": into_id})


def unmerged(change: Change, ticket: Entry, into_id: str) -> None:
    """Record that a merge was undone."""
    _record(change, "ticket.unmerged", ticket, {**_fields(ticket), "merged_into": into_id})


def deleted(change: Change, ticket: Entry, *, spam: bool) -> None:
    """Record that a ticket was deleted; that it was called spam is for the team alone."""
    _record(change, "ticket.deleted", ticket, _fields(ticket))
    if spam:
        _record(change, "ticket.marked_as_spam", ticket, {"ticket_id": ticket.id})


def restored(change: Change, ticket: Entry) -> None:
    """Record that a deleted ticket was brought back."""
    _record(change, "ticket.restored", ticket, _fields(ticket))


def note_created(change: Change, ticket: Entry, note_id: str) -> None:
    """Record an internal note; its text stays out of the log."""
    _record(change, "ticket.note.created", ticket, {"ticket_id": ticket.id, "note_id": note_id})


def message_created(change: Change, ticket: Entry, message_id: str, body: str, author: Mapping[str, str]) -> None:
    """Record a public message."""
    payload = {"ticket_id": ticket.id, "ticket_number": ticket.number, "message_id": message_id, "body": body}
    _record(change, "ticket.message.created", ticket, {**payload, "author": author})


def _record(change: Change, kind: str, ticket: Entry, payload: Mapping[str, Any]) -> None:
    change.record(kind, _subject(ticket), payload, leaves=not ticket.is_sample)


def _subject(ticket: Entry) -> Subject:
    return Subject("ticket", ticket.id, f"#{ticket.number} {ticket.subject}")


def _fields(ticket: Entry) -> dict[str, Any]:
    return {
        "ticket_id": ticket.id,
        "ticket_number": ticket.number,
        "subject": ticket.subject,
        "status": ticket.status,
        "priority": ticket.priority,
        "source": ticket.source,
        "customer_id": ticket.customer_id,
    }
