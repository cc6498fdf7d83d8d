"""The list of a workspace's keys as the page shows it: three tabs with their counts, newest first."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from tixallo.keys import attention, charts, token, traffic
from tixallo.keys.attention import REASONS, Reason
from tixallo.keys.models import ENVIRONMENTS, state_of
from tixallo.keys.states import STATES, STATUSES, State
from tixallo.keys.traffic import Recent
from tixallo.kit import paging, sql
from tixallo.kit.paging import Place
from tixallo.kit.sql import Dialect, Statement

TABS = ("active", "attention", "revoked")
ROWS = 500
# Above this, a tab's count says that there are more.
_MOST_COUNTED = 999
_BARS_HEIGHT = 20
_CREATED = 5


class Row(NamedTuple):
    """A key as the list shows it: `marks` are its state, unless that is the usual one, and why to look at it; `step` is
    what to do next.
    """

    id: str
    name: str
    environment: str
    public_id: str
    hint: str
    created_at: datetime
    expires_at: datetime | None
    marks: Sequence[State]
    needs_attention: bool
    step: str
    use: Recent

    @property
    def requests(self) -> int:
        """How many requests passed in 24 hours."""
        return sum(self.use.hours)

    @property
    def bars(self) -> str:
        """The path of the bars of these hours."""
        return charts.bars(self.use.hours, _BARS_HEIGHT)

    @property
    def refused(self) -> int:
        """How many requests were refused in 24 hours."""
        return sum(self.use.refused.values())

    @property
    def statuses(self) -> str:
        """What these were answered: `429`, `401, 403`."""
        return ", ".join(sorted({STATUSES[reason] for reason in self.use.refused}))


class Found(NamedTuple):
    """A part of a tab, the cursor of the next, and whether the part is the whole."""

    rows: list[Row]
    cursor: str
    whole: bool


class Told(NamedTuple):
    """Rows that changed, the ids of those that belong to a tab now, and of those that do not."""

    rows: list[Row]
    fits: list[str]
    leaves: list[str]


def keys(workspace_id: str, tab: str, environment: str = "", cursor: str = "") -> Found:
    """Return the keys of a tab, all of them or those of one environment. Raises `Invalid` for a broken cursor."""
    place = paging.read_cursor(cursor) if cursor else None
    after = () if place is None else (sql.moment(place.moment), place.id)
    chosen = (environment,) if environment in ENVIRONMENTS else ()
    found = _rows(tab, bool(chosen), place is not None, 0)
    rows = found.rows(*attention.values(workspace_id), workspace_id, *chosen, *after, ROWS + 1)
    cursor = ""
    if len(rows) > ROWS:
        following = rows.pop()
        cursor = paging.write_cursor(Place(sql.read_moment(following[_CREATED]), str(following[0])))
    return Found(_shown(workspace_id, rows), cursor, place is None and not cursor)


def these(workspace_id: str, tab: str, key_ids: Sequence[str]) -> list[Row]:
    """Return those of the keys that are in a tab."""
    if not key_ids:
        return []
    found = _rows(tab, False, False, len(key_ids))
    return _shown(workspace_id, found.rows(*attention.values(workspace_id), workspace_id, *key_ids, len(key_ids)))


def told(workspace_id: str, tab: str, environment: str, key_ids: Sequence[str] | None) -> Told:
    """Return what a list that stands open is told of these keys, or of all of them.

    What has left the tab is told as well, as its row stays.
    """
    parts = {
        part: keys(workspace_id, part, environment).rows
        if key_ids is None
        else [row for row in these(workspace_id, part, key_ids) if environment in ("", row.environment)]
        for part in ("active", "revoked")
    }
    rows = [*parts["active"], *parts["revoked"]]
    fits = {row.id for row in parts.get(tab, rows) if tab in parts or row.needs_attention}
    return Told(rows, [row.id for row in rows if row.id in fits], [row.id for row in rows if row.id not in fits])


def counts(workspace_id: str, environment: str = "", tab: str = "", found: Found | None = None) -> dict[str, int]:
    """Return how many keys each tab has, up to a thousand; what was `found` of a tab need not be counted again."""
    known = {} if found is None or not found.whole else _counted(tab, found.rows)
    left = tuple(name for name in TABS if name not in known)
    chosen = (environment,) if environment in ENVIRONMENTS else ()
    each = (workspace_id, *chosen, _MOST_COUNTED + 1)
    needed = attention.values(workspace_id) if "attention" in left else ()
    row = _counts(left, bool(chosen)).one(*needed, *(each * len(left)))
    assert row is not None, "a row of counts"
    return {**known, **dict(zip(left, row, strict=True))}


def _counted(tab: str, rows: Sequence[Row]) -> dict[str, int]:
    if tab == "active":
        return {"active": len(rows), "attention": sum(row.needs_attention for row in rows)}
    return {tab: len(rows)}


def _shown(workspace_id: str, rows: Sequence[sql.Row]) -> list[Row]:
    uses = traffic.recent(workspace_id, [str(row[0]) for row in rows])
    return [_row(row, uses[str(row[0])]) for row in rows]


def _row(row: sql.Row, use: Recent) -> Row:
    key_id, name, environment, public_id, ending, created, expires, gone, off, *held = row
    expires_at = sql.read_moment_or_none(expires)
    state = state_of(bool(gone), bool(off), expires_at)
    reasons = [reason for reason, holds in zip(REASONS, held, strict=True) if holds and not gone]
    shown = [reason.shown for reason in reasons]
    return Row(
        str(key_id),
        name,
        environment,
        public_id,
        token.hint(environment, public_id, ending),
        sql.read_moment(created),
        expires_at,
        shown if shown and state == "active" else [STATES[state], *shown],
        bool(reasons),
        _step(state, reasons, use),
        use,
    )


def _step(state: str, reasons: Sequence[Reason], use: Recent) -> str:
    if state == "revoked":
        return ""
    if reasons:
        return reasons[0].step
    if state == "active":
        return "rotate" if use.last else "try"
    return "revoke" if state == "expired" else "open"


def _within(tab: str) -> str:
    return {
        "active": "k.revoked_at IS NULL",
        "attention": f"k.revoked_at IS NULL AND {attention.any_of()}",
        "revoked": "k.revoked_at IS NOT NULL",
    }[tab]


@cache
def _counts(tabs: Sequence[str], chosen: bool) -> Statement:
    more = " AND k.environment = ?" if chosen else ""

    def text(dialect: Dialect) -> str:
        each = (
            f"(SELECT count(*) FROM (SELECT 1 FROM keys_apikey k{', at' if tab == 'attention' else ''} "
            f"WHERE k.workspace_id = ? AND {_within(tab)}{more} LIMIT ?) found)"
            for tab in tabs
        )
        given = f"WITH {attention.tables(dialect)} " if "attention" in tabs else ""
        return f"{given}SELECT {', '.join(each)}"

    return Statement(text, hot=True)


@cache
def _rows(tab: str, chosen: bool, after: bool, these: int) -> Statement:
    conditions = [_within(tab)]
    if chosen:
        conditions.append("k.environment = ?")
    if after:
        conditions.append("(k.created_at, k.id) <= (?, ?)")
    if these:
        conditions.append(f"k.id IN ({', '.join('?' * these)})")

    def text(dialect: Dialect) -> str:
        columns = ("created_at", "expires_at")
        moments = ", ".join(dialect.moment(f"k.{name}") for name in columns)
        held = ", ".join(reason.condition for reason in REASONS)
        return (
            f"WITH {attention.tables(dialect)} "
            f"SELECT k.id, k.name, k.environment, k.public_id, k.checksum_end, {moments}, "
            f"k.revoked_at IS NOT NULL, k.disabled_at IS NOT NULL, {held} "
            f"FROM keys_apikey k, at WHERE k.workspace_id = ? AND {' AND '.join(conditions)} "
            "ORDER BY k.created_at DESC, k.id DESC LIMIT ?"
        )

    return Statement(text)
