"""The one way into a write transaction: it commits as a whole, and on SQLite writers take turns.

Left to itself SQLite lets one of two writing processes starve, as its busy handler sleeps while the other one goes on.
So each writer first takes a lock on `DATA/write.lock`. The kernel does not hand that out in turn: who has just let go
of it is back sooner than who waits has woken. So whoever waits for it holds `DATA/next.lock`, and nobody passes by.
"""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction

from tixallo.kit import sql
from tixallo.kit.errors import Busy

# Longer than any transaction of ours; who still waits then is told that the server is busy.
LOCK_SECONDS = 10

_turn = threading.Lock()
_local = threading.local()
_open: dict[int, tuple[int, int]] = {}


@contextmanager
def change() -> Iterator[None]:
    """Open a write transaction, or join the one that is open.

    Raises `Busy` when other writers of this process keep it from its turn for ten seconds.
    """
    wrapper = sql.current()
    if wrapper.in_atomic_block and getattr(_local, "inside", False):
        yield
    elif wrapper.vendor == "sqlite":
        with _turn_of_this_process(), _lock_between_processes(), _atomic():
            yield
    else:
        with _atomic():
            yield


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
def _turn_of_this_process() -> Iterator[None]:
    if not _turn.acquire(timeout=LOCK_SECONDS):
        raise Busy("Other writers held the database for too long")
    try:
        yield
    finally:
        _turn.release()


@contextmanager
def _lock_between_processes() -> Iterator[None]:
    following, descriptor = _descriptors()
    fcntl.flock(following, fcntl.LOCK_EX)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    finally:
        fcntl.flock(following, fcntl.LOCK_UN)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _descriptors() -> tuple[int, int]:
    # One open file per process is enough, as its threads take turns before; a forked child must open its own,
    # since a lock belongs to the open file and would be shared with the parent.
    process = os.getpid()
    if process not in _open:
        _open[process] = _opened("next.lock"), _opened("write.lock")
    return _open[process]


def _opened(name: str) -> int:
    return os.open(Path(settings.TIXALLO.data) / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
