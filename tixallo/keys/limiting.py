"""The limit of requests a key may make: exact, so that no interval of the window's length holds more than the limit.

Each active key has a log of the moments of its last requests, on the monotonic clock of this process. A restart
begins anew.
"""

import threading
import time
from collections import deque
from typing import NamedTuple

WINDOW_SECONDS = 60
_WINDOW = WINDOW_SECONDS * 1_000_000_000


class Verdict(NamedTuple):
    """Whether a request may pass, how many more may pass now, and in how many whole seconds the oldest one leaves."""

    allowed: bool
    remaining: int
    reset: int


class Limiter:
    """The logs of all active keys of a process.

    They lie in two generations: a log that is used moves to the young one, and once a window the old one is dropped,
    which by then holds only logs that have run empty. So keys that go quiet cost no memory and no sweep.
    """

    def __init__(self) -> None:
        self._young: dict[str, deque[int]] = {}
        self._old: dict[str, deque[int]] = {}
        self._turned = time.monotonic_ns()
        self._lock = threading.Lock()

    def take(self, key_id: str, limit: int) -> Verdict:
        """Count a request of the key, if it is within `limit` (1 or more), and say so."""
        with self._lock:
            now = time.monotonic_ns()
            log = self._log(key_id, now)
            # An entry leaves only after the window: at exactly its length both ends would lie in one interval.
            while log and now - log[0] > _WINDOW:
                log.popleft()
            if len(log) >= limit:
                return Verdict(False, 0, _seconds_until_gone(log[len(log) - limit], now))
            log.append(now)
            return Verdict(True, limit - len(log), _seconds_until_gone(log[0], now))

    def _log(self, key_id: str, now: int) -> deque[int]:
        if now - self._turned > _WINDOW:
            self._old, self._young, self._turned = self._young, {}, now
        log = self._young.get(key_id)
        if log is None:
            log = self._young[key_id] = self._old.pop(key_id, deque())
        return log


def _seconds_until_gone(entry: int, now: int) -> int:
    return min((entry + _WINDOW - now) // 1_000_000_000 + 1, WINDOW_SECONDS)


limiter = Limiter()
