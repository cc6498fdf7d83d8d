"""One thread of a socket stands ready for the next request; of the others, those without work rest.

Whoever wakes wants the interpreter's lock, if only to look at its request, and takes it from a thread that computes. So
granian, which wakes a thread for each request, must find no more than one to wake.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# After so long a resting thread goes back to granian, which ends it when there is no work for it. So it is also there
# for other requests where the one that stood ready is held up.
REST_SECONDS: Final = 1.0


class Leading:
    """The threads that granian has for one socket. They must call `come` with each request, first of all."""

    def __init__(self, rest_seconds: float = REST_SECONDS) -> None:
        self._rest_seconds = rest_seconds
        self._lock = threading.Lock()
        self._known = threading.local()
        self._resting: list[threading.Lock] = []
        self._ended = False
        # Threads that granian has for the next request, or will have in no time.
        self.ready = 0

    def come(self) -> None:
        """Count the calling thread, if it is a new one, until it ends."""
        if not hasattr(self._known, "end"):
            self._known.end = _End(self)
            self.add(1)

    def add(self, threads: int) -> None:
        """Count so many more threads as ready."""
        with self._lock:
            self.ready += threads

    @contextmanager
    def away(self) -> Iterator[None]:
        """Do what takes long: if no other thread is ready meanwhile, one that rests is woken."""
        with self._lock:
            self.ready -= 1
            if not self.ready and self._resting:
                self._wake()
        try:
            yield
        finally:
            self.add(1)

    def rest(self) -> None:
        """Wait until the calling thread is needed, if another is ready. Its request must be answered, its body read."""
        if self.ready < 2:
            return
        with self._lock:
            if self.ready < 2 or self._ended:
                return
            self.ready -= 1
            place = threading.Lock()
            place.acquire()
            self._resting.append(place)
        if not place.acquire(timeout=self._rest_seconds):
            with self._lock:
                if place in self._resting:
                    self._resting.remove(place)
                    self.ready += 1

    def end(self) -> None:
        """Let none rest any more."""
        with self._lock:
            self._ended = True
            while self._resting:
                self._wake()

    def _wake(self) -> None:
        # The last that lay down: what it needs is at hand, and the others can end.
        self._resting.pop().release()
        self.ready += 1


class _End:
    """Kept by a thread: goes with it."""

    __slots__ = ("_leading",)

    def __init__(self, leading: Leading) -> None:
        self._leading = leading

    def __del__(self) -> None:
        self._leading.add(-1)
