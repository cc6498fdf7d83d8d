"""On PostgreSQL: the stretches of a workspace's list, so that a search looks no further than its page needs.

The index gives matches in no order, and the row of each is visited. So a long list is cut as it grows: each document
says, as one more of its words, in which stretch its ticket lies, and a search asks for the newest stretches first. A
list of a single stretch has no row. The first stretch of a longer one begins at the beginning of time; at its end where
its documents are older than stretches are, and lack the word.
"""

from datetime import datetime

from tixallo.kit import sql
from tixallo.kit.sql import Statement

# A ticket whose number is a multiple of this begins a stretch.
LENGTH = 65_536
# So many stretches are looked through at first: the place a page begins at may be the last of one.
AT_FIRST = 2

# The word of the stretch that a time lies in, as an array; it takes the beginning of such words.
WORD = (
    "(SELECT ARRAY[?::text || coalesce(max(r.number), 1)] FROM tickets_stretch r "
    "WHERE r.workspace_id = {workspace} AND r.begins_at <= {moment})"
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
    "WITH begun AS (INSERT INTO tickets_stretch (workspace_id, number, begins_at) "
    "SELECT ?, greatest(max(r.number), 1) + 1, ? FROM tickets_stretch r WHERE r.workspace_id = ? "
    "HAVING coalesce(max(r.begins_at) FILTER (WHERE r.number > 1) < ?, true) AND NOT EXISTS ("
    "SELECT 1 FROM tickets_ticket t WHERE t.workspace_id = ? AND t.gone_as = '' AND t.created_at >= ?) AND NOT EXISTS ("
    "SELECT 1 FROM tickets_ticket t WHERE t.workspace_id = ? AND NOT t.gone_as = '' AND t.created_at >= ?) "
    "RETURNING workspace_id) "
    "INSERT INTO tickets_stretch (workspace_id, number, begins_at) "
    "SELECT workspace_id, 1, '-infinity' FROM begun ON CONFLICT DO NOTHING"
)
