"""The one way into a write transaction: it commits as a whole, and on SQLite writers take turns.

Left to itself SQLite lets one of two writing processes starve, as its busy handler sleeps while the other one goes on.
So each writer first takes a lock on `DATA/write.lock`. The kernel does not hand that out in turn: who has just let go
of it is back sooner than who waits has woken. So whoever waits for it holds `DATA/next.lock`, and nobody passes by.
On both databases no more threads of a process are at this than leave some for reading (see `places`).
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import transaction

from tixallo.kit import sql
from tixallo.kit.errors import WaitedTooLong
from tixallo.kit.places import Places
from tixallo.kit.sql import Statement

# Longer than any transaction of ours; who still waits then is told that the server is busy.
LOCK_SECONDS = 10

# Who waits for another process looks again after so long at first, and ever less often.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.0002, 0.01

_ALONE = Statement("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))")

_turn = threading.Lock()
_local = threading.local()
_open: dict[int, tuple[int, int]] = {}


@contextmanager
def change(of: str = "") -> Iterator[None]:
    """Open a write transaction, or join the one that is open; `of` names the workspace whose turn it waits for.

    Raises `WaitedTooLong` when other writers keep it from its turn for ten seconds, and plain `Busy` when so many wait
    that it cannot.
    """
    wrapper = sql.current()
    if wrapper.in_atomic_block and getattr(_local, "inside", False):
        yield
        return
    with _places().taken(of):
        if wrapper.vendor == "sqlite":
            until = time.monotonic() + LOCK_SECONDS
            with _turn_of_this_process(until), _lock_between_processes(until), _atomic():
                yield
        else:
            with _atomic():
                yield


@cache
def _places() -> Places:
    threads = settings.TIXALLO.threads
    return Places(in_all=max(threads * 3 // 4, 1), for_one=max(threads // 2, 1))


def alone(name: str) -> None:
    """Within a change: wait for others that have said the same name, and keep them out until it ends.

    On SQLite writers are alone with everything.
    """
    if sql.current().vendor == "postgresql":
        _ALONE.one(name)


def change_in_parts(part: Callable[[int], int], most: int) -> None:
    """Have `part` change at most `most` rows and return how many it did, each time in a transaction of its own, until
    it finds fewer.
    """
    while True:
        with change():
            if part(most) < most:
                return


@contextmanager
def _atomic() -> Iterator[None]:
    _local.inside = True
    try:
        with transaction.atomic():
            yield
    finally:
        _local.inside = False


@contextmanager
def _turn_of_this_process(until: float) -> Iterator[None]:
    if not _turn.acquire(timeout=max(until - time.monotonic(), 0)):
        raise WaitedTooLong("Other writers held the database for too long")
    try:
        yield
    finally:
        _turn.release()


@contextmanager
def _lock_between_processes(until: float) -> Iterator[None]:
    following, descriptor = _descriptors()
    _lock(following, until)
    try:
        _lock(descriptor, until)
    finally:
        fcntl.flock(following, fcntl.LOCK_UN)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _lock(descriptor: int, until: float) -> None:
    # The kernel would wait for ever, behind a process that was stopped too.
    pause = _FIRST_PAUSE_SECONDS
    while not _is_locked(descriptor):
        if time.monotonic() > until:
            raise WaitedTooLong("Another process held the database for too long")
        time.sleep(pause)
        pause = min(pause * 1.25, _LONGEST_PAUSE_SECONDS)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _descriptors() -> tuple[int, int]:
    # One open file per process is enough, as its threads take turns before; a forked child must open its own,
    # since a lock belongs to the open file and would be shared with the parent.
    process = os.getpid()
    if process not in _open:
        _open[process] = _opened("next.lock"), _opened("write.lock")
    return _open[process]


def _opened(name: str) -> int:
    return os.open(Path(settings.TIXALLO.data) / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
