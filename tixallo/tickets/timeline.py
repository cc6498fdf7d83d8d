"""What happened on a ticket, oldest first: messages, internal notes, quiet lines of events, and replies still held.

Of a long conversation it is an excerpt, with lines that say how much is left out.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson
from django.db.models import F, Q, QuerySet

from tixallo.tickets import excerpts
from tixallo.tickets.excerpts import Asked, Excerpt, Gap, Place
from tixallo.tickets.models import HeldReply, Message, Ticket
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

# Who brought a customer's words, by the ticket and the moment.
Hands = dict[tuple[str, datetime], tuple[str, str]]


@dataclass
class Entry:
    """One thing in the timeline: `kind` is description, message, note, event, held, fold or gap.

    `changes` are an event's, with the `names` of the people in them, `entries` those of a fold; `foreign` is the number
    of the merged ticket it came with; `hand` is the kind and the name of who brought a customer's words here, as the
    log has it; `delivery` is how the mail of a reply stands, `other` the id of the ticket that a merge went into,
    `undoes` the number of the one whose merge can be undone here, `gap` what is left out here.
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
    undoes: int | None = None
    gap: Gap | None = None


@dataclass(frozen=True)
class Timeline:
    """The timeline of a ticket, or an excerpt of it: `first` is the id to ask for so that it begins there again, `seen`
    that of the latest public message, or nothing while there is only the description.
    """

    entries: list[Entry]
    first: str
    seen: str


def of(workspace: Workspace, ticket: Ticket, reader_id: str, asked: Asked | None = None) -> Timeline:
    """Return the timeline of a ticket as a person sees it; what was merged into it is in its place in time."""
    merged = list(workspace.tickets.filter(merged_into=ticket, gone_as="merged").select_related("customer"))
    numbers = {each.id: each.number for each in merged}
    tickets, ids = (ticket, *merged), [ticket.id, *numbers]
    part = excerpts.of(workspace.id, [Place(each.created_at, each.id) for each in tickets], asked or Asked())
    brought = _brought(workspace, ids, part)
    said = workspace.messages.filter(ticket_id__in=ids)
    noted = workspace.notes.filter(ticket_id__in=ids)
    entries = [_description(each, numbers, brought) for each in tickets]
    opening = min(entries, key=_order)
    entries += [_message(each, numbers, brought, reader_id) for each in said.filter(_of(part))]
    entries += [
        Entry("note", note.id, note.created_at, "agent", note.author_name, note.body, mine=note.author_id == reader_id)
        for note in noted.filter(_of(part))
    ]
    entries += _events(workspace, ticket, merged, reader_id, part)
    shown = [entry for entry in entries if part.shows(*_place(entry))]
    held = workspace.held_replies.filter(ticket=ticket).select_related("person").order_by("created_at")
    told = _with_gaps(sorted(shown, key=_order), opening, part) + [
        Entry(
            "held",
            each.id,
            each.release_at,
            "agent",
            each.person.name,
            each.body,
            held=each,
            mine=each.person_id == reader_id,
        )
        for each in held
    ]
    return Timeline(told, part.first, _last_public(told, said, part))


def _last_public(entries: list[Entry], said: QuerySet[Message], part: Excerpt) -> str:
    latest = next((entry.id for entry in reversed(entries) if entry.kind == "message"), "")
    if not latest and part.start:
        # Nothing but notes since.
        latest = said.order_by("-created_at", "-id").values_list("id", flat=True).first() or ""
    return latest


def _order(entry: Entry) -> tuple[datetime, bool, str]:
    return entry.at, entry.kind != "description", entry.id


def _of(part: Excerpt) -> Q:
    # All that is in it, and what is of the same moments.
    found = Q(created_at__gte=part.start.at) if part.start else Q()
    if part.end and part.resume:
        found &= Q(created_at__lte=part.end.at) | Q(created_at__gte=part.resume.at)
    return found


def _with_gaps(entries: list[Entry], opening: Entry, part: Excerpt) -> list[Entry]:
    if part.later is None:
        told = _folded(entries)
    else:
        before = [entry for entry in entries if not part.resumes(*_place(entry))]
        told = [*_folded(before), _gap("later", part.later, opening.at), *_folded(entries[len(before) :])]
    if part.shows(opening.at):
        return told
    return [opening, *([_gap("earlier", part.earlier, opening.at)] if part.earlier else []), *told]


def _place(entry: Entry) -> tuple[datetime, str]:
    return entry.at, entry.id if entry.kind in ("message", "note") else ""


def _gap(name: str, gap: Gap, at: datetime) -> Entry:
    return Entry("gap", f"gap-{name}", at, gap=gap)


def _brought(workspace: Workspace, ids: list[str], part: Excerpt) -> Hands:
    # A message and its event are of one moment; reading the event's payload would bring each text once more.
    told = Q(type="ticket.created") | Q(type="ticket.message.created") & _of(part)
    found = workspace.events.filter(told, subject_id__in=ids)
    rows = found.values_list("subject_id", "created_at", "actor_kind", "actor_label")
    return {(subject_id, at): (kind, label) for subject_id, at, kind, label in rows}


def _description(ticket: Ticket, numbers: dict[str, int], brought: Hands) -> Entry:
    text, quoted = _split(ticket.description)
    return Entry(
        *("description", ticket.id, ticket.created_at, "customer", ticket.customer.name, text, quoted, ticket.source),
        foreign=numbers.get(ticket.id),
        hand=brought.get((ticket.id, ticket.created_at), ("", "")),
    )


def _message(message: Message, numbers: dict[str, int], brought: Hands, reader_id: str) -> Entry:
    return Entry(
        *("message", message.id, message.created_at, message.author_kind, message.author_name),
        *_split(message.body),
        foreign=numbers.get(message.ticket_id),
        mine=message.author_id == reader_id,
        hand=brought.get((message.ticket_id, message.created_at), ("", "")),
    )


def _events(workspace: Workspace, ticket: Ticket, merged: list[Ticket], reader_id: str, part: Excerpt) -> list[Entry]:
    # A merged ticket's own life before the merge is on its own page; here stands that it came.
    told = Q(subject_id=ticket.id, type__in=_LINES) | Q(type="ticket.merged")
    ids = [ticket.id, *(each.id for each in merged)]
    found = workspace.events.filter(told, _of(part), subject_id__in=ids)
    # By an expression, or a database would walk the whole log backwards for the sake of its order.
    found = found.order_by((F("revision") + 0).desc(), "-position")[:MOST_EVENTS]
    events = [event for event in found if event.payload]
    entries = [_event(event, reader_id) for event in events]
    _offer_undoing(merged, events, entries)
    _name_people(entries)
    _name_others(workspace, ticket, entries)
    return entries


def _offer_undoing(merged: list[Ticket], events: list[Event], entries: list[Entry]) -> None:
    # Of what was merged into this ticket itself, the latest merge is the one that stands.
    stand = {each.id: each.number for each in merged if not each.merged_via_id}
    for event, entry in zip(events, entries, strict=True):
        if entry.type == "ticket.merged":
            entry.undoes = stand.pop(event.subject_id, None)


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
