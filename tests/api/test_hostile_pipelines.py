"""Requests one behind the other on one connection: whatever becomes of the first, the second is read as it was sent."""

import contextlib
import random
import socket
import threading
from pathlib import Path

import pytest

from tests.api.wire import Answer, Wire, exchange, request
from tests.cast import Player
from tests.servers import Server

LIST = "/api/v1/tickets"
KEY = "/api/v1/key"
JSON = ("Content-Type", "application/json")


def bearer(player: Player) -> tuple[str, str]:
    return ("Authorization", f"Bearer {player.key.text}")


def both(server: Server, data: bytes) -> tuple[Answer, Answer | None]:
    """Send everything at once and return the answers; the second is None if the server closes after the first."""
    with Wire(server.port) as wire:
        wire.send(data)
        first = wire.answer()
        assert first is not None
        return first, wire.answer()


def test_what_follows_a_refused_request_is_not_its_body(server: Server, shared_acme: Player) -> None:
    last = request("GET", KEY, [bearer(shared_acme)])
    # The body of each is a request that must never be carried out.
    inner = request("GET", "/healthz")
    good, other = bearer(shared_acme), ("Authorization", "Bearer x")
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(inner), inner)
    refused = {
        401: [request("POST", LIST, [JSON], inner), request("POST", LIST, [other, JSON], inner)],
        404: [request("POST", "/api/v1/nothing", [good, JSON], inner)],
        405: [
            request("PUT", LIST, [good, JSON], inner),
            request("BREW", LIST, [good, ("Transfer-Encoding", "chunked")]) + chunks,
        ],
        415: [request("POST", LIST, [good], inner)],
        400: [request("POST", LIST, [good, JSON], inner), request("GET", f"{LIST}?x=1", [good], inner)],
        200: [
            request("GET", KEY, [good], inner),
            request("GET", KEY, [good, ("Transfer-Encoding", "chunked")]) + chunks,
        ],
    }
    for status, requests in refused.items():
        for sent in requests:
            first, second = both(server, sent + last)
            assert first.status == status, (sent, first)
            # The server may close instead of reading on, but not take the body for a request.
            assert second is None or second.body.startswith(b'{"data":{"id":'), (sent, second)


def test_what_follows_a_body_too_large_is_not_read_as_a_request(server: Server, shared_acme: Player) -> None:
    last = request("GET", KEY, [bearer(shared_acme)])
    head = request("POST", LIST, [bearer(shared_acme), JSON, ("Content-Length", "2000000")])
    for body in (last * 3, last * 3 + b"a" * (2_000_000 - 3 * len(last))):
        first, second = both(server, head + body + last)
        assert first.status == 413
        assert second is None or second.body.startswith(b'{"data":{"id":')


def test_a_hundred_requests_at_once_get_a_hundred_answers_in_order(server: Server, shared_acme: Player) -> None:
    paths = [f"/api/v1/{'key' if number % 3 else 'nothing'}" for number in range(100)]
    with Wire(server.port) as wire:
        wire.send(b"".join(request("GET", path, [bearer(shared_acme)]) for path in paths))
        answers = [wire.answer() for _ in paths]
    assert [answer.status if answer else None for answer in answers] == [200 if p == KEY else 404 for p in paths]
    ids = [answer.field("x-request-id") for answer in answers if answer]
    assert len(set(ids)) == 100


def test_a_key_opens_its_own_request_alone(server: Server, shared_acme: Player) -> None:
    with_key, without = request("GET", KEY, [bearer(shared_acme)]), request("GET", KEY)
    with Wire(server.port) as wire:
        wire.send((with_key + without) * 5)
        assert [answer.status if (answer := wire.answer()) else None for _ in range(10)] == [200, 401] * 5


def test_requests_that_come_byte_by_byte_are_answered(server: Server, shared_acme: Player) -> None:
    body = b'{"subject":"a","description":"b","customer_email":"c@customer.example"}'
    with Wire(server.port) as wire:
        for byte in request("POST", LIST, [bearer(shared_acme), JSON], body) + request(
            "GET", KEY, [bearer(shared_acme)]
        ):
            wire.send(bytes([byte]))
        first, second = wire.answer(), wire.answer()
    assert first is not None
    assert second is not None
    assert (first.status, second.status) == (201, 200)


@pytest.mark.once
def test_connections_that_vanish_leave_nothing_behind(server: Server, shared_acme: Player) -> None:
    before = _open_connections(server)
    pieces = [
        b"",
        b"GET",
        b"GET /api/v1/key HTTP/1.1\r\nHost: x\r\n",
        request("GET", KEY, [bearer(shared_acme)]),
        request("POST", LIST, [bearer(shared_acme), JSON, ("Content-Length", "100")]) + b"{",
        request("POST", LIST, [bearer(shared_acme), JSON, ("Transfer-Encoding", "chunked")]) + b"5\r\n{",
    ]
    for number in range(300):
        wire = Wire(server.port)
        wire.send(pieces[number % len(pieces)])
        # With a linger of zero the close is a reset.
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1, 0, 0, 0, 0, 0, 0, 0]))
        wire.close()
    answer = exchange(server.port, request("GET", KEY, [bearer(shared_acme)]))
    assert answer is not None
    assert answer.status == 200
    settled = threading.Event()
    for _ in range(50):
        if _open_connections(server) <= before:
            return
        settled.wait(0.1)
    pytest.fail(f"{_open_connections(server)} connections are open, {before} were before")


@pytest.mark.once
def test_random_changes_to_a_good_request_never_break_the_server(server: Server, shared_acme: Player) -> None:
    """A thousand requests, each with some bytes changed, removed or repeated; the same ones each time."""
    draw = random.Random(20_261)
    body = b'{"subject":"a","description":"b","customer_email":"c@customer.example"}'
    good = [
        request("GET", f"{LIST}?limit=5&status=open", [bearer(shared_acme)]),
        request("POST", LIST, [bearer(shared_acme), JSON, ("Idempotency-Key", "k")], body),
        request("POST", LIST, [bearer(shared_acme), JSON, ("Transfer-Encoding", "chunked")])
        + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
    ]
    answered = 0
    for number in range(1000):
        data = _changed(draw, good[number % 3])
        with Wire(server.port, patience=0.05) as wire:
            wire.send(data)
            # What was made incomplete is waited for a little, and then cut off.
            with contextlib.suppress(TimeoutError):
                answer = wire.answer(bodiless=data.startswith(b"HEAD"))
                assert answer is None or answer.status < 500, (number, data, answer)
                answered += 1
    assert answered > 500
    assert shared_acme.get("/key").status == 200


def _changed(draw: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 5))):
        at = draw.randrange(len(changed))
        match draw.randrange(4):
            case 0:
                changed[at] = draw.randrange(256)
            case 1:
                del changed[at : at + draw.choice((1, 2, 20))]
            case 2:
                changed[at:at] = changed[at : at + draw.choice((1, 5, 50))]
            case _:
                changed[at:at] = draw.choice(
                    (b"\r\n", b"\n", b"\x00", b" ", b"%", b"\xff", b":", b"0\r\n\r\n", b"\r\n\r\n")
                )
    return bytes(changed) or b"\r\n"


def _open_connections(server: Server) -> int:
    count = 0
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            _, local, _, state = line.split()[:4]
            # Neither the listening socket itself, nor what the kernel keeps of closed ones.
            count += int(local.rpartition(":")[2], 16) == server.port and state not in {"0A", "06"}
    return count
