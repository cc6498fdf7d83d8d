"""The limit of requests as clients meet it: exact under a race, for each key, counting every answer, and told."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.api.wire import Answer, Wire, exchange, request
from tests.cast import NewPlayer, Player, end_key
from tests.conftest import NewServer
from tests.servers import Server
from tixallo.keys.models import ApiKey

CLIENTS = 64
TRIES = 20
KEY = "/api/v1/key"
LIST = "/api/v1/tickets"
_LEFT = re.compile(r'"key";r=([0-9]+);t=([0-9]+)')


def set_limit(key_id: str, limit: int) -> None:
    """Change the limit of a key. Runs backstage."""
    ApiKey.objects.filter(id=key_id).update(rate_limit=limit)


class Race:
    """Clients whose connections are open before they start at the same moment, each with one request."""

    def __init__(self, server: Server) -> None:
        self._wires = [Wire(server.port) for _ in range(CLIENTS)]

    def run(self, sent: Callable[[int], bytes]) -> list[Answer]:
        barrier = threading.Barrier(CLIENTS)
        answers: dict[int, Answer | None] = {}

        def client(number: int) -> None:
            data = sent(number)
            barrier.wait()
            self._wires[number].send(data)
            answers[number] = self._wires[number].answer()

        threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = [answers[number] for number in range(CLIENTS)]
        return [answer for answer in found if answer is not None]

    def close(self) -> None:
        for wire in self._wires:
            wire.close()


@pytest.fixture
def race(server: Server) -> Iterator[Race]:
    made = Race(server)
    yield made
    made.close()


def asking(player: Player, path: str = KEY) -> bytes:
    return request("GET", path, {"Authorization": f"Bearer {player.key.text}"})


def left(answer: Answer) -> tuple[int, int]:
    found = _LEFT.fullmatch(answer.field("ratelimit") or "")
    assert found is not None, answer
    return int(found[1]), int(found[2])


@pytest.mark.parametrize("attempt", range(TRIES))
def test_of_64_racing_clients_exactly_60_pass(race: Race, shared_acme: Player, attempt: int) -> None:
    racer = shared_acme.another_key(limit=60)
    answers = race.run(lambda _: asking(racer))
    passed = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status == 429]
    assert (len(passed), len(refused)) == (60, 4)
    # Each of those that passed was told another rest.
    assert sorted(left(answer)[0] for answer in passed) == list(range(60))
    for answer in refused:
        assert answer.body == b'{"error":"Rate limit exceeded","limit":60,"window_seconds":60}'
        assert left(answer)[0] == 0
        assert 59 <= int(answer.field("retry-after") or "") <= 60
        assert answer.field("ratelimit-policy") == '"key";q=60;w=60'


def test_two_keys_of_a_workspace_never_share(race: Race, shared_acme: Player) -> None:
    racers = [shared_acme.another_key(limit=20), shared_acme.another_key(limit=20)]
    answers = race.run(lambda number: asking(racers[number % 2]))
    for half in (answers[0::2], answers[1::2]):
        assert sorted(answer.status for answer in half) == [200] * 20 + [429] * 12


@pytest.mark.parametrize("limit", [1, 5, 100])
def test_each_key_has_its_own_limit(server: Server, shared_acme: Player, limit: int) -> None:
    player = shared_acme.another_key(limit=limit)
    with Wire(server.port) as wire:
        wire.send(asking(player) * (limit + 2))
        answers = [wire.answer() for _ in range(limit + 2)]
    assert [answer.status if answer else None for answer in answers] == [200] * limit + [429] * 2
    assert [left(answer)[0] for answer in answers if answer] == [*reversed(range(limit)), 0, 0]


def test_every_answer_counts_but_429_and_401(server: Server, acme: Player) -> None:
    player = acme.another_key(limit=12)
    lacking = acme.another_key(limit=12, allowed=["events:read"])
    made = acme.ticket()
    acme.patch(f"/tickets/{made['id']}", {"status": "closed"})
    auth = {"Authorization": f"Bearer {player.key.text}"}
    json = {**auth, "Content-Type": "application/json"}
    path = f"{LIST}/{made['id']}"
    sent = [
        (200, request("GET", LIST, auth)),
        (304, request("GET", LIST, {**auth, "If-None-Match": "*"})),
        (404, request("GET", "/api/v1/nothing", auth)),
        (404, request("GET", f"{LIST}/x", auth)),
        (405, request("DELETE", LIST, auth)),
        (400, request("GET", f"{LIST}?limit=0", auth)),
        (400, request("POST", LIST, json, b"{")),
        (415, request("POST", LIST, auth, b"{}")),
        (413, request("POST", LIST, {**json, "Content-Length": "2000000"})),
        (409, request("POST", f"{path}/messages", json, b'{"body":"a","author":"customer"}')),
        (412, request("PATCH", path, {**json, "If-Match": '"x"'}, b'{"priority":"low"}')),
        (200, request("GET", LIST, auth)),
    ]
    for used, (status, data) in enumerate(sent, start=1):
        # Neither is counted: no key opens these.
        for header in ({"Authorization": f"{auth['Authorization']}x"}, {}):
            assert _status(server, request("GET", LIST, header)) == 401
        assert _status(server, request("GET", f"{LIST}?access_token=x", auth)) == 401
        answer = exchange(server.port, data)
        assert answer is not None
        assert (answer.status, left(answer)[0]) == (status, 12 - used)
    for _ in range(3):
        assert _status(server, request("GET", LIST, auth)) == 429
    for rest in (11, 10):
        answer = exchange(server.port, asking(lacking, LIST))
        assert answer is not None
        assert (answer.status, left(answer)[0]) == (403, rest)


def test_a_refused_request_does_nothing(acme: Player) -> None:
    player = acme.another_key(limit=1)
    assert player.post("/tickets", _ticket()).status == 201
    before = acme.revision()
    for _ in range(3):
        assert player.post("/tickets", _ticket(), headers={"Idempotency-Key": "k"}).status == 429
    assert acme.revision() == before
    assert len(acme.get("/tickets").data) == 1


def test_the_limit_comes_before_the_route_and_its_method(server: Server, acme: Player) -> None:
    player = acme.another_key(limit=1)
    assert player.get("/key").status == 200
    for method, path in (("GET", "/api/v1/nothing"), ("DELETE", LIST), ("POST", LIST), ("BREW", KEY), ("HEAD", KEY)):
        data = request(method, path, {"Authorization": f"Bearer {player.key.text}"})
        answer = exchange(server.port, data, bodiless=method == "HEAD")
        assert answer is not None
        assert answer.status == 429


def test_a_limit_that_is_changed_holds_at_the_next_request(acme: Player) -> None:
    player = acme.another_key(limit=3)
    assert [player.get("/key").status for _ in range(4)] == [200, 200, 200, 429]
    acme.backstage(set_limit, player.key.id, 5)
    assert [player.get("/key").status for _ in range(3)] == [200, 200, 429]
    acme.backstage(set_limit, player.key.id, 2)
    assert player.get("/key").status == 429
    acme.backstage(set_limit, player.key.id, 6)
    assert player.get("/key").status == 200


def test_a_key_that_ends_and_comes_back_keeps_what_it_has_used(acme: Player) -> None:
    player = acme.another_key(limit=2)
    assert player.get("/key").status == 200
    acme.backstage(end_key, acme.id, player.key.id, "disable")
    assert player.get("/key").status == 401
    acme.backstage(end_key, acme.id, player.key.id, "enable")
    assert [player.get("/key").status for _ in range(2)] == [200, 429]


def test_both_addresses_of_a_server_count_together(server: Server, acme: Player) -> None:
    player = acme.another_key(limit=4)
    statuses = [_status(server, asking(player)) for _ in range(2)]
    statuses += [_status_at("::1", server, asking(player)) for _ in range(3)]
    assert statuses == [200, 200, 200, 200, 429]


@pytest.mark.once
def test_a_restart_begins_anew(new_server: NewServer, new_player: NewPlayer) -> None:
    server = new_server()
    player = new_player(on=server).another_key(limit=1)
    assert [_status(server, asking(player)) for _ in range(2)] == [200, 429]
    assert server.stop() == 0
    server.start()
    assert _status(server, asking(player)) == 200


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.timeout(180)
def test_who_keeps_to_the_pace_or_waits_as_told_is_never_refused(server: Server, acme: Player) -> None:
    """A minute at sixty requests a minute, the sixty-first too early, and then what Retry-After promised."""
    player = acme.another_key(limit=60, expires_in=timedelta(days=1))
    pace, start = 0.9, time.monotonic()
    statuses = []
    for number in range(60):
        time.sleep(max(0.0, start + number * pace - time.monotonic()))
        statuses.append(player.get("/tickets", limit=1 + number % 50).status)
    assert statuses == [200] * 60
    answer = exchange(server.port, asking(player))
    assert answer is not None
    assert answer.status == 429
    wait = int(answer.field("retry-after") or "")
    assert left(answer) == (0, wait)
    assert 1 <= wait <= 60 - 59 * pace + 2
    for _ in range(wait - 1):
        time.sleep(1 - 0.01)
        assert _status(server, asking(player)) == 429
    time.sleep(1 + 0.01 * wait)
    assert _status(server, asking(player)) == 200


def _ticket() -> dict[str, str]:
    return {"subject": "Help", "description": "It broke", "customer_email": "carla@customer.example"}


def _status(server: Server, data: bytes) -> int:
    answer = exchange(server.port, data)
    assert answer is not None
    return answer.status


def _status_at(address: str, server: Server, data: bytes) -> int:
    with socket.create_connection((address, server.port), timeout=10) as connection:
        connection.sendall(data)
        return int(connection.recv(65536).split()[1])
