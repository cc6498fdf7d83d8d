"""Two hundred clients that send and read as slowly as they can, beside honest ones."""

import socket
import statistics
import time
from collections.abc import Iterator
from itertools import cycle

import pytest

from tests.api.wire import Wire, exchange, request
from tests.cast import NewPlayer, Player
from tests.conftest import NewServer
from tests.servers import Server

pytestmark = [pytest.mark.once, pytest.mark.alone]

SLOW_CLIENTS = 200
MOST_MILLISECONDS = 100
LIST = "/api/v1/tickets"
TICKET = b'{"subject":"a","description":"b","customer_email":"c@customer.example"}'


@pytest.fixture
def own(new_server: NewServer) -> Server:
    return new_server()


@pytest.fixture
def acme(own: Server, new_player: NewPlayer) -> Player:
    acme = new_player(on=own)
    for _ in range(50):
        acme.ticket(description="x" * 20_000)
    return acme


def slow_clients(server: Server, player: Player) -> Iterator[Wire]:
    """Clients of every kind in turn: the head, the body, the chunks, and the answer, a byte now and then."""
    key = {"Authorization": f"Bearer {player.key.text}", "Content-Type": "application/json"}
    kinds = cycle(
        [
            b"",
            b"GET /api/v1/tickets HTTP/1.1\r\nHost: loc",
            request("POST", LIST, {**key, "Content-Length": "1000"}),
            request("POST", LIST, {**key, "Transfer-Encoding": "chunked"}) + b"10\r\n",
            request("POST", LIST, {"Content-Length": "1000"}),
            # A megabyte each, and the next ones asked for already.
            request("GET", f"{LIST}?limit=50", key) * 5,
        ]
    )
    for _ in range(SLOW_CLIENTS):
        wire = Wire(server.port)
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        wire.send(next(kinds))
        yield wire


@pytest.mark.slow
def test_honest_clients_notice_nothing_of_two_hundred_slow_ones(own: Server, acme: Player) -> None:
    slow = list(slow_clients(own, acme))
    time.sleep(0.5)
    waits, created = [], 0
    read = request("GET", f"{LIST}?limit=20", {"Authorization": f"Bearer {acme.key.text}"})
    key = {"Authorization": f"Bearer {acme.key.text}", "Content-Type": "application/json"}
    try:
        for turn in range(150):
            slow[turn].send(b"a")
            start = time.monotonic()
            answer = exchange(own.port, read)
            waits.append((time.monotonic() - start) * 1000)
            assert answer is not None
            assert answer.status == 200
            if turn % 10 == 0:
                # Bodies are counted by address, so that another one is not kept out.
                made = exchange(own.port, request("POST", LIST, key, TICKET), source="127.0.0.2")
                assert made is not None
                created += made.status == 201
    finally:
        for wire in slow:
            wire.close()
    print(f"median {statistics.median(waits):.1f} ms, p99 {sorted(waits)[-2]:.1f} ms, longest {max(waits):.1f} ms")
    assert created == 15
    assert max(waits) < MOST_MILLISECONDS


@pytest.mark.slow
def test_slow_clients_are_sent_away_in_the_end(own: Server, acme: Player) -> None:
    slow = list(slow_clients(own, acme))
    try:
        # Of those that send: who says nothing after fifteen seconds, whose body is late after twenty.
        sending = [wire for number, wire in enumerate(slow) if number % 6 != 5]
        end = time.monotonic() + 30
        for wire in sending:
            wire.socket.settimeout(max(0.1, end - time.monotonic()))
            while wire.socket.recv(65536):
                pass
    finally:
        for wire in slow:
            wire.close()
    assert acme.post("/tickets", {"subject": "a", "description": "b", "customer_email": "c@c.example"}).status == 201
