"""The log as people read it: newest first, each event told in words, with what it changed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db.models import F, QuerySet
from django.utils.translation import gettext

from tixallo.events import words
from tixallo.kit.errors import Invalid
from tixallo.workspaces.models import Event, Workspace

ROWS = 50
# Of one subject's life, the latest events; the rest is on the audit page.
MOST_OF_SUBJECT = 200
_AT_ONCE = 1_000
_NOTHING = "\N{EN DASH}"
_LARGEST = 2**63 - 1


class Told(NamedTuple):
    """An event in words: `facts` are names and values, `changes` names with before and after."""

    event: Event
    sentence: str
    actor_kind: str
    facts: list[tuple[str, str]]
    changes: list[tuple[str, str, str]]
    is_erased: bool


class Found(NamedTuple):
    """A part of the log, and the cursor of the next."""

    rows: list[Told]
    cursor: str


class Filter(NamedTuple):
    """What is looked for: `who` is a kind of actor or an actor's id; from `since`, and before `until`."""

    who: str = ""
    action: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def page(workspace: Workspace, wanted: Filter, cursor: str = "") -> Found:
    """Return the part of the log that the cursor names. Raises `Invalid` for what is no cursor."""
    found = _found(workspace, wanted)
    if cursor:
        found = _before(found, *_read_cursor(cursor))
    rows = list(found[: ROWS + 1])
    more = len(rows) > ROWS
    last = rows[ROWS - 1] if more else None
    return Found([tell(event) for event in rows[:ROWS]], f"{last.revision}.{last.position}" if last else "")


def every(workspace: Workspace, wanted: Filter) -> Iterator[list[Event]]:
    """Yield all that is looked for, newest first, in parts that fit into memory."""
    found = _found(workspace, wanted)
    part = list(found[:_AT_ONCE])
    while part:
        yield part
        part = list(_before(found, part[-1].revision, part[-1].position)[:_AT_ONCE])


def of_subject(workspace_id: str, kind: str, subject_id: str) -> list[Event]:
    """Return the events of one thing, newest first, at most `MOST_OF_SUBJECT` of them."""
    found = Event.objects.filter(workspace_id=workspace_id, subject_kind=kind, subject_id=subject_id)
    # By an expression, or a database would walk the whole log backwards for the sake of its order.
    return list(found.order_by((F("revision") + 0).desc(), "-position")[:MOST_OF_SUBJECT])


def tell(event: Event) -> Told:
    """Put an event into words of the language of the request."""
    if not event.payload:
        return Told(event, str(words.ERASED), "", [], [], is_erased=True)
    payload = orjson.loads(event.payload)
    names = {"actor": event.actor_label, "subject": event.subject_label}
    sentence = str(words.SENTENCES[event.type]) % names if event.type in words.SENTENCES else event.type
    kind = str(words.ACTORS.get(event.actor_kind, event.actor_kind))
    return Told(event, sentence, kind, _facts(payload), _changes(payload), is_erased=False)


def _facts(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    # A field with a value before and after is among the changes.
    changed = {name for name, _, _ in _pairs(payload)}
    return [(str(words.FIELDS[name]), _value(value)) for name, value in payload.items() if _is_shown(name, changed)]


def _is_shown(name: str, changed: set[str]) -> bool:
    return name in words.FIELDS and name not in changed


def _changes(payload: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (str(words.FIELDS[name]), _value(before), _value(after))
        for name, before, after in _pairs(payload)
        if name in words.FIELDS
    ]


def _pairs(payload: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    pairs = [(name, before, after) for name, (before, after) in payload.get("changes", {}).items()]
    for name in ("name", "role"):
        value = payload.get(name)
        if "before" in payload and value is not None:
            pairs.append((name, payload["before"], value))
        elif isinstance(value, list):
            pairs.append((name, *value))
    return pairs


def _value(value: Any) -> str:
    if value is None or value in ("", []):
        return _NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _found(workspace: Workspace, wanted: Filter) -> QuerySet[Event]:
    # For one subject by an expression, or a database would walk the whole log backwards for the sake of its order.
    newest = (F("revision") + 0).desc() if wanted.subject_id else F("revision").desc()
    found = workspace.events.order_by(newest, "-position")
    if wanted.who:
        found = found.filter(**{"actor_kind" if wanted.who in words.ACTORS else "actor_id": wanted.who})
    if wanted.action:
        found = found.filter(type=wanted.action)
    if wanted.subject_id:
        found = found.filter(subject_id=wanted.subject_id)
    if wanted.since:
        found = found.filter(created_at__gte=wanted.since)
    return found.filter(created_at__lt=wanted.until) if wanted.until else found


def _before(found: QuerySet[Event], revision: int, position: int) -> QuerySet[Event]:
    # The bound on the revision alone is what the index takes.
    return found.filter(revision__lte=revision).exclude(revision=revision, position__gte=position)


def _read_cursor(text: str) -> tuple[int, int]:
    revision, _, position = text.partition(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 20 for part in (revision, position)):
        raise Invalid({"after": ["Invalid cursor"]})
    return min(int(revision), _LARGEST), min(int(position), 2**31 - 1)
