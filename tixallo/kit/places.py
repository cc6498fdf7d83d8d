"""Places for the threads of a process that write, so that those who wait for a turn never hold all threads.

A burst of writers waits for places as they come free. Only where those inside have got stuck, behind another process or
a long transaction, who comes later is told at once that the server is busy, and readers keep their threads.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tixallo.kit.errors import Busy

# So long the longest of those inside may have been there before others are no longer let wait for a place.
PATIENCE_SECONDS = 0.5


class Places:
    """Some places in all, and some of them at most for one of those who share them."""

    def __init__(self, in_all: int, for_one: int) -> None:
        self._in_all, self._for_one = in_all, for_one
        self._changed = threading.Condition()
        self._since: dict[str, list[float]] = {}

    @contextmanager
    def taken(self, of: str) -> Iterator[None]:
        """Hold one of the places of `of`. Raises `Busy` where there is none and those inside do not get on."""
        start = self._take(of)
        try:
            yield
        finally:
            self._give_back(of, start)

    def _take(self, of: str) -> float:
        with self._changed:
            while (oldest := self._in_the_way(of)) is not None:
                patience = oldest + PATIENCE_SECONDS - time.monotonic()
                if patience <= 0 or not self._changed.wait(patience):
                    raise Busy("Other writers have waited for too long already")
            start = time.monotonic()
            self._since.setdefault(of, []).append(start)
            return start

    def _in_the_way(self, of: str) -> float | None:
        """Since when the longest of those is inside who keep `of` from a place; None if there is one."""
        own = self._since.get(of, [])
        if len(own) >= self._for_one:
            return min(own)
        if sum(map(len, self._since.values())) >= self._in_all:
            return min(map(min, self._since.values()))
        return None

    def _give_back(self, of: str, start: float) -> None:
        with self._changed:
            own = self._since[of]
            own.remove(start)
            if not own:
                del self._since[of]
            self._changed.notify_all()
