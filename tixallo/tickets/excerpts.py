"""Which part of a long conversation a page shows: what opened it, the latest messages and notes, and as many before as
are asked for. What is left out is counted, and can be asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import takewhile
from typing import NamedTuple

from tixallo.kit import sql
from tixallo.kit.ids import is_id
from tixallo.kit.sql import Statement

# Messages and notes that a page shows when nothing else is asked for, and as many unread ones before as it adds.
LATEST = 50
MOST_UNREAD = 200

# Those that are added at once, and those that are shown at most before the latest ones; of more, the next ones.
EARLIER_AT_ONCE = 500
MOST_SHOWN = 1_000

# Fewer than this are not worth asking for.
FEWEST_LEFT_OUT = 10


class Place(NamedTuple):
    """Where a message, a note or a description stands in a conversation."""

    at: datetime
    id: str


class Asked(NamedTuple):
    """What an address asks for: `first` is the id of what to begin with, `before` of what to end with; else the latest
    ones and those which `reader_id` has not read since `read_until`.
    """

    first: str = ""
    before: str = ""
    reader_id: str = ""
    read_until: datetime | None = None


class Gap(NamedTuple):
    """How many are left out, how many of them come at once, and what the address asks for that shows them."""

    left_out: int
    shown: int
    asks: str


@dataclass(frozen=True)
class Excerpt:
    """What is shown: from `start` on (None: from the beginning), and where `end` is set, no further than to there and
    from `resume` on again. `opening` is where the conversation begins.
    """

    opening: Place
    start: Place | None = None
    end: Place | None = None
    resume: Place | None = None
    earlier: Gap | None = None
    later: Gap | None = None

    @property
    def first(self) -> str:
        """The id of what it begins with, to ask for the same again."""
        return (self.start or self.opening).id

    def shows(self, at: datetime, identifier: str = "") -> bool:
        """Return whether something is in it: an event by its time alone."""
        if self.start and not _is_from(self.start, at, identifier):
            return False
        if self.end is None or self.resume is None:
            return True
        return (at, identifier) <= self.end or self.resumes(at, identifier)

    def resumes(self, at: datetime, identifier: str = "") -> bool:
        """Return whether something comes after what is left out before the latest ones."""
        return self.resume is not None and _is_from(self.resume, at, identifier)


def of(workspace_id: str, descriptions: Sequence[Place], asked: Asked) -> Excerpt:
    """Return what to show of a conversation: `descriptions` are those of the ticket and of what was merged into it."""
    ids = [place.id for place in descriptions]
    opening = min(descriptions)
    latest = _latest(workspace_id, ids)
    resume = _start([place for place, _ in latest], LATEST)
    start = _asked_start(workspace_id, descriptions, asked) if asked.first or asked.before else None
    if resume is None:
        start = None
    elif start is None:
        start = _unread(latest, asked, resume)
    else:
        start = None if start == opening else min(start, resume)
    end = later = None
    if resume and (start is None or start < resume):
        end, later = _cut(workspace_id, ids, start or opening, resume)
    earlier = _earlier(workspace_id, descriptions, start) if start else None
    return Excerpt(opening, start, end, resume, earlier, later)


def _asked_start(workspace_id: str, descriptions: Sequence[Place], asked: Asked) -> Place | None:
    ids = [place.id for place in descriptions]
    identifier = asked.first or asked.before
    found = next((place for place in descriptions if place.id == identifier), None)
    if found is None and is_id(identifier):
        row = _find(len(ids)).one(*(workspace_id, identifier, *ids) * 2)
        found = None if row is None else _place(row)
    if found is None or asked.first:
        return found
    most = EARLIER_AT_ONCE + FEWEST_LEFT_OUT
    before = _before(len(ids)).rows(*(workspace_id, *ids, *_values(found), most) * 2, most)
    return _start([_place(row) for row in before], EARLIER_AT_ONCE) or min(descriptions)


def _start(newest_first: Sequence[Place], most: int) -> Place | None:
    return newest_first[most - 1] if len(newest_first) >= most + FEWEST_LEFT_OUT else None


def _unread(latest: Sequence[tuple[Place, str | None]], asked: Asked, resume: Place) -> Place:
    until = asked.read_until
    if until is None:
        return resume
    since = takewhile(lambda each: each[0].at > until, latest)
    return min([resume, *(place for place, author_id in since if author_id not in (None, asked.reader_id))])


def _cut(workspace_id: str, ids: Sequence[str], start: Place, resume: Place) -> tuple[Place | None, Gap | None]:
    most = MOST_SHOWN + FEWEST_LEFT_OUT
    rows = _from(len(ids)).rows(*(workspace_id, *ids, *_values(start), most) * 2, most)
    places = [_place(row) for row in rows]
    if len(places) < most or places[-1] >= resume:
        return None, None
    following = places[MOST_SHOWN]
    count = _count(workspace_id, ids, resume) - _count(workspace_id, ids, following)
    return places[MOST_SHOWN - 1], Gap(count, min(count, MOST_SHOWN), f"from={following.id}")


def _earlier(workspace_id: str, descriptions: Sequence[Place], start: Place) -> Gap | None:
    ids = [place.id for place in descriptions]
    # The one that opens the conversation is shown all the same.
    count = _count(workspace_id, ids, start) + max(sum(each.at < start.at for each in descriptions) - 1, 0)
    shown = count if count < EARLIER_AT_ONCE + FEWEST_LEFT_OUT else EARLIER_AT_ONCE
    return Gap(count, shown, f"before={start.id}") if count else None


def _count(workspace_id: str, ids: Sequence[str], before: Place) -> int:
    row = _counted(len(ids)).one(*(workspace_id, *ids, *_values(before)) * 2)
    assert row is not None, "a sum of two counts is always there"
    count: int = row[0]
    return count


def _latest(workspace_id: str, ids: Sequence[str]) -> list[tuple[Place, str | None]]:
    rows = _newest(len(ids)).rows(*(workspace_id, *ids, MOST_UNREAD) * 2, MOST_UNREAD)
    return [(_place(row), row[2]) for row in rows]


def _place(row: sql.Row) -> Place:
    return Place(sql.read_moment(row[0]), str(row[1]))


def _values(place: Place) -> tuple[object, str]:
    return sql.moment(place.at), place.id


def _is_from(place: Place, at: datetime, identifier: str) -> bool:
    return at >= place.at if not identifier else (at, identifier) >= place


# One of each for each number of tickets that a conversation has come from: as a rule one, and then the index has the
# order. A note has no author here, as nobody is told that it is unread.
def _both(dialect: sql.Dialect, count: int, condition: str, order: str) -> str:
    at = dialect.moment("created_at")
    tickets = ", ".join("?" * count)
    parts = (
        f"SELECT * FROM (SELECT {at} shown_at, {dialect.text('id')} shown_id, {author} author FROM tickets_{table} "
        f"WHERE workspace_id = ? AND ticket_id IN ({tickets}) {condition} "
        f"ORDER BY created_at {order}, id {order} LIMIT ?) {table}s"
        for table, author in (("message", "author_id"), ("note", "NULL"))
    )
    return f"{' UNION ALL '.join(parts)} ORDER BY 1 {order}, 2 {order} LIMIT ?"


@cache
def _newest(count: int) -> Statement:
    return Statement(lambda dialect: _both(dialect, count, "", "DESC"))


@cache
def _before(count: int) -> Statement:
    return Statement(lambda dialect: _both(dialect, count, "AND (created_at, id) < (?, ?)", "DESC"))


@cache
def _from(count: int) -> Statement:
    return Statement(lambda dialect: _both(dialect, count, "AND (created_at, id) >= (?, ?)", "ASC"))


@cache
def _find(count: int) -> Statement:
    one = f"WHERE workspace_id = ? AND id = ? AND ticket_id IN ({', '.join('?' * count)})"
    return Statement(
        lambda dialect: " UNION ALL ".join(
            f"SELECT {dialect.moment('created_at')}, {dialect.text('id')} FROM tickets_{table} {one}"
            for table in ("message", "note")
        )
    )


@cache
def _counted(count: int) -> Statement:
    before = f"ticket_id IN ({', '.join('?' * count)}) AND (created_at, id) < (?, ?)"
    return Statement(
        f"SELECT (SELECT count(*) FROM tickets_message WHERE workspace_id = ? AND {before}) "
        f"+ (SELECT count(*) FROM tickets_note WHERE workspace_id = ? AND {before})"
    )
