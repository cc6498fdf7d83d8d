"""The log as people read it: each entry told in words, with what it changed, and the way to what it names."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db.models import F
from django.utils.html import format_html
from django.utils.translation import gettext

from tixallo.events import naming, walking, words
from tixallo.events.naming import Thing, Things
from tixallo.events.walking import Entry, Filter
from tixallo.workspaces.models import Event, Workspace

ROWS = 50
# Of one subject's life, the latest events; the rest is on the audit page.
MOST_OF_SUBJECT = 200
_NOTHING = "\N{EN DASH}"


class Value(NamedTuple):
    """A value in words. What is named by its id has its name as text, if it still has one, and perhaps a page."""

    text: str
    id: str = ""
    page: str = ""

    @property
    def shown(self) -> str:
        """The text, as a link where it has a page."""
        return format_html('<a href="{}">{}</a>', self.page, self.text) if self.page else self.text


class Fact(NamedTuple):
    """A field of an entry."""

    name: str
    value: Value


class Changed(NamedTuple):
    """A field that an entry changed."""

    name: str
    before: Value
    after: Value


class Told(NamedTuple):
    """An entry in words. An emptied one has nothing but its sentence."""

    entry: Entry
    sentence: str
    actor_kind: str
    actor: Value
    subject_kind: str
    subject: Value
    facts: list[Fact]
    changes: list[Changed]
    is_erased: bool


class Found(NamedTuple):
    """A part of the log, and the cursor of the next; `spent_at` is how far was looked, where that ended the search."""

    rows: list[Told]
    cursor: str = ""
    spent_at: datetime | None = None


def page(workspace: Workspace, wanted: Filter, cursor: str = "") -> Found:
    """Return the part of the log that the cursor names. Raises `Invalid` for what is no cursor."""
    found = walking.walk(workspace.id, wanted, walking.read_place(cursor) if cursor else None, ROWS)
    rows = tell(workspace, found.entries)
    if found.after is None:
        return Found(rows)
    return Found(rows, walking.write_place(found.after), found.after.moment if found.is_spent else None)


def of_subject(workspace_id: str, kind: str, subject_id: str) -> list[Event]:
    """Return the events of one thing, newest first, at most `MOST_OF_SUBJECT` of them."""
    found = Event.objects.filter(workspace_id=workspace_id, subject_kind=kind, subject_id=subject_id)
    # By an expression, or a database would walk the whole log backwards for the sake of its order.
    return list(found.order_by((F("revision") + 0).desc(), "-position")[:MOST_OF_SUBJECT])


def name_of_actor(workspace: Workspace, actor_id: str) -> str:
    """Return what an actor is called in their latest entry, or their id."""
    found = workspace.events.filter(actor_id=actor_id).order_by("-created_at", "-revision", "-position")
    return found.values_list("actor_label", flat=True).first() or actor_id


def subject_of(workspace: Workspace, subject_id: str) -> tuple[str, Value]:
    """Return the kind of an object in words, and the object as its latest entry names it."""
    found = workspace.events.filter(subject_id=subject_id).order_by((F("revision") + 0).desc(), "-position").first()
    if found is None:
        return "", Value(subject_id)
    things = naming.things(workspace, [(found.subject_kind, subject_id)])
    named = _as_then(things, found.subject_kind, subject_id, found.subject_label or subject_id)
    return _kind(found.subject_kind), named


def tell(workspace: Workspace, entries: Sequence[Entry]) -> list[Told]:
    """Put entries into words of the language of the request."""
    payloads: list[Mapping[str, Any]] = [orjson.loads(entry.payload or "{}") for entry in entries]
    named = [(entry.actor_kind, entry.actor_id) for entry in entries]
    named += [(entry.subject_kind, entry.subject_id) for entry in entries]
    for payload in payloads:
        named += _named(payload)
    things = naming.things(workspace, named)
    return [_told(entry, payload, things) for entry, payload in zip(entries, payloads, strict=True)]


def _told(entry: Entry, payload: Mapping[str, Any], things: Things) -> Told:
    if not entry.payload:
        return Told(entry, str(words.ERASED), "", Value(""), "", Value(""), [], [], is_erased=True)
    names = {"actor": entry.actor_label, "subject": entry.subject_label}
    sentence = str(words.SENTENCES[entry.type]) % names if entry.type in words.SENTENCES else entry.type
    actor = (entry.actor_kind, entry.actor_id, entry.actor_label)
    subject = (entry.subject_kind, entry.subject_id, entry.subject_label)
    return Told(
        entry,
        sentence,
        str(words.ACTORS.get(entry.actor_kind, entry.actor_kind)),
        _as_then(things, *actor),
        _kind(entry.subject_kind),
        _as_then(things, *subject),
        _facts(payload, things),
        [
            Changed(str(words.FIELDS[name]), _value(name, before, things), _value(name, after, things))
            for name, before, after in _pairs(payload)
        ],
        is_erased=False,
    )


def _kind(of_subject: str) -> str:
    return str(words.SUBJECTS.get(of_subject, of_subject))


def _as_then(things: Things, kind: str, thing_id: str, label: str) -> Value:
    # Under the name that it had when it was written down.
    return Value(label, thing_id, things.get((kind, thing_id), Thing("")).page)


def _facts(payload: Mapping[str, Any], things: Things) -> list[Fact]:
    # A field with a value before and after is among the changes.
    changed = {name for name, _, _ in _pairs(payload)}
    return [
        Fact(str(words.FIELDS[name]), _value(name, value, things))
        for name, value in payload.items()
        if name in words.FIELDS and name not in changed
    ]


def _pairs(payload: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    pairs = [(name, before, after) for name, (before, after) in payload.get("changes", {}).items()]
    for name in ("name", "role"):
        value = payload.get(name)
        if "before" in payload and value is not None:
            pairs.append((name, payload["before"], value))
        elif isinstance(value, list):
            pairs.append((name, *value))
    return [(name, before, after) for name, before, after in pairs if name in words.FIELDS]


def _named(payload: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    values = [*payload.items(), *((name, value) for name, *pair in _pairs(payload) for value in pair)]
    return [(words.THINGS[name], value) for name, value in values if name in words.THINGS and isinstance(value, str)]


def _value(name: str, value: Any, things: Things) -> Value:
    if value is None or value in ("", []):
        return Value(_NOTHING)
    if isinstance(value, bool):
        return Value(gettext("yes") if value else gettext("no"))
    if name in words.THINGS:
        thing = things.get((words.THINGS[name], str(value)), Thing(""))
        return Value(thing.name or str(value), str(value), thing.page)
    if isinstance(value, list):
        return Value(", ".join(map(str, value)))
    return Value(str(words.VALUES.get(name, {}).get(value, value)))
