"""Letting a client read the answer that was given before its request's body was read: what it still sends is dropped.

The server in front closes such a connection at once, and a client that is still sending then sees a broken connection
instead of the answer. So a copy of the connection is held here, and read from, until the client has closed it. It is
one of the client's connections on which the server has ended its own side, and so reads no more itself.
"""

import contextlib
import logging
import math
import os
import socket
import threading
import time
from selectors import EVENT_READ, BaseSelector, DefaultSelector
from typing import Any, Final

from tixallo.kit import connections

# How long, and how much, a client may still send; then its connection is cut off.
LINGER_SECONDS: Final = 5.0
LINGER_BYTES: Final = 16 * 1024 * 1024

# As many connections at a time. One more is closed as the server does it.
_MOST_LINGERING: Final = 32
# So many requests at a time are waited for to be answered, each found among so many connections of its client.
_MOST_AWAITED: Final = 16
_MOST_COPIES: Final = 8
_ANSWER_SECONDS: Final = 0.5
# Among more descriptors than this of the process, it would take too long to look for those of the client.
_MOST_LOOKED_AT: Final = 1_000
# On the connection of a request that has just come something was received lately.
_LATELY_SECONDS: Final = 2.0
_LOOK_EVERY_SECONDS: Final = 0.002
_NEVER: Final = math.inf

_log = logging.getLogger("tixallo.lingering")


class Lingering:
    """The connections of one process that are read from after their answer, by one thread."""

    def __init__(self, seconds: float = LINGER_SECONDS, most_bytes: int = LINGER_BYTES) -> None:
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._awaited: list[_Awaited] = []
        self._thread: threading.Thread | None = None
        self._bell, self._heard = socket.socketpair()
        self._bell.setblocking(False)
        self._selector = self._new_selector()

    def expect(self, client: str) -> None:
        """Look after the connection of a request from the address `client`, which is about to be answered unread."""
        with self._lock:
            # The bell is one of them.
            if len(self._awaited) >= _MOST_AWAITED or len(self._selector.get_map()) > _MOST_LINGERING:
                return
            if connections.count() > _MOST_LOOKED_AT:
                return
            awaited = _Awaited(connections.copies(client))
            if not 0 < len(awaited.copies) <= _MOST_COPIES:
                awaited.close()
                return
            self._awaited.append(awaited)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="lingering", daemon=True)
                self._thread.start()
            with contextlib.suppress(BlockingIOError):
                self._bell.send(b"\0")

    def _run(self) -> None:
        buffer = bytearray(64 * 1024)
        while True:
            try:
                self._look_once(buffer)
            except Exception:  # noqa: BLE001 - it is told, and the next connections are looked after again
                _log.exception("Reading from clients that were answered early failed; their connections are closed")
                self._let_go()

    def _look_once(self, buffer: bytearray) -> None:
        with self._lock:
            self._take_answered()
            # Nothing says that a connection was ended on this side, so that is looked for.
            pause = _LOOK_EVERY_SECONDS if self._awaited else self._pause()
        for key, _ in self._selector.select(pause):
            key.data.read(key.fileobj, buffer)
        for key in list(self._selector.get_map().values()):
            if key.data.is_over():
                self._selector.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]

    def _pause(self) -> float | None:
        """Return the seconds until a connection has had its time, None while there is none."""
        until = min(key.data.until for key in self._selector.get_map().values())
        return None if until == _NEVER else max(until - time.monotonic(), 0.0)

    def _let_go(self) -> None:
        with self._lock:
            left, self._awaited = self._awaited, []
            read = [key.fileobj for key in self._selector.get_map().values() if key.fileobj is not self._heard]
            self._selector.close()
            self._selector = self._new_selector()
        for each in (*left, *read):
            with contextlib.suppress(OSError):
                each.close()  # type: ignore[union-attr]

    def _new_selector(self) -> BaseSelector:
        selector = DefaultSelector()
        selector.register(self._heard, EVENT_READ, _Rest(_NEVER, _NEVER))
        return selector

    def _take_answered(self) -> None:
        now = time.monotonic()
        # The first first: a later one may have a copy of an earlier one's, an earlier one has none of a later one's.
        for awaited in list(self._awaited):
            answered = awaited.answered()
            if answered is not None:
                answered.setblocking(False)
                self._selector.register(answered, EVENT_READ, _Rest(now + self._seconds, self._most_bytes))
            if answered is not None or now > awaited.until:
                self._awaited.remove(awaited)
                awaited.close()
                for other in self._awaited:
                    other.leave_out(awaited)


class _Awaited:
    """The connections that an answer may leave by, of copies of all those of a client."""

    def __init__(self, copies: list[socket.socket]) -> None:
        # By what tells a connection from others: the server has a copy of its own, too.
        self.copies: dict[int, socket.socket] = {}
        for one in copies:
            number = os.fstat(one.fileno()).st_ino
            if number in self.copies or not _may_be_asking(one):
                one.close()
            else:
                self.copies[number] = one
        self._left_by: int | None = None
        self.until = time.monotonic() + _ANSWER_SECONDS

    def answered(self) -> socket.socket | None:
        """Return the one that the answer has left by, once it has."""
        for number, one in self.copies.items():
            if connections.known(one).ended:
                self._left_by = number
                return self.copies.pop(number)
        return None

    def leave_out(self, other: "_Awaited") -> None:
        """Let go of the one that another answer has left by."""
        if other._left_by in self.copies:
            self.copies.pop(other._left_by).close()

    def close(self) -> None:
        """Let go of those that are left."""
        for one in self.copies.values():
            one.close()


class _Rest:
    """What a client may still send, and until when."""

    def __init__(self, until: float, left: float) -> None:
        self.until = until
        self._left = left

    def read(self, connection: Any, buffer: bytearray) -> None:
        """Drop what has come."""
        try:
            count = connection.recv_into(buffer)
        except BlockingIOError:
            return
        except OSError:
            count = 0
        self._left = self._left - count if count else 0

    def is_over(self) -> bool:
        """Tell whether the client is done, or has had its time."""
        return self._left <= 0 or time.monotonic() >= self.until


def _may_be_asking(connection: socket.socket) -> bool:
    found = connections.known(connection)
    return found.established and found.received_ago <= _LATELY_SECONDS
