"""Between granian and a WSGI application (PEP 3333): what granian calls for each request.

Granian brings one of its own. This one keeps the process's environment variables out of the request, frees the thread
before a slow client has taken its answer, and lets an answer be given before the body has been read.
"""

import itertools
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from tixallo.cli.leading import Leading
from tixallo.kit.bodies import ANSWER

# A longer answer that is made piece by piece is sent so too, and then its thread waits for the client.
SENT_AT_ONCE_BYTES: Final = 1024 * 1024

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_MAPPED: Final = "::ffff:"
_BUSY: Final = (
    503,
    [("content-type", "application/json"), ("retry-after", "5")],
    b'{"error": "Temporarily unavailable"}',
)
_ALWAYS: Final[Environ] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "tixallo",
    "wsgi.errors": sys.stderr,
    # The input ends where the body ends, whether its length was declared or it came in chunks.
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": False,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
_BROKEN: Final = (500, [("content-type", "application/json")], b'{"error": "Internal server error"}')
_log = logging.getLogger(__name__)


class Bridge:
    """What granian calls, for the sockets of one process.

    At most `streams` long answers are sent at once, so that slow readers never hold all threads; one more gets 503.
    The application's `is_quick`, if it has one, names the requests that are answered in turn (see `socket`).
    """

    def __init__(self, application: Application, streams: int) -> None:
        self._application = application
        self._is_quick: Callable[[Environ], bool] | None = getattr(application, "is_quick", None)
        self._streams = threading.Semaphore(streams)
        self._waiting: deque[tuple[Any, Environ]] = deque()
        self._turn = threading.Lock()
        self._sockets: list[Leading] = []

    def socket(self) -> Callable[[Any, Environ], None]:
        """Return what granian calls with its protocol object and a new environ, on one of the threads of one socket.

        Quick requests are answered one after the other, by whichever thread is at it already: threads that all compute
        only take the interpreter's lock from each other, at up to twice the cost of one alone. The others leave their
        request to the one that answers, and rest.
        """
        is_quick = self._is_quick
        if is_quick is None:
            return self._call
        leading = Leading()
        self._sockets.append(leading)

        def call(protocol: Any, environ: Environ) -> None:
            leading.come()
            if is_quick(environ):
                self._waiting.append((protocol, environ))
                self._answer_waiting()
                leading.rest()
            else:
                with leading.away():
                    self._call(protocol, environ)

        return call

    def end(self) -> None:
        """Give back all threads to granian."""
        for leading in self._sockets:
            leading.end()

    def _answer_waiting(self) -> None:
        waiting, turn = self._waiting, self._turn
        # Whoever fails to take the turn came before its holder looked again.
        while waiting and turn.acquire(blocking=False):
            try:
                while waiting:
                    self._call(*waiting.popleft())
            finally:
                turn.release()

    def _call(self, protocol: Any, environ: Environ) -> None:
        environ.update(_ALWAYS)
        environ[ANSWER] = protocol.response_bytes
        # An IPv4 client of a socket that takes both kinds.
        if environ["REMOTE_ADDR"].startswith(_MAPPED):
            environ["REMOTE_ADDR"] = environ["REMOTE_ADDR"].removeprefix(_MAPPED)
        start = _Start()
        try:
            body = self._application(environ, start)
            if type(body) is list:
                protocol.response_bytes(start.status, start.headers, b"".join(body))
            else:
                _send(protocol, start, body, self._streams)
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer and the log the trace
            _log.exception("A request was not answered")
            protocol.response_bytes(*_BROKEN)


class _Start:
    """What an application is given as `start_response`. It returns no `write`, which nothing written today uses."""

    __slots__ = ("headers", "status")

    def __init__(self) -> None:
        self.status = 500
        self.headers: Headers = []

    def __call__(self, status: str, headers: Headers, exc_info: Any = None) -> None:
        self.status = int(status[:3])
        self.headers = headers


def _send(protocol: Any, start: _Start, body: Iterable[bytes], free: threading.Semaphore) -> None:
    pieces: list[bytes] = []
    length = 0
    closing: Callable[[], None] = getattr(body, "close", lambda: None)
    try:
        rest = iter(body)
        for piece in rest:
            pieces.append(piece)
            length += len(piece)
            if length > SENT_AT_ONCE_BYTES:
                _stream(protocol, start, itertools.chain(pieces, rest), free)
                return
        protocol.response_bytes(start.status, start.headers, b"".join(pieces))
    finally:
        closing()


def _stream(protocol: Any, start: _Start, pieces: Iterator[bytes], free: threading.Semaphore) -> None:
    if not free.acquire(blocking=False):
        protocol.response_bytes(*_BUSY)
        return
    try:
        protocol.response_iter(start.status, start.headers, _Pieces(pieces))
    finally:
        free.release()


class _Pieces:
    """What granian takes a long answer from: it calls these two, and returns when the client has all or is gone."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.__next__ = pieces.__next__

    def close(self) -> None:
        """The application's own iterable is closed by whoever called granian."""
