"""Whether anything has happened to a workspace's keys, or with them, since a page was told how they stand.

The condition is the workspace's revision, the hour, how many requests came in it and in the one before it (what another
process noted in the last seconds of an hour is written in the next one), and what the time alone has made of the keys:
how many have expired, expire soon, or were not used for long, and since when the last of them.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tixallo.keys.attention import QUIET_AFTER, SOON
from tixallo.keys.models import REFUSALS
from tixallo.keys.usage import ledger
from tixallo.kit import clock, sql
from tixallo.kit.sql import Dialect, Statement

# More changes than this at once are not told one by one, nor those of more revisions of the workspace: for a page that
# was asleep, or a tag that is not ours, the log would be walked far.
_MOST_TOLD = 200
_MOST_WALKED = 1_000


class Standing(NamedTuple):
    """How at most so many keys stand: the workspace's revision, the hour since the epoch, the requests in it and in the
    one before, how many of them time has made another thing, and the last of them when (in microseconds since the
    epoch), and `until` when that stays so, if nothing happens.
    """

    workspace_id: str
    most: int
    revision: int
    hour: int
    requests: int
    turned: int
    turned_at: int
    until: datetime | None

    @property
    def tag(self) -> str:
        """The standing as an entity tag."""
        return f'"{self.revision}.{self.hour}.{self.requests}.{self.turned}.{self.turned_at}"'


def sign(workspace_id: str, key_id: str = "") -> str:
    """Return what stays the same while nothing happens to a workspace's keys, or with them or with one of them.

    It costs less than how they stand, and can become another though they stand as before.
    """
    # In this order: what is written in between then counts in both places, and not in none.
    unwritten = ledger.unwritten(workspace_id, key_id)
    revision, turn = _SIGN.one(workspace_id, workspace_id) or (0, 0)
    return f"{revision}.{turn}.{unwritten}.{_hour()}"


def teller(now: Standing, key_id: str = "") -> Callable[[], str]:
    """Return what tells the sign, and nothing once time alone has made another thing of one of the keys."""
    workspace_id, until = now.workspace_id, now.until
    return lambda: "" if until is not None and until <= clock.now() else sign(workspace_id, key_id)


def standing(workspace_id: str, most: int) -> Standing:
    """Return how the newest keys of a workspace stand, at most `most` of them."""
    # What is not written yet counts only for the newest keys, which then have to be known one by one.
    if ledger.used(workspace_id):
        return _standing(workspace_id, most, _newest(workspace_id, most))
    revision, requests = _SUM.one(workspace_id, most, _since(), workspace_id) or (0, 0)
    return Standing(workspace_id, most, revision, _hour(), int(requests), *_turned(workspace_id))


def standing_of(workspace_id: str, key_id: str) -> Standing:
    """Return how one key stands."""
    return _standing(workspace_id, 1, _ONE.rows(_since(), workspace_id, key_id), key_id)


def changed(now: Standing, tag: str) -> list[str] | None:
    """Return the ids of the keys that can have changed since a tag was given; None when it can be any."""
    known = tag.removeprefix("W/").strip('"').split(".")
    if len(known) != 5 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in known):
        return None
    revision, hour, _, *turned = map(int, known)
    if (hour, *turned) != (now.hour, now.turned, now.turned_at):
        return None
    if not 0 <= now.revision - revision <= _MOST_WALKED:
        return None
    told = (now.workspace_id, revision, now.revision)
    found = [str(row[0]) for row in _CHANGED.rows(*told, *told, *told, _MOST_TOLD + 1)]
    if len(found) > _MOST_TOLD:
        return None
    requests = _requests(now.workspace_id, _newest(now.workspace_id, now.most))
    return list(dict.fromkeys([*found, *(key_id for key_id, count in requests.items() if count)]))


def _standing(workspace_id: str, most: int, rows: list[sql.Row], key_id: str = "") -> Standing:
    requests = sum(_requests(workspace_id, rows).values())
    turned = _turned(workspace_id, key_id)
    return Standing(workspace_id, most, rows[0][0] if rows else 0, _hour(), requests, *turned)


def _turned(workspace_id: str, key_id: str = "") -> tuple[int, int, datetime | None]:
    """Return how many times the keys that are not revoked were made another thing by time, when the last was, and when
    the next is.
    """
    now = clock.now()
    values = [sql.moment(each) for each in (now, now + SOON, now - QUIET_AFTER)] * 3 + [workspace_id]
    row = (_TURNED_OF_ONE.one(*values, key_id) if key_id else _TURNED.one(*values)) or (0, *[None] * 6)
    last, following = max(_turns_at(row[1:4]), default=None), min(_turns_at(row[4:]), default=None)
    return int(row[0] or 0), 0 if last is None else clock.microseconds(last), following


def _turns_at(found: Sequence[object]) -> list[datetime]:
    """Return when keys become another thing: these that expire, these that soon will, and these last used then."""
    afters = (timedelta(0), -SOON, QUIET_AFTER)
    moments = map(sql.read_moment_or_none, found)
    return [moment + after for moment, after in zip(moments, afters, strict=True) if moment is not None]


def _requests(workspace_id: str, rows: list[sql.Row]) -> dict[str, int]:
    """Return how many requests came with each key in these hours, with those that are not written yet."""
    hour = _hour()
    requests = {str(row[1]): int(row[2]) for row in rows}
    for key_id, tally in ledger.unflushed(workspace_id, requests).items():
        requests[key_id] += sum(sum(tally.hours.get(each, ())) for each in (hour - 1, hour))
    return requests


def _newest(workspace_id: str, most: int) -> list[sql.Row]:
    return _NEWEST.rows(_since(), workspace_id, workspace_id, most)


def _hour() -> int:
    return int(clock.seconds()) // 3600


def _since() -> object:
    return sql.moment(clock.from_seconds((_hour() - 1) * 3600))


_SIGN = Statement(
    "SELECT w.revision, coalesce(t.turn, 0) FROM workspaces_workspace w "
    "LEFT JOIN keys_keyturn t ON t.workspace_id = ? WHERE w.id = ?",
    hot=True,
)
_COUNTED = " + ".join(f"h.{name}" for name in ("passed", *(f"refused_{reason}" for reason in REFUSALS)))
_REQUESTS = (
    f"SELECT w.revision, k.id, coalesce((SELECT sum({_COUNTED}) FROM keys_keyhour h "
    "WHERE h.workspace_id = k.workspace_id AND h.key_id = k.id AND h.hour >= ?), 0) "
)
# One row however many keys there are: most polls find that nothing has happened.
_SUM = Statement(
    f"SELECT w.revision, coalesce((SELECT sum({_COUNTED}) FROM (SELECT id FROM keys_apikey WHERE workspace_id = ? "
    "ORDER BY created_at DESC, id DESC LIMIT ?) k JOIN keys_keyhour h ON h.workspace_id = w.id AND h.key_id = k.id "
    "AND h.hour >= ?), 0) FROM workspaces_workspace w WHERE w.id = ?",
    hot=True,
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


def _changes(dialect: Dialect) -> str:
    # Of a rotation the log names the old key; whether its maker has left is told of a person.
    span = "e.workspace_id = ? AND e.revision > ? AND e.revision <= ? AND e.subject_kind"
    old, new, maker, key = (dialect.text(each) for each in ("r.old_key_id", "r.new_key_id", "k.maker_id", "k.id"))
    return (
        f"SELECT e.subject_id FROM workspaces_event e WHERE {span} = 'key' UNION "
        f"SELECT {new} FROM workspaces_event e JOIN keys_rotation r "
        f"ON r.workspace_id = e.workspace_id AND {old} = e.subject_id WHERE {span} = 'key' UNION "
        f"SELECT {key} FROM workspaces_event e JOIN keys_apikey k "
        f"ON k.workspace_id = e.workspace_id AND {maker} = e.subject_id WHERE {span} = 'person' LIMIT ?"
    )


_CHANGED = Statement(_changes, hot=True)
_USED = "coalesce(last_used_at, created_at)"


def _turns(dialect: Dialect) -> str:
    # Each moment as `attention` has it: from then on, or after it.
    passed = (("expires_at", "<="), ("expires_at", "<="), (_USED, "<"))
    coming = (("expires_at", ">"), ("expires_at", ">"), (_USED, ">="))
    counted = " + ".join(f"sum(CASE WHEN {each} {sign} ? THEN 1 ELSE 0 END)" for each, sign in passed)
    last_ones = [f"max(CASE WHEN {each} {sign} ? THEN {each} END)" for each, sign in passed]
    next_ones = [f"min(CASE WHEN {each} {sign} ? THEN {each} END)" for each, sign in coming]
    return (
        f"SELECT {counted}, {', '.join(map(dialect.moment, [*last_ones, *next_ones]))} FROM keys_apikey "
        "WHERE workspace_id = ? AND revoked_at IS NULL"
    )


_TURNED = Statement(_turns, hot=True)
_TURNED_OF_ONE = Statement(lambda dialect: f"{_turns(dialect)} AND id = ?", hot=True)
