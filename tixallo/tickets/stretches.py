"""On PostgreSQL: the stretches of a workspace's list, so that a search looks no further than its page needs.

The index gives matches in no order, and the row of each is visited. So a long list is cut as it grows: behind the mark
of their workspace the words of a document say in which stretch of the list its ticket lies, and a search asks for the
words of the newest stretches first. The first stretch has no row, and its words say nothing: most workspaces have no
other.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from tixallo.kit import sql
from tixallo.kit.sql import Statement

# A ticket whose number is a multiple of this begins a stretch.
LENGTH = 65_536
# So many stretches are looked through at first: the place a page begins at may be near the end of one.
AT_FIRST = 2
_FIRST = 1
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

# What the words say of the stretch that a time lies in.
WORD = (
    "(SELECT coalesce('-' || max(r.number) || '-', '') FROM tickets_stretch r "
    "WHERE r.workspace_id = {workspace} AND r.begins_at <= {moment})"
)


class Stretch(NamedTuple):
    """A stretch of a list: its number, and the time from which on tickets lie in it."""

    number: int
    begins_at: datetime


def from_place(workspace_id: str, moment: datetime | None = None) -> list[Stretch]:
    """Return the stretches of a list, or those of a time in it and before, the newest first."""
    rows = _ALL.rows(workspace_id) if moment is None else _FROM.rows(workspace_id, moment)
    return [*(Stretch(*row) for row in rows), Stretch(_FIRST, _BEFORE_ALL)]


def word(number: int) -> str:
    """Return what the words of a stretch say of it. No word of a text begins so."""
    return "" if number == _FIRST else f"-{number}-"


def begin_if_due(workspace_id: str, first: int, last: int, at: datetime) -> None:
    """Begin a new stretch at the time `at` where one is due with tickets of these numbers.

    Not if a ticket is as new as that already: then the next multiple will. Call it before the tickets are written.
    """
    if sql.current().vendor == "postgresql" and last // LENGTH > (first - 1) // LENGTH:
        _BEGIN.run(_FIRST, *(workspace_id, at) * 4)


_ALL = Statement(
    "SELECT number, begins_at FROM tickets_stretch WHERE workspace_id = ? ORDER BY number DESC", prepared=True
)
_FROM = Statement(
    "SELECT number, begins_at FROM tickets_stretch WHERE workspace_id = ? AND begins_at <= ? ORDER BY number DESC",
    prepared=True,
)
_BEGIN = Statement(
    "INSERT INTO tickets_stretch (number, workspace_id, begins_at) "
    "SELECT coalesce(max(r.number), ?) + 1, ?, ? FROM tickets_stretch r WHERE r.workspace_id = ? "
    "HAVING coalesce(max(r.begins_at) < ?, true) AND NOT EXISTS (SELECT 1 FROM tickets_ticket t "
    "WHERE t.workspace_id = ? AND t.gone_as = '' AND t.created_at >= ?) AND NOT EXISTS "
    "(SELECT 1 FROM tickets_ticket t WHERE t.workspace_id = ? AND NOT t.gone_as = '' AND t.created_at >= ?)"
)
