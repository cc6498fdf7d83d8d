"""Due rows: work that must happen later, once, and survives a crash. A worker process carries it out.

A kind's function may run twice (a crash after its work, before the row is ended), so it must bear that.
"""

import logging
import random
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from tixallo.kit import clock, sql, transactions
from tixallo.kit.ids import new_id
from tixallo.kit.sql import Dialect, Statement

LEASE = timedelta(seconds=60)
BATCH = 20
MOST_ATTEMPTS = 12
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(hours=1)

Work = Callable[[str], None]

_log = logging.getLogger("tixallo.due")
_random = random.SystemRandom()
_kinds: dict[str, Work] = {}
_every: dict[str, timedelta] = {}


class Claimed(NamedTuple):
    """A row that this worker holds under its lease."""

    id: str
    kind: str
    key: str
    version: int
    attempts: int


def kind(name: str, *, every: timedelta | None = None) -> Callable[[Work], Work]:
    """Register a function as what rows of this kind do; with `every` it is a schedule and needs no rows asked for."""

    def register(work: Work) -> Work:
        _kinds[name] = work
        if every is not None:
            _every[name] = every
        return work

    return register


def enqueue(name: str, key: str, at: datetime | None = None) -> None:
    """Have work done for `key` at a time (default: now). Joins the open transaction; asking twice does it once."""
    _ENQUEUE.run(new_id(), name, key, sql.moment(at or clock.now()), sql.moment(clock.now()))


def arm_schedules() -> None:
    """See to it that every schedule has its row."""
    with transactions.change():
        for name in _every:
            _ARM.run(new_id(), name, "", sql.moment(clock.now()), sql.moment(clock.now()))


def work_once(stopping: Callable[[], bool] = lambda: False) -> int:
    """Claim what is due, carry it out, and return how many rows there were; when `stopping`, the rest is given back.

    A row that takes longer than its lease may be carried out by another worker at the same time.
    """
    claimed = _claim()
    # The rest of a slow batch goes back well before its lease ends, so that no other worker comes upon it.
    end = time.monotonic() + LEASE.total_seconds() / 2
    for row in claimed:
        if stopping() or time.monotonic() > end:
            _give_back(row)
        else:
            _carry_out(row)
    return len(claimed)


def asked_at(name: str, key: str) -> datetime | None:
    """Return when work that is still to do was asked for last, or None when there is none."""
    row = _ASKED_AT.one(name, key)
    return None if row is None else sql.read_moment(row[0])


def retry(identifier: str) -> bool:
    """Bring a dead row back to life; tell whether there was one."""
    with transactions.change():
        return _REVIVE.run(sql.moment(clock.now()), identifier) == 1


def _claim() -> list[Claimed]:
    now = clock.now()
    if _ANY.one(sql.moment(now), sql.moment(now)) is None:
        return []
    with transactions.change():
        rows = _CLAIM.rows(sql.moment(now + LEASE), sql.moment(now), sql.moment(now), BATCH)
    return [Claimed(str(row[0]), *row[1:]) for row in rows]


def _carry_out(row: Claimed) -> None:
    if row.attempts > MOST_ATTEMPTS and row.kind not in _every:
        _fail(row, "The worker ended in the middle of it, every time.")
        return
    try:
        _kinds[row.kind](row.key)
    except Exception:  # noqa: BLE001 - whatever went wrong is kept on the row and shown to a person
        _log.exception("Due work failed: %s %s, attempt %d", row.kind, row.key, row.attempts)
        _fail(row, traceback.format_exc(limit=-3))
    else:
        _end(row)


def _give_back(row: Claimed) -> None:
    with transactions.change():
        _UNCLAIM.run(row.id)


def _end(row: Claimed) -> None:
    with transactions.change():
        if row.kind in _every:
            _REARM.run(sql.moment(clock.now() + _every[row.kind]), row.id)
        elif not _END.run(row.id, row.version):
            # Asked for again while it ran: its new time stands.
            _RELEASE.run(row.id)


def _fail(row: Claimed, error: str) -> None:
    now = clock.now()
    with transactions.change():
        _FAIL.run(error, sql.moment(now + wait_after(row.attempts)), row.id)
        if row.attempts >= MOST_ATTEMPTS and row.kind not in _every:
            # Not if it was asked for again while it ran: that has not been tried yet.
            _GIVE_UP.run(sql.moment(now), row.id, row.version)


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: doubling to an hour, the last half of it at random."""
    longest = min(FIRST_WAIT * (1 << min(attempts, 20)), LONGEST_WAIT)
    return longest * (0.5 + _random.random() / 2)


def _claiming(dialect: Dialect) -> str:
    lock = " FOR UPDATE SKIP LOCKED" if dialect.name == "postgresql" else ""
    return (
        "UPDATE kit_due SET leased_until = ?, attempts = attempts + 1 WHERE id IN (SELECT id FROM kit_due "
        "WHERE dead_at IS NULL AND due_at <= ? AND (leased_until IS NULL OR leased_until < ?) "
        f"ORDER BY due_at LIMIT ?{lock}) RETURNING id, kind, key, version, attempts"
    )


_ENQUEUE = Statement(
    "INSERT INTO kit_due (id, kind, key, version, due_at, attempts, last_error, created_at) "
    "VALUES (?, ?, ?, 0, ?, 0, '', ?) ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, "
    "version = kit_due.version + 1, attempts = 0, dead_at = NULL, created_at = excluded.created_at"
)
_ASKED_AT = Statement(lambda dialect: f"SELECT {dialect.moment('created_at')} FROM kit_due WHERE kind = ? AND key = ?")
_ARM = Statement(
    "INSERT INTO kit_due (id, kind, key, version, due_at, attempts, last_error, created_at) "
    "VALUES (?, ?, ?, 0, ?, 0, '', ?) ON CONFLICT (kind, key) DO NOTHING"
)
_ANY = Statement(
    "SELECT 1 FROM kit_due WHERE dead_at IS NULL AND due_at <= ? AND (leased_until IS NULL OR leased_until < ?) LIMIT 1"
)
_CLAIM = Statement(_claiming)
_END = Statement("DELETE FROM kit_due WHERE id = ? AND version = ?")
_RELEASE = Statement("UPDATE kit_due SET leased_until = NULL WHERE id = ?")
_UNCLAIM = Statement("UPDATE kit_due SET leased_until = NULL, attempts = attempts - 1 WHERE id = ?")
_REARM = Statement("UPDATE kit_due SET leased_until = NULL, attempts = 0, last_error = '', due_at = ? WHERE id = ?")
_FAIL = Statement("UPDATE kit_due SET last_error = ?, due_at = ?, leased_until = NULL WHERE id = ?")
_GIVE_UP = Statement("UPDATE kit_due SET dead_at = ? WHERE id = ? AND version = ?")
_REVIVE = Statement(
    "UPDATE kit_due SET dead_at = NULL, attempts = 0, leased_until = NULL, due_at = ? "
    "WHERE id = ? AND dead_at IS NOT NULL"
)
