"""Reading request bodies within bounds: of length, of time, of how many at once and from one client.

A body is read by a thread that can do nothing else meanwhile, and granian itself waits for it without end.
"""

import functools
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings

from tixallo.kit.errors import Busy, Invalid, TooLarge
from tixallo.kit.lingering import Lingering
from tixallo.kit.stalled import end_connection

# From the first byte awaited to the last.
BODY_SECONDS: Final = 20.0

# Who finds all places taken waits for one, up to the second, while some body began to arrive within the first: it is
# likely there already, and a busy server only has not come to it. Bodies that keep their places longer are slow ones.
YOUNG_SECONDS: Final = 0.25
PLACE_SECONDS: Final = 2.0

# Where the server in front leaves what answers a request at once, from any thread, as (status, headers, body); the
# application's own answer is then dropped.
ANSWER: Final = "tixallo.answer"
# Where the application leaves the header fields that it has already decided upon, whatever the answer will be.
DECIDED: Final = "tixallo.decided"
# Says that a body was read to its end.
_READ: Final = "tixallo.read"

_TOO_SLOW: Final = (("content-type", "application/json"), ("connection", "close"))
_TIMEOUT: Final = b'{"error": "Request timeout"}'
# No length that could be served has more digits.
_LONGEST_LENGTH: Final = 15


# A body of no more than this is dropped by the server in front.
_SMALL: Final = 16 * 1024

_lingering = Lingering()


def read_body(environ: MutableMapping[str, Any], limit: int, client: str) -> bytes:
    """Return the body of a request as `Bodies.read` does, within what the settings allow this process."""
    return _of_this_process().read(environ, limit, client)


def pass_over(environ: Mapping[str, Any], lingering: Lingering = _lingering) -> None:
    """If the body of a request has not been read, see to it that its client, which may still be sending, can read the
    answer that is about to leave.
    """
    if _is_small(environ.get("CONTENT_LENGTH") or "0") and "HTTP_TRANSFER_ENCODING" not in environ:
        return
    # Who waits to be asked for the body does not send it.
    if _READ not in environ and "HTTP_EXPECT" not in environ:
        lingering.expect(environ["REMOTE_ADDR"])


class Bodies:
    """The bodies being read: `at_once` in all, `per_client` from one address, each within so many seconds."""

    def __init__(self, at_once: int, per_client: int, seconds: float = BODY_SECONDS) -> None:
        self._at_once = at_once
        self._per_client = per_client
        self._seconds = seconds
        self._places = threading.Condition()
        self._open: Counter[str] = Counter()
        self._latest: dict[str, float] = {}
        self._reading: dict[int, _Reading] = {}
        self._watched = False

    def read(self, environ: MutableMapping[str, Any], limit: int, client: str) -> bytes:
        """Return the body of a WSGI request: at most `limit` bytes; `client` is the address that it counts for.

        Raises `TooLarge`, before anything is read if the length was declared; `Busy` when enough bodies are being read
        already; `Invalid` for a length that is none and for a body that ends early. A client that is too slow is
        answered with 408 and cut off, and the thread that waits for it gets `Invalid`.
        """
        declared = environ.get("CONTENT_LENGTH") or "0"
        # With both, the encoding counts (RFC 9112, section 6.3); granian has then left the length out.
        coding = environ.get("HTTP_TRANSFER_ENCODING")
        chunked = coding is not None
        if coding is not None and coding.strip().lower() != "chunked":
            raise Invalid(form_errors=["Transfer-Encoding can only be chunked"])
        if declared == "0" and not chunked:
            return b""
        length = limit + 1 if chunked else _length(declared)
        if length > limit and not chunked:
            raise TooLarge
        with self._place(client), self._timed(environ) as reading:
            body: bytes = environ["wsgi.input"].read(length)
        if reading.cut:
            raise Invalid(form_errors=["The body took too long to arrive"])
        if len(body) > limit:
            raise TooLarge
        if not chunked and len(body) < length:
            raise Invalid(form_errors=["The body ends before its declared length"])
        environ[_READ] = True
        return body

    @contextmanager
    def _place(self, client: str) -> Iterator[None]:
        with self._places:
            self._wait_for_place(client)
            self._open[client] += 1
            self._latest[client] = time.monotonic()
        try:
            yield
        finally:
            with self._places:
                self._open[client] -= 1
                if not self._open[client]:
                    del self._open[client], self._latest[client]
                self._places.notify_all()

    def _wait_for_place(self, client: str) -> None:
        end = time.monotonic() + PLACE_SECONDS
        while True:
            if self._open[client] >= self._per_client:
                latest = self._latest.get(client, 0.0)
            elif self._open.total() >= self._at_once:
                latest = max(self._latest.values(), default=0.0)
            else:
                return
            left = min(latest + YOUNG_SECONDS, end) - time.monotonic()
            if left <= 0:
                raise Busy
            self._places.wait(left)

    @contextmanager
    def _timed(self, environ: Mapping[str, Any]) -> Iterator["_Reading"]:
        reading = _Reading(environ)
        self._reading[id(reading)] = reading
        if not self._watched:
            self._watched = True
            threading.Thread(target=self._watch, name="bodies", daemon=True).start()
        try:
            yield reading
        finally:
            del self._reading[id(reading)]

    def _watch(self) -> None:
        while True:
            time.sleep(self._seconds / 20)
            now = time.monotonic()
            for reading in list(self._reading.values()):
                if not reading.cut and now - reading.since > self._seconds:
                    reading.end()


@functools.cache
def _of_this_process() -> Bodies:
    return Bodies(settings.TIXALLO.bodies, settings.TIXALLO.bodies_per_client)


class _Reading:
    """One body being read."""

    __slots__ = ("cut", "environ", "since")

    def __init__(self, environ: Mapping[str, Any]) -> None:
        self.environ = environ
        self.since = time.monotonic()
        self.cut = False

    def end(self) -> None:
        self.cut = True
        answer = self.environ.get(ANSWER)
        if answer is not None:
            fields = [*self.environ.get(DECIDED, ()), *_TOO_SLOW]
            end_connection(self.environ["REMOTE_ADDR"], self.since, lambda: answer(408, fields, _TIMEOUT))


def _is_small(declared: str) -> bool:
    return len(declared) <= _LONGEST_LENGTH and declared.isdecimal() and int(declared) <= _SMALL


def _length(declared: str) -> int:
    if not (declared.isascii() and declared.isdecimal()):
        raise Invalid(form_errors=["Content-Length is not a number"])
    if len(declared) > _LONGEST_LENGTH:
        raise TooLarge
    return int(declared)
