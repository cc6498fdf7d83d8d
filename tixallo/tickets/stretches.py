"""On PostgreSQL: the stretches of a workspace's list, so that a search looks no further than its page needs.

The index gives matches in no order, and the row of each is visited. So a long list is cut as it grows: each document
says, as one more of its words, in which stretch its ticket lies, and a search asks for the newest stretches first. The
first stretch has no row and no word: most workspaces have no other.
"""

from datetime import datetime

from tixallo.kit import sql
from tixallo.kit.sql import Statement

# A ticket whose number is a multiple of this begins a stretch.
LENGTH = 65_536
# So many stretches are looked through at first: the place a page begins at may be the last of one.
AT_FIRST = 2

# The word of the stretch that a time lies in, as an array; it takes the beginning of such words. NULL for the first.
WORD = (
    "(SELECT array_agg(?::text || last.number) FROM (SELECT r.number FROM tickets_stretch r "
    "WHERE r.workspace_id = {workspace} AND r.begins_at <= {moment} ORDER BY r.number DESC LIMIT 1) last)"
)


def beginning(mark: str) -> str:
    """Return how the words of stretches begin in a workspace; no text has such a word."""
    return f"{mark}-"


def begin_if_due(workspace_id: str, first: int, last: int, at: datetime) -> None:
    """Begin a new stretch at the time `at` where one is due with tickets of these numbers.

    Not if a ticket is as new as that already: then the next multiple will. Call it before the tickets are written.
    """
    if sql.current().vendor == "postgresql" and last // LENGTH > (first - 1) // LENGTH:
        _BEGIN.run(*(workspace_id, at, workspace_id, at), *(workspace_id, at) * 2)


_BEGIN = Statement(
    "INSERT INTO tickets_stretch (workspace_id, number, begins_at) "
    "SELECT ?, coalesce(max(r.number), 0) + 1, ? FROM tickets_stretch r WHERE r.workspace_id = ? "
    "HAVING coalesce(max(r.begins_at) < ?, true) AND NOT EXISTS (SELECT 1 FROM tickets_ticket t "
    "WHERE t.workspace_id = ? AND t.gone_as = '' AND t.created_at >= ?) AND NOT EXISTS "
    "(SELECT 1 FROM tickets_ticket t WHERE t.workspace_id = ? AND NOT t.gone_as = '' AND t.created_at >= ?)"
)
