"""When, from where and how each key was last used: noted in memory, written every five seconds, off the request path.

A crash loses at most the last five seconds.
"""

import logging
import threading
from functools import lru_cache
from multiprocessing.util import Finalize

from django.db import Error, close_old_connections

from tixallo.keys.masking import masked
from tixallo.kit import clock, sql, transactions
from tixallo.kit.errors import Busy
from tixallo.kit.sql import Dialect, Statement

FLUSH_SECONDS = 5
_LONGEST = 120
_LONGEST_LOOKED_AT = 1_000
# SQLite takes at most 32,766 values a statement.
_MOST_AT_ONCE = 5_000

_log = logging.getLogger("tixallo.keys")


class Ledger:
    """The last use of each key since the last flush."""

    def __init__(self) -> None:
        self._uses: dict[str, tuple[float, str, str, str]] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def note(self, key_id: str, address: str, client: str, route: str) -> None:
        """Note a use that has just happened."""
        self._uses[key_id] = (clock.seconds(), address, client, route)

    def flush(self) -> int:
        """Write what was noted, all keys in one statement, and return how many keys there were."""
        with self._lock:
            uses, self._uses = self._uses, {}
            entries = list(uses.items())
            for start in range(0, len(entries), _MOST_AT_ONCE):
                _write(entries[start : start + _MOST_AT_ONCE])
            return len(entries)

    def run(self) -> None:
        """Flush every five seconds in a thread of its own, and once more when the process ends."""
        threading.Thread(target=self._loop, name="key-use", daemon=True).start()
        # atexit does not run in a child of multiprocessing.
        Finalize(self, self._flush_or_log, exitpriority=10)

    def _loop(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            self._flush_or_log()

    def _flush_or_log(self) -> None:
        try:
            self.flush()
        except (Error, Busy):
            _log.exception("The last use of keys could not be written; it is lost for the last five seconds")
        finally:
            close_old_connections()


def _write(entries: list[tuple[str, tuple[float, str, str, str]]]) -> None:
    values: list[object] = []
    for key_id, (seconds, address, agent, route) in entries:
        client = masked(agent[:_LONGEST_LOOKED_AT])[:_LONGEST]
        values += (key_id, sql.moment(clock.from_seconds(seconds)), address, client, route[:_LONGEST])
    with transactions.change():
        _update(len(entries)).run(*values)


# A statement for thousands of keys is long, and there is another for each count.
@lru_cache(maxsize=8)
def _update(count: int) -> Statement:
    return Statement(lambda dialect: _text(dialect, count))


def _text(dialect: Dialect, count: int) -> str:
    row = "(?::uuid, ?::timestamptz, ?, ?, ?)" if dialect.name == "postgresql" else "(?, ?, ?, ?, ?)"
    # unscoped: the keys are named by their ids, as authenticated
    return (
        f"WITH used (id, at, address, client, route) AS (VALUES {', '.join([row] * count)}) "
        "UPDATE keys_apikey SET last_used_at = used.at, last_used_from = used.address, "
        "last_used_client = used.client, last_used_route = used.route FROM used WHERE keys_apikey.id = used.id "
        "AND (keys_apikey.last_used_at IS NULL OR keys_apikey.last_used_at < used.at)"
    )


ledger = Ledger()
