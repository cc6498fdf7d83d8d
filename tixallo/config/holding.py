"""Who may change the tables, and who works on them: never both at once, whatever versions and nodes there are.

On SQLite these are locks on files in the data directory. On PostgreSQL they are advisory locks, each held by a
transaction in a thread of its own: one of a session would stay behind in a pool that gives each transaction another
connection. Between its statements such a transaction has no snapshot, so it keeps nothing from being cleaned up.
"""

import fcntl
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from django.conf import settings
from django.db import Error, connection, transaction

from tixallo.config.environment import BadSetting
from tixallo.kit.sql import Statement

# How long those who work on the tables are waited for when the tables are to be changed.
PATIENCE_SECONDS: Final = 10
# How often a lost connection is noticed.
_LOOK_EVERY_SECONDS: Final = 2.0
_TRY_EVERY_SECONDS: Final = 0.1

_log = logging.getLogger(__name__)


@contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time, of all nodes, look at the tables and change them."""
    if connection.vendor == "postgresql":
        with _held(lambda: _ALONE.one() is not None):
            yield
    else:
        with _file("migrate.lock") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


@contextmanager
def unused() -> Iterator[None]:
    """Keep everybody from working on the tables. Raises `BadSetting` when somebody goes on working on them."""
    if connection.vendor == "postgresql":
        with _held(lambda: _patiently(lambda: _is_true(_CHANGE))):
            yield
    else:
        with _file("tables.lock") as file:
            _patiently(lambda: _is_locked(file, fcntl.LOCK_EX))
            yield


def use() -> None:
    """Work on the tables for the life of this process, within `alone`.

    Should they be changed all the same, which takes a lost connection to PostgreSQL, the process gets SIGTERM.
    """
    if connection.vendor == "postgresql":
        using = _Using()
        threading.Thread(target=using.run, name="tables", daemon=True).start()
        using.wait()
    else:
        # Held until the process ends.
        fcntl.flock(_opened("tables.lock"), fcntl.LOCK_SH)


def _patiently(is_had: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_had():
        if time.monotonic() > end:
            raise BadSetting(
                "The tables must be brought to this version, but another server or command still works on them: "
                "stop whatever uses this database first."
            )
        time.sleep(_TRY_EVERY_SECONDS)
    return True


# ---- Files.


def _opened(name: str) -> int:
    return os.open(Path(settings.TIXALLO.data) / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def _file(name: str) -> Iterator[int]:
    descriptor = _opened(name)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# ---- PostgreSQL.

_NO_LIMITS = Statement(
    "SELECT set_config('lock_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)"
)
_ALONE = Statement("SELECT pg_advisory_xact_lock(hashtext('tixallo migrate'))")
_CHANGE = Statement("SELECT pg_try_advisory_xact_lock(hashtext('tixallo tables'))")
_USE = Statement("SELECT pg_try_advisory_xact_lock_shared(hashtext('tixallo tables'))")
_VERSION = Statement("SELECT max(id) FROM django_migrations")
_PING = Statement("SELECT 1")


@contextmanager
def _held(lock: Callable[[], bool]) -> Iterator[None]:
    outcome: SimpleQueue[Exception | None] = SimpleQueue()
    end = threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                _NO_LIMITS.one()
                lock()
                outcome.put(None)
                end.wait()
        except (Error, BadSetting) as error:
            outcome.put(error)
        finally:
            connection.close()

    holder = threading.Thread(target=hold, name="tables", daemon=True)
    holder.start()
    error = outcome.get()
    if error is not None:
        raise error
    try:
        yield
    finally:
        end.set()
        holder.join()


def _is_true(statement: Statement) -> bool:
    row = statement.one()
    return row is not None and bool(row[0])


class _Using:
    """The lock of a process that works on the tables, taken again after each loss of the connection."""

    def __init__(self) -> None:
        self._outcome: SimpleQueue[Exception | None] = SimpleQueue()
        self._version: object = None

    def wait(self) -> None:
        """Return when the lock is held. Raises what kept it from that."""
        error = self._outcome.get()
        if error is not None:
            raise error

    def run(self) -> None:
        """Hold it for good."""
        while True:
            try:
                with transaction.atomic():
                    self._hold()
            except Error as error:
                if self._version is None:
                    self._outcome.put(error)
                    return
            else:
                break
            finally:
                connection.close()
            time.sleep(_LOOK_EVERY_SECONDS)
        _log.error("The tables have been changed by another version: this process stops")
        os.kill(os.getpid(), signal.SIGTERM)

    def _hold(self) -> None:
        _NO_LIMITS.one()
        if not _is_true(_USE):
            return
        version = _VERSION.one()
        if self._version is None:
            self._version = version
            self._outcome.put(None)
        while version == self._version:
            time.sleep(_LOOK_EVERY_SECONDS)
            _PING.one()
