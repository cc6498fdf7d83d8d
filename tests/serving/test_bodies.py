"""Request bodies: their length, their time, and how many at once."""

import contextlib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.scratch import Scratch
from tests.serving.processes import Serving, everything, until
from tixallo.kit.bodies import YOUNG_SECONDS, Bodies
from tixallo.kit.errors import Busy, Invalid, TooLarge

pytestmark = pytest.mark.once

_HEAD = b"POST /body%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
_SECONDS = 1.0


@pytest.fixture(scope="module")
def serving(scratch: Scratch) -> Iterator[Serving]:
    """A server that gives a body one second; it reads three at once, two of a client."""
    with Serving(scratch, STUB_BODY_SECONDS=str(_SECONDS)) as shared:
        yield shared.listening()


class _Unread:
    def read(self, size: int) -> bytes:
        raise AssertionError("The body was read")


def _request(body: bytes | None = None, **variables: str) -> dict[str, Any]:
    return {"wsgi.input": _Unread() if body is None else io.BytesIO(body), "REMOTE_ADDR": "192.0.2.1", **variables}


def _declared(length: int, client: str = "") -> bytes:
    return _HEAD % (f"?{client}".encode() if client else b"") + b"Content-Length: %d\r\n\r\n" % length


_CHUNKED = _HEAD % b"" + b"Transfer-Encoding: chunked\r\n\r\n"


# ---- What is decided, by itself.


@pytest.mark.parametrize("variables", [{}, {"CONTENT_LENGTH": ""}, {"CONTENT_LENGTH": "0"}])
def test_without_a_body_nothing_is_read(variables: dict[str, str]) -> None:
    assert Bodies(0, 0).read(_request(None, **variables), 10, "client") == b""


def test_a_body_of_exactly_the_limit_is_read() -> None:
    assert Bodies(1, 1).read(_request(b"0123456789", CONTENT_LENGTH="10"), 10, "client") == b"0123456789"


@pytest.mark.parametrize("length", ["11", "99999999999999999999", "9" * 5000])
def test_a_length_over_the_limit_is_refused_unread(length: str) -> None:
    with pytest.raises(TooLarge):
        Bodies(1, 1).read(_request(CONTENT_LENGTH=length), 10, "client")


@pytest.mark.parametrize("length", ["-1", "+1", "1.0", "ten", "0x1", "1 1", "\N{ARABIC-INDIC DIGIT ONE}"])
def test_a_length_that_is_no_number_is_refused_unread(length: str) -> None:
    with pytest.raises(Invalid) as refused:
        Bodies(1, 1).read(_request(CONTENT_LENGTH=length), 10, "client")
    assert refused.value.form_errors == ["Content-Length is not a number"]


def test_a_chunked_body_is_read_up_to_the_limit() -> None:
    assert Bodies(1, 1).read(_request(b"0123456789", HTTP_TRANSFER_ENCODING="chunked"), 10, "client") == b"0123456789"
    with pytest.raises(TooLarge):
        Bodies(1, 1).read(_request(b"0123456789a", HTTP_TRANSFER_ENCODING="chunked"), 10, "client")


def test_a_body_shorter_than_declared_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        Bodies(1, 1).read(_request(b"012", CONTENT_LENGTH="10"), 10, "client")
    assert refused.value.form_errors == ["The body ends before its declared length"]


def test_so_many_are_read_at_once_and_so_many_of_one_client() -> None:
    bodies = Bodies(at_once=3, per_client=2)
    go = threading.Event()

    class Slow:
        def read(self, size: int) -> bytes:
            go.wait()
            return b"a"

    def read(client: str) -> threading.Thread:
        thread = threading.Thread(target=bodies.read, args=({"wsgi.input": Slow(), "CONTENT_LENGTH": "1"}, 10, client))
        thread.start()
        return thread

    def is_busy(client: str) -> bool:
        with contextlib.suppress(Busy):
            bodies.read(_request(b"a", CONTENT_LENGTH="1"), 10, client)
            return False
        return True

    reading = [read("one"), read("one")]
    until(lambda: is_busy("one"))
    assert not is_busy("two")
    reading.append(read("two"))
    until(lambda: is_busy("two"))
    assert is_busy("three")
    go.set()
    for thread in reading:
        thread.join()

    assert not any(is_busy(client) for client in ("one", "two", "three"))


@pytest.mark.parametrize(("at_once", "per_client"), [(1, 9), (9, 1)])
def test_who_comes_while_a_body_begins_to_arrive_waits_for_its_place(at_once: int, per_client: int) -> None:
    bodies = Bodies(at_once, per_client)

    class Arriving:
        def read(self, size: int) -> bytes:
            time.sleep(0.02)
            return b"a"

    read: list[bytes] = []

    def one() -> None:
        read.append(bodies.read({"wsgi.input": Arriving(), "CONTENT_LENGTH": "1"}, 10, "client"))

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert read == [b"a"] * 20


