"""Two hundred slow clients beside an honest one."""

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from tests.scratch import Scratch
from tests.serving.processes import Serving

pytestmark = [pytest.mark.once, pytest.mark.alone]

_SLOW_CLIENTS = 200
_MOST_MILLISECONDS = 100


@pytest.fixture(scope="module")
def serving(scratch: Scratch) -> Iterator[Serving]:
    with Serving(scratch) as shared:
        yield shared.listening()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: loc",
        b"POST /body?%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n",
        b"GET /large?900000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /stream?100 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["nothing", "head", "body", "answer", "long answer"],
)
def test_an_honest_client_is_answered_at_once_beside_slow_ones(serving: Serving, sent: bytes) -> None:
    slow = [_slow(serving.port, sent % number if b"%d" in sent else sent) for number in range(_SLOW_CLIENTS)]
    waits = []
    # What they are owed is made first; what is measured is how it is to have them hanging on.
    time.sleep(0.5)
    try:
        for turn in range(60):
            with contextlib.suppress(OSError):
                slow[turn].sendall(b"a")
            start = time.monotonic()
            assert serving.get("/") == "ok"
            waits.append((time.monotonic() - start) * 1000)
            time.sleep(0.01)
    finally:
        for connection in slow:
            connection.close()

    assert max(waits) < _MOST_MILLISECONDS


def _slow(port: int, sent: bytes) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.connect(("127.0.0.1", port))
    connection.sendall(sent)
    return connection
