"""Clients that are still sending when their request is refused read the answer, within bounds."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scratch import Scratch
from tests.serving.processes import Serving, everything, until

pytestmark = pytest.mark.once

_HEAD = b"POST /body HTTP/1.1\r\nHost: localhost\r\n"
_MIB = 1024 * 1024
_SECONDS = 1.0


@pytest.fixture(scope="module")
def serving(scratch: Scratch) -> Iterator[Serving]:
    """A server that drops what is sent to it for a second, or 4 MiB."""
    with Serving(scratch, STUB_LINGER_SECONDS=str(_SECONDS)) as shared:
        yield shared.listening()


@pytest.fixture(autouse=True)
def _nothing_left(serving: Serving) -> None:
    """See the connections of the test before gone: where one address has more than a few, nothing lingers."""
    serving.hang_up()


def _refused(serving: Serving, length: int) -> socket.socket:
    return serving.connect(_HEAD + b"Content-Length: %d\r\n\r\n" % length)


def _open(serving: Serving) -> int:
    return len(list(Path(f"/proc/{serving.web()}/fd").iterdir()))


def _holds(serving: Serving, connection: socket.socket) -> bool:
    """Whether the server has its end of a connection still open; its other files come and go."""
    ends = [f":{port:04X}" for port in (serving.port, connection.getsockname()[1])]
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    # Local address and remote one; without an inode it is nobody's any more.
    return any([line[1][-5:], line[2][-5:]] == ends and line[9] != "0" for line in lines)


@pytest.mark.parametrize("length", [_MIB + 1, 3 * _MIB])
def test_the_whole_body_can_be_sent_and_the_answer_read(serving: Serving, length: int) -> None:
    for _ in range(20):
        connection = _refused(serving, length)

        connection.sendall(b"a" * length)

        assert everything(connection).endswith(b"TooLarge")
        connection.close()


def test_a_body_in_chunks_too(serving: Serving) -> None:
    connection = serving.connect(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n")

    connection.sendall((b"10000\r\n" + b"a" * 65536 + b"\r\n") * 48 + b"0\r\n\r\n")

    assert everything(connection).endswith(b"TooLarge")


def test_many_at_once_are_all_answered(serving: Serving) -> None:
    answers: list[bytes] = []

    def send() -> None:
        # As far as it is let.
        connection = _refused(serving, 2 * _MIB)
        time.sleep(0.05)
        answers.append(connection.recv(1000))

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 50
    assert all(answer.endswith(b"TooLarge") for answer in answers)


def test_the_answer_comes_at_once(serving: Serving) -> None:
    start = time.monotonic()

    assert everything(_refused(serving, 3 * _MIB)).endswith(b"TooLarge")

    assert time.monotonic() - start < _SECONDS / 2


def test_a_client_that_never_stops_is_cut_off(serving: Serving) -> None:
    connection = _refused(serving, 1000 * _MIB)
    sent = 0
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        while sent < 1000 * _MIB:
            sent += connection.send(b"a" * 65536)

    # Beside what lies in the buffers of both sides.
    assert 4 * _MIB <= sent < 20 * _MIB


@pytest.mark.parametrize("pause", [0.1, 3600.0])
def test_a_client_that_stalls_is_cut_off(serving: Serving, pause: float) -> None:
    connection = _refused(serving, 3 * _MIB)
    until(lambda: _holds(serving, connection))
    start = time.monotonic()
    while _holds(serving, connection):
        assert time.monotonic() < start + _SECONDS + 10
        if pause < _SECONDS:
            # It may have been cut off since it was looked at.
            with contextlib.suppress(ConnectionError):
                connection.send(b"a")
        time.sleep(min(pause, 0.1))

    assert connection.recv(1000).endswith(b"TooLarge")


def test_other_connections_of_the_client_stay_as_they_are(serving: Serving) -> None:
    idle, active = serving.connect(), serving.connect()
    for _ in range(10):
        refused = _refused(serving, 2 * _MIB)
        active.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        refused.sendall(b"a" * 2 * _MIB)
        assert active.recv(1000).endswith(b"ok")
        assert everything(refused).endswith(b"TooLarge")
        refused.close()

    idle.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert idle.recv(1000).endswith(b"ok")


def test_nothing_is_left_open(serving: Serving) -> None:
    before = _open(serving)
    for _ in range(30):
        connection = _refused(serving, 2 * _MIB)
        connection.sendall(b"a" * 2 * _MIB)
        everything(connection)
        connection.close()

    until(lambda: _open(serving) <= before)
