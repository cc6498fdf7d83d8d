"""The feed: the public events of a workspace, oldest first, as they also leave through webhooks."""

from functools import cache

import orjson

from tixallo.kit import sql
from tixallo.kit.errors import Invalid
from tixallo.kit.sql import Dialect, Statement

# An event is its payload with three fields before it; both are finished JSON objects, joined as text.


def feed(workspace_id: str, after: str | None, limit: int) -> bytes:
    """Return up to `limit` events after the event `after`; the cursor is the last one seen, so that a poller goes on.

    Where there is none yet, it is the last row of the log that is not for the feed. Raises `Invalid` for an `after`
    that is no event of the workspace.
    """
    place: tuple[int, ...] = ()
    if after is not None:
        found = _PLACE.one(workspace_id, after)
        if found is None:
            raise Invalid({"after": ["Unknown event"]})
        place = (found[0], found[1])
    lines = _lines(workspace_id, place, limit)
    cursor = after
    if not lines and after is None:
        last = _LAST.one(workspace_id)
        assert last is not None, "a log begins with the opening of its workspace"
        cursor = str(last[0])
        # What was told between the two looks would otherwise be passed over.
        lines = _lines(workspace_id, place, limit)
    if lines:
        cursor = orjson.loads(lines.rpartition(sql.BETWEEN_LINES)[2])["id"]
    return b'{"data":[%s],"next_cursor":%s}' % (lines, orjson.dumps(cursor))


def _lines(workspace_id: str, place: tuple[int, ...], limit: int) -> bytes:
    row = _feed(bool(place)).one(workspace_id, *place, limit)
    return sql.as_bytes(row and row[0])


@cache
def _feed(after: bool) -> Statement:
    return Statement(lambda dialect: _text(dialect, after), hot=True)


def _text(dialect: Dialect, after: bool) -> str:
    head = dialect.object(
        [("id", dialect.text("e.id")), ("event_type", "e.type"), ("created_at", dialect.time("e.created_at"))]
    )
    place = "AND (e.revision, e.position) > (?, ?) " if after else ""
    return (
        f"SELECT {dialect.lines('line', 'revision, position')} FROM ("
        f"SELECT {dialect.merged(head, 'e.payload')} AS line, e.revision AS revision, e.position AS position "
        f"FROM workspaces_event e WHERE e.workspace_id = ? AND e.public "
        f"{place}ORDER BY e.revision, e.position LIMIT ?) page"
    )


_PLACE = Statement("SELECT revision, position FROM workspaces_event WHERE workspace_id = ? AND id = ?")
_LAST = Statement(
    "SELECT id FROM workspaces_event WHERE workspace_id = ? ORDER BY revision DESC, position DESC LIMIT 1"
)
