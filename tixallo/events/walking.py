"""The log newest first, by the index that what is looked for has, a bounded stretch of it at a time."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from tixallo.kit import clock, sql
from tixallo.kit.errors import Invalid
from tixallo.kit.sql import Dialect, Statement

# How many entries of the log a page looks through for its rows.
STRETCH = 10_000
KINDS = ("person", "key", "customer", "command", "system")

# Their entries name no id, which leads to them as well as one would.
_WITHOUT_ID = ("command", "system")
_AT_ONCE = 1_000
_LARGEST_POSITION = 2**31 - 1

Asked = Mapping[str, tuple[Any, ...]]


class Filter(NamedTuple):
    """What is looked for: `who` is a kind of actor or an actor's id; from `since`, and before `until`."""

    who: str = ""
    action: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Place(NamedTuple):
    """A place in the log in its order here."""

    moment: datetime
    revision: int
    position: int


class Entry(NamedTuple):
    """An entry of the log. An emptied one has no payload."""

    id: str
    type: str
    actor_kind: str
    actor_id: str
    actor_label: str
    origin: str
    subject_kind: str
    subject_id: str
    subject_label: str
    payload: str
    created_at: datetime
    revision: int
    position: int


class Stretch(NamedTuple):
    """What was found, and the place to go on from, None at the end of the log; `is_spent` where so many entries were
    looked through that the search stopped before it had enough.
    """

    entries: list[Entry]
    after: Place | None
    is_spent: bool


def walk(workspace_id: str, wanted: Filter, after: Place | None, most: int) -> Stretch:
    """Return up to `most` entries that are looked for, among the next `STRETCH` that an index leads to.

    Of one object all entries are looked through: they are few.
    """
    asked = _asked(wanted, after)
    lead, end = _lead(workspace_id, asked)
    if end is not None:
        # It is not before what `since` asks for.
        asked = {**asked, "from": _values(end)}
    rows = _page(lead, tuple(asked)).rows(workspace_id, *_filling(asked), most + 1)
    entries = [_entry(row) for row in rows[:most]]
    if len(rows) > most:
        return Stretch(entries, _place(entries[-1]), is_spent=False)
    return Stretch(entries, end, is_spent=end is not None)


def every(workspace_id: str, wanted: Filter) -> Iterator[list[Entry]]:
    """Yield all that is looked for, newest first, in parts that fit into memory; a part can be empty."""
    found = walk(workspace_id, wanted, None, _AT_ONCE)
    yield found.entries
    while found.after is not None:
        found = walk(workspace_id, wanted, found.after, _AT_ONCE)
        yield found.entries


def write_place(place: Place) -> str:
    """Return a place as a text for an address."""
    return f"{clock.microseconds(place.moment)}.{place.revision}.{place.position}"


def read_place(text: str) -> Place:
    """Return the place that `write_place` wrote. Raises `Invalid` for what is none."""
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise Invalid({"after": ["Invalid cursor"]})
    try:
        moment = clock.from_microseconds(int(parts[0]))
    except OverflowError as error:
        raise Invalid({"after": ["Invalid cursor"]}) from error
    return Place(moment, int(parts[1]), min(int(parts[2]), _LARGEST_POSITION))


def _entry(row: Any) -> Entry:
    return Entry._make([*row[:-3], sql.read_moment(row[-3]), *row[-2:]])


def _place(entry: Entry) -> Place:
    return Place(entry.created_at, entry.revision, entry.position)


# ---- What is asked for, and what leads to it

# Those that have an index, which goes on in the order of time.
_LEADS = {"actor": "e.actor_id", "type": "e.type"}
# What the indexes know beside.
_PLACES = {
    "from": "({time}, e.revision, e.position) >= (?, ?, ?)",
    "before": "({time}, e.revision, e.position) < (?, ?, ?)",
}


def _asked(wanted: Filter, after: Place | None) -> Asked:
    asked: dict[str, tuple[Any, ...]] = {}
    if wanted.subject_id:
        asked["subject"] = (wanted.subject_id,)
    if wanted.who in KINDS:
        asked["kind"] = (wanted.who,)
    if wanted.who in _WITHOUT_ID:
        asked["actor"] = ("",)
    elif wanted.who not in ("", *KINDS):
        asked["actor"] = (wanted.who,)
    if wanted.action:
        asked["type"] = (wanted.action,)
    if wanted.since:
        asked["from"] = _values(_first_at(wanted.since))
    before = [_first_at(wanted.until)] if wanted.until else []
    if after:
        before.append(after)
    if before:
        asked["before"] = _values(min(before))
    return asked


def _lead(workspace_id: str, asked: Asked) -> tuple[str, Place | None]:
    # Returns what leads, and the last place of its stretch, None where the log ends before. Of two that lead, the one
    # that goes back further: it leaves the other fewer entries to look at.
    if "subject" in asked:
        return "subject", None
    ends: dict[str, Place] = {}
    for lead in [name for name in _LEADS if name in asked] or ["time"]:
        known = {name: values for name, values in asked.items() if name == lead or name in _PLACES}
        row = _end(lead, tuple(known)).one(workspace_id, *_filling(known), STRETCH - 1)
        if row is None:
            return lead, None
        ends[lead] = Place(sql.read_moment(row[0]), row[1], row[2])
    return min(ends.items(), key=lambda item: item[1])


def _first_at(moment: datetime) -> Place:
    return Place(moment, 0, 0)


def _values(place: Place) -> tuple[Any, ...]:
    return (sql.moment(place.moment), place.revision, place.position)


def _filling(asked: Asked) -> list[Any]:
    return [value for values in asked.values() for value in values]


# ---- As SQL


@cache
def _page(lead: str, asked: tuple[str, ...]) -> Statement:
    return Statement(lambda dialect: _text(dialect, lead, asked, _COLUMNS) + " LIMIT ?")


@cache
def _end(lead: str, asked: tuple[str, ...]) -> Statement:
    return Statement(lambda dialect: _text(dialect, lead, asked, ()) + " LIMIT 1 OFFSET ?")


_COLUMNS = ("type", "actor_kind", "actor_id", "actor_label", "origin", "subject_kind", "subject_id", "subject_label")


def _text(dialect: Dialect, lead: str, asked: tuple[str, ...], columns: tuple[str, ...]) -> str:
    # Of one object's entries, sorted; or a database would walk the whole log for the sake of its order.
    time = dialect.unindexed("e.created_at") if lead == "subject" else "e.created_at"
    conditions = {"kind": "e.actor_kind = ?", "subject": "e.subject_id = ?"}
    for name, column in _LEADS.items():
        conditions[name] = f"{column if name == lead else dialect.unindexed(column)} = ?"
    for name, text in _PLACES.items():
        conditions[name] = text.format(time=time)
    told = [dialect.text("e.id"), *(f"e.{column}" for column in columns), "e.payload"] if columns else []
    return (
        f"SELECT {', '.join([*told, dialect.moment('e.created_at'), 'e.revision', 'e.position'])} "
        f"FROM workspaces_event e WHERE e.workspace_id = ? {''.join(f'AND {conditions[name]} ' for name in asked)}"
        f"ORDER BY {time} DESC, e.revision DESC, e.position DESC"
    )
