"""What happened on a ticket, oldest first: messages, internal notes, quiet lines of events, and replies still held."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson
from django.db.models import F, Q

from tixallo.tickets.models import HeldReply, Ticket
from tixallo.workspaces.models import Event, Person, Workspace

# Of a long life, the latest lines; the rest of the events is on the audit page.
MOST_EVENTS = 200

# Runs of events longer than this are folded into one line.
UNFOLDED = 3

# "On …, … wrote:" and its like, followed by what is quoted: everything after belongs to earlier messages.
_QUOTED = re.compile(r"\n+(?:[^\n]{0,200}(?:wrote|schrieb)[^\n]{0,80}:[ \t]*\n+)?(?=>)", re.IGNORECASE)

_LINES = (
    *("ticket.updated", "ticket.merged", "ticket.unmerged", "ticket.deleted", "ticket.restored"),
    *("ticket.marked_as_spam",),
)


@dataclass
class Entry:
    """One thing in the timeline: `kind` is description, message, note, event, held or fold.

    `changes` are an event's, with the `names` of the people in them, `entries` those of a fold; `foreign` is the number
    of the merged ticket it came with; `hand` is the kind and the name of who brought a customer's words here, as the
    log has it; `delivery` is how the mail of a reply stands, `other` the id of the ticket that a merge went into.
    """

    kind: str
    id: str
    at: datetime
    author_kind: str = ""
    author: str = ""
    text: str = ""
    quoted: str = ""
    way: str = ""
    hand: tuple[str, str] = ("", "")
    foreign: int | None = None
    type: str = ""
    revision: int = 0
    mine: bool = False
    changes: list[tuple[str, Any, Any]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    entries: list["Entry"] = field(default_factory=list)
    held: HeldReply | None = None
    delivery: str = ""
    other: str = ""


def of(workspace: Workspace, ticket: Ticket, reader_id: str) -> list[Entry]:
    """Return the timeline of a ticket as a person sees it; what was merged into it is in its place in time."""
    merged = list(workspace.tickets.filter(merged_into=ticket, gone_as="merged").select_related("customer"))
    numbers = {each.id: each.number for each in merged}
    ids = [ticket.id, *numbers]
    entries = [_description(each, numbers) for each in (ticket, *merged)]
    brought = _brought(workspace, ids)
    for entry, each in zip(entries, (ticket, *merged), strict=True):
        entry.hand = brought.get((each.id, each.created_at), entry.hand)
    entries += [
        Entry(
            *("message", message.id, message.created_at, message.author_kind, message.author_name),
            *_split(message.body),
            foreign=numbers.get(message.ticket_id),
            mine=message.author_id == reader_id,
            hand=brought.get((message.ticket_id, message.created_at), ("", "")),
        )
        for message in workspace.messages.filter(ticket_id__in=ids)
    ]
    entries += [
        Entry("note", note.id, note.created_at, "agent", note.author_name, note.body, mine=note.author_id == reader_id)
        for note in workspace.notes.filter(ticket_id__in=ids)
    ]
    entries += _events(workspace, ticket, list(numbers), reader_id)
    entries.sort(key=lambda entry: (entry.at, entry.kind != "description", entry.id))
    held = workspace.held_replies.filter(ticket=ticket).select_related("person").order_by("created_at")
    return _folded(entries) + [
        Entry("held", each.id, each.release_at, "agent", each.person.name, each.body, held=each) for each in held
    ]


def last_public(entries: list[Entry]) -> str:
    """Return the id of the latest public message, or nothing while there is only the description."""
    return next((entry.id for entry in reversed(entries) if entry.kind == "message"), "")


def _brought(workspace: Workspace, ids: list[str]) -> dict[tuple[str, datetime], tuple[str, str]]:
    # A message and its event are of one moment; reading the event's payload would bring each text once more.
    found = workspace.events.filter(subject_id__in=ids, type__in=("ticket.created", "ticket.message.created"))
    rows = found.values_list("subject_id", "created_at", "actor_kind", "actor_label")
    return {(subject_id, at): (kind, label) for subject_id, at, kind, label in rows}


def _description(ticket: Ticket, numbers: dict[str, int]) -> Entry:
    text, quoted = _split(ticket.description)
    return Entry(
        *("description", ticket.id, ticket.created_at, "customer", ticket.customer.name, text, quoted, ticket.source),
        foreign=numbers.get(ticket.id),
    )


def _events(workspace: Workspace, ticket: Ticket, merged: list[str], reader_id: str) -> list[Entry]:
    # A merged ticket's own life before the merge is on its own page; here stands that it came.
    told = Q(subject_id=ticket.id, type__in=_LINES) | Q(type="ticket.merged")
    found = workspace.events.filter(told, subject_id__in=[ticket.id, *merged])
    # By an expression, or a database would walk the whole log backwards for the sake of its order.
    found = found.order_by((F("revision") + 0).desc(), "-position")[:MOST_EVENTS]
    entries = [_event(event, reader_id) for event in found if event.payload]
    _name_people(entries)
    _name_others(workspace, ticket, entries)
    return entries


def _name_people(entries: list[Entry]) -> None:
    changed = {after for entry in entries for name, _, after in entry.changes if name == "assignee_id" and after}
    if changed:
        names = dict(Person.objects.filter(id__in=changed).values_list("id", "name"))
        for entry in entries:
            entry.names = names


def _name_others(workspace: Workspace, ticket: Ticket, entries: list[Entry]) -> None:
    # Where this ticket itself went into another one, that one's number is told.
    went = {entry.other for entry in entries if entry.other and entry.other != ticket.id}
    numbers = dict(workspace.tickets.filter(id__in=went).values_list("id", "number")) if went else {}
    for entry in entries:
        entry.foreign = numbers.get(entry.other)


def _event(event: Event, reader_id: str) -> Entry:
    payload = orjson.loads(event.payload)
    changes = [(name, before, after) for name, (before, after) in payload.get("changes", {}).items()]
    return Entry(
        *("event", event.id, event.created_at, event.actor_kind, event.actor_label),
        type=event.type,
        text=str(payload.get("ticket_number", "")),
        revision=event.revision,
        changes=changes,
        other=payload.get("merged_into", ""),
        mine=event.actor_kind == "person" and event.actor_id == reader_id,
    )


def _split(body: str) -> tuple[str, str]:
    found = _QUOTED.search(body)
    if found is None or not body[: found.start()].strip():
        return body, ""
    return body[: found.start()], body[found.start() :].strip("\n")


def _folded(entries: list[Entry]) -> list[Entry]:
    folded: list[Entry] = []
    for is_event, run in groupby(entries, key=lambda entry: entry.kind == "event"):
        group = list(run)
        if is_event and len(group) > UNFOLDED:
            first = group[0]
            folded.append(Entry("fold", f"fold-{first.id}", first.at, entries=group))
        else:
            folded += group
    return folded