def test_nobody_waits_for_the_place_of_a_slow_body() -> None:
    bodies = Bodies(at_once=9, per_client=1)
    go = threading.Event()

    class Slow:
        def read(self, size: int) -> bytes:
            go.wait()
            return b"a"

    slow = threading.Thread(target=bodies.read, args=({"wsgi.input": Slow(), "CONTENT_LENGTH": "1"}, 10, "client"))
    slow.start()
    time.sleep(YOUNG_SECONDS + 0.05)
    start = time.monotonic()
    with pytest.raises(Busy):
        bodies.read(_request(b"a", CONTENT_LENGTH="1"), 10, "client")
    assert time.monotonic() - start < YOUNG_SECONDS / 2
    go.set()
    slow.join()


def test_a_place_is_free_again_after_a_body_that_failed() -> None:
    bodies = Bodies(1, 1)
    for _ in range(3):
        with pytest.raises(AssertionError):
            bodies.read(_request(CONTENT_LENGTH="1"), 10, "client")


# ---- What happens on the wire.


def test_a_body_that_comes_in_pieces_is_read_whole(serving: Serving) -> None:
    connection = serving.connect(_declared(6) + b"abc")
    time.sleep(0.1)
    connection.sendall(b"def")

    assert b"read 6" in connection.recv(1000)


def test_a_chunked_body_is_read_whole(serving: Serving) -> None:
    assert b"read 11" in serving.talk(_CHUNKED + b"3\r\nabc\r\n8;name=value\r\n12345678\r\n0\r\nTrailer: x\r\n\r\n")


def test_a_chunked_body_over_the_limit_is_refused(serving: Serving) -> None:
    assert b"TooLarge" in serving.talk(_CHUNKED + (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 20 + b"0\r\n\r\n")


def test_a_body_over_the_limit_is_refused_before_it_is_sent(serving: Serving) -> None:
    connection = serving.connect(_HEAD % b"" + b"Expect: 100-continue\r\nContent-Length: 1048577\r\n\r\n")

    answer = everything(connection)

    assert answer.endswith(b"TooLarge")
    assert b"100 Continue" not in answer


def test_a_client_may_wait_to_be_asked_for_the_body(serving: Serving) -> None:
    connection = serving.connect(_HEAD % b"" + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"

    connection.sendall(b"abc")

    assert b"read 3" in connection.recv(1000)


def test_a_client_that_goes_away_amid_its_body_is_noticed(serving: Serving) -> None:
    before = serving.log.count("ends before")
    connection = serving.connect(_declared(10) + b"abc")

    connection.close()

    until(lambda: serving.log.count("ends before") == before + 1)


def _silent(connection: socket.socket) -> None:
    time.sleep(0.1)


def _dripping(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        for _ in range(20):
            connection.sendall(b"a")
            time.sleep(0.1)


@pytest.mark.parametrize("go_on", [_silent, _dripping])
@pytest.mark.parametrize(
    "head",
    [
        _declared(1000, "slow"),
        _HEAD % b"?slow" + b"Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
        _HEAD % b"?slow" + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n",
    ],
    ids=["declared", "asked for", "chunked"],
)
def test_a_client_that_is_too_slow_is_answered_and_cut_off(
    serving: Serving, head: bytes, go_on: Callable[[socket.socket], None]
) -> None:
    before = serving.log.count("too long")
    start = time.monotonic()
    connection = serving.connect(head)
    go_on(connection)

    answer = everything(connection)

    assert b"HTTP/1.1 408 Request Timeout\r\n" in answer
    assert answer.endswith(b'\r\n\r\n{"error": "Request timeout"}')
    assert _SECONDS < time.monotonic() - start < _SECONDS + 2
    until(lambda: serving.log.count("too long") == before + 1)


def test_cutting_off_one_client_leaves_others_of_its_address_alone(serving: Serving) -> None:
    slow = serving.connect(_declared(10, "slow") + b"a")
    idle = serving.connect(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"ok" in idle.recv(1000)
    busy = serving.connect(b"GET /sleep?1.5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    active = serving.connect()
    end = time.monotonic() + _SECONDS + 0.5
    while time.monotonic() < end:
        active.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"ok" in active.recv(1000)

    assert b"408" in everything(slow)

    for connection in (idle, active):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"ok" in connection.recv(1000)
    assert busy.recv(1000).endswith(b"slept")


@pytest.mark.alone
def test_stuck_bodies_take_no_place_for_good(serving: Serving) -> None:
    # Three must be under way at once, and each has one second: on a slow machine another try is needed.
    for _ in range(10):
        stuck = [serving.connect(_declared(10, client) + b"a") for client in ("one", "one", "two")]
        full = any(b"Busy" in serving.talk(_declared(1, "three") + b"a") for _ in range(20))
        answers = [everything(connection) for connection in stuck]
        assert all(b"408" in answer or b"Busy" in answer for answer in answers)
        if full:
            break
    else:
        pytest.fail("The places were never full")

    until(lambda: b"read 1" in serving.talk(_declared(1, "three") + b"a"))
