"""Whether anything has happened to a workspace's keys, or with them, since a page was told how they stand.

The condition is the workspace's revision, the hour, and how many requests came in it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tixallo.keys.models import REASONS
from tixallo.keys.usage import ledger
from tixallo.kit import clock, sql
from tixallo.kit.sql import Statement

# More changes than this at once are not told one by one.
_MOST_TOLD = 200


class Standing(NamedTuple):
    """How keys stand: the workspace's revision, the hour since the epoch, and the requests that each had in it."""

    workspace_id: str
    revision: int
    hour: int
    requests: Mapping[str, int]

    @property
    def tag(self) -> str:
        """The standing as an entity tag."""
        return f'"{self.revision}.{self.hour}.{sum(self.requests.values())}"'


def standing(workspace_id: str, most: int) -> Standing:
    """Return how the newest keys of a workspace stand, at most `most` of them."""
    return _standing(workspace_id, _NEWEST.rows(*_since(), workspace_id, workspace_id, most))


def standing_of(workspace_id: str, key_id: str) -> Standing:
    """Return how one key stands."""
    return _standing(workspace_id, _ONE.rows(*_since(), workspace_id, key_id))


def changed(now: Standing, tag: str) -> list[str] | None:
    """Return the ids of the keys that can have changed since a tag was given; None when it can be any."""
    known = tag.removeprefix("W/").strip('"').split(".")
    if len(known) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in known):
        return None
    revision, hour, _ = map(int, known)
    if hour != now.hour:
        return None
    found = [str(row[0]) for row in _CHANGED.rows(now.workspace_id, revision, now.revision, _MOST_TOLD + 1)]
    if len(found) > _MOST_TOLD:
        return None
    return list(dict.fromkeys([*found, *(key_id for key_id, count in now.requests.items() if count)]))


def _standing(workspace_id: str, rows: list[sql.Row]) -> Standing:
    hour = int(clock.seconds()) // 3600
    requests = {str(row[1]): int(row[2]) for row in rows}
    for key_id, tally in ledger.unflushed(workspace_id, requests).items():
        requests[key_id] += sum(tally.hours.get(hour, ()))
    return Standing(workspace_id, rows[0][0] if rows else 0, hour, requests)


def _since() -> tuple[object]:
    return (sql.moment(clock.from_seconds(int(clock.seconds()) // 3600 * 3600)),)


_COUNTED = " + ".join(f"h.{name}" for name in ("passed", *(f"refused_{reason}" for reason in REASONS)))
_REQUESTS = (
    f"SELECT w.revision, k.id, coalesce((SELECT sum({_COUNTED}) FROM keys_keyhour h "
    "WHERE h.workspace_id = k.workspace_id AND h.key_id = k.id AND h.hour >= ?), 0) "
)
_NEWEST = Statement(
    f"{_REQUESTS} FROM workspaces_workspace w JOIN keys_apikey k ON k.workspace_id = ? "
    "WHERE w.id = ? ORDER BY k.created_at DESC, k.id DESC LIMIT ?",
    hot=True,
)
_ONE = Statement(
    f"{_REQUESTS} FROM keys_apikey k JOIN workspaces_workspace w ON w.id = k.workspace_id "
    "WHERE k.workspace_id = ? AND k.id = ?",
    hot=True,
)
_CHANGED = Statement(
    "SELECT DISTINCT subject_id FROM workspaces_event "
    "WHERE workspace_id = ? AND revision > ? AND revision <= ? AND subject_kind = 'key' LIMIT ?",
    hot=True,
)
