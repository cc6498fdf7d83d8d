"""What a list that stands open is told: whether anything has changed since it was last told, and what.

The condition is the workspace's revision and who writes where. A list that knows both is answered without a look at
its rows; else the log says which tickets have changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from tixallo.kit import clock, sql
from tixallo.kit.sql import Statement
from tixallo.tickets.list_rows import Row

# More changes than this at once are not told one by one.
MOST_TOLD = 200
_MOST_WRITERS = 20


class Writer(NamedTuple):
    """A colleague who writes at a ticket."""

    ticket_id: str
    person_id: str
    name: str
    kind: str

    @property
    def mark(self) -> str:
        """What tells this writer from others, for a tag: the ticket, the end of the person's id, the kind."""
        return f"{self.ticket_id}:{self.person_id[-4:]}{self.kind[0]}"


@dataclass
class State:
    """How things stand for a person: the workspace's revision, and which colleagues write where."""

    workspace_id: str
    person_id: str
    revision: int
    writers: list[Writer] = field(default_factory=list)

    @property
    def tag(self) -> str:
        """The state as an entity tag."""
        return f'"{self.revision}.{"_".join(writer.mark for writer in self.writers)}"'


def state(workspace_id: str, person_id: str) -> State:
    """Return how things stand."""
    rows = _STATE.rows(workspace_id, person_id, sql.moment(clock.now()), workspace_id, _MOST_WRITERS)
    writers = [Writer(str(row[1]), str(row[2]), row[3], row[4]) for row in rows if row[1] is not None]
    return State(workspace_id, person_id, rows[0][0] if rows else 0, writers)


def changed(now: State, tag: str) -> list[str] | None:
    """Return the ids of the tickets that changed since a tag was given; None when these are too many to tell.

    Who begins or ends to write changes a ticket as well.
    """
    revision, marks = _read(tag)
    if revision is None:
        return None
    since = (now.workspace_id, revision, now.revision, MOST_TOLD + 1)
    found = [str(row[0]) for row in _CHANGED.rows(*since)]
    if len(found) > MOST_TOLD:
        return None
    # The log says such a thing of the ticket that was merged alone, though the other one has changed as well.
    found += [orjson.loads(payload).get("merged_into", "") for (payload,) in _MERGES.rows(*since) if payload]
    if len(found) > MOST_TOLD:
        return None
    turned = marks ^ {writer.mark for writer in now.writers}
    return list(dict.fromkeys([*found, *(mark.partition(":")[0] for mark in turned)]))


def renamed(now: State, tag: str) -> set[str] | None:
    """Return the ids of the customers, companies and people that are called otherwise since a tag was given.

    Their tickets have not changed, but rows show their names. None when these are too many to look for.
    """
    revision, _ = _read(tag)
    if revision is None:
        return None
    found = {str(row[0]) for row in _RENAMED.rows(now.workspace_id, revision, now.revision, MOST_TOLD + 1)}
    return None if len(found) > MOST_TOLD else found


def show_writers(rows: Iterable[Row], now: State) -> None:
    """Note in rows who writes there."""
    names: dict[str, list[str]] = {}
    for writer in now.writers:
        names.setdefault(writer.ticket_id, []).append(writer.name)
    for row in rows:
        row.writing = ", ".join(names.get(row.id, ()))


def _read(tag: str) -> tuple[int | None, set[str]]:
    # A page that shows more than the list puts its own condition after a bar.
    revision, _, marks = tag.removeprefix("W/").strip('"').partition("|")[0].partition(".")
    if not (revision.isascii() and revision.isdigit() and len(revision) < 19):
        return None, set()
    return int(revision), {mark for mark in marks.split("_") if mark}


_STATE = Statement(
    "SELECT w.revision, p.ticket_id, p.person_id, h.name, p.kind FROM workspaces_workspace w "
    "LEFT JOIN tickets_presence p ON p.workspace_id = ? AND p.kind <> 'here' AND p.person_id <> ? AND p.until > ? "
    "LEFT JOIN workspaces_person h ON h.id = p.person_id "
    "WHERE w.id = ? ORDER BY p.ticket_id, p.person_id LIMIT ?",
    hot=True,
)
_CHANGED = Statement(
    "SELECT DISTINCT subject_id FROM workspaces_event "
    "WHERE workspace_id = ? AND revision > ? AND revision <= ? AND subject_kind = 'ticket' LIMIT ?",
    hot=True,
)
_MERGES = Statement(
    "SELECT payload FROM workspaces_event WHERE workspace_id = ? AND revision > ? AND revision <= ? "
    "AND type IN ('ticket.merged', 'ticket.unmerged') LIMIT ?",
    hot=True,
)
_RENAMED = Statement(
    "SELECT DISTINCT subject_id FROM workspaces_event WHERE workspace_id = ? AND revision > ? AND revision <= ? "
    "AND type IN ('customer.updated', 'company.updated', 'member.renamed') LIMIT ?",
    hot=True,
)
