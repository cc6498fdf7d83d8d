"""Several nodes on one PostgreSQL, and connections to it that break: nothing is lost, doubled or left broken."""

import threading
import time
from collections import Counter

import pytest

from tests.api.wire import exchange, request
from tests.cast import NewPlayer, Player
from tests.conftest import NewServer
from tests.databases import Cluster
from tests.servers import Server

LIST = "/api/v1/tickets"
TICKET = b'{"subject":"a","description":"b","customer_email":"c@customer.example"}'


@pytest.fixture
def own(new_server: NewServer) -> Server:
    return new_server()


@pytest.fixture
def acme(own: Server, new_player: NewPlayer) -> Player:
    return new_player(on=own)


def reading(player: Player) -> bytes:
    return request("GET", LIST, {"Authorization": f"Bearer {player.key.text}"})


def writing(player: Player, retry_key: str) -> bytes:
    fields = {"Authorization": f"Bearer {player.key.text}", "Content-Type": "application/json"}
    return request("POST", LIST, {**fields, "Idempotency-Key": retry_key}, TICKET)


def status(server: Server, data: bytes) -> int:
    answer = exchange(server.port, data)
    assert answer is not None
    return answer.status


def break_connections(server: Server, cluster: Cluster) -> None:
    cluster.query(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        f"WHERE datname = '{server.database}' AND pid <> pg_backend_pid()"
    )


def check_whole(server: Server, player: Player, tickets: int) -> None:
    numbers = [ticket["ticket_number"] for ticket in player.pages("/tickets", limit=50)]
    assert sorted(numbers) == list(range(1, tickets + 1))
    assert "the chain is whole" in server.run("audit", "verify", "--workspace", player.slug).stdout


def test_broken_connections_are_not_noticed_by_who_comes_next(
    own: Server, acme: Player, cluster: Cluster | None
) -> None:
    if cluster is None:
        pytest.skip("only PostgreSQL has connections that break")
    for turn in range(3):
        assert {status(own, reading(acme)) for _ in range(10)} == {200}
        break_connections(own, cluster)
        assert {status(own, reading(acme)) for _ in range(10)} == {200}
        break_connections(own, cluster)
        assert {status(own, writing(acme, f"{turn}-{number}")) for number in range(10)} == {201}
    check_whole(own, acme, 30)


def test_connections_that_break_under_load_cost_a_repetition_at_most(
    own: Server, acme: Player, cluster: Cluster | None
) -> None:
    if cluster is None:
        pytest.skip("only PostgreSQL has connections that break")
    seen: Counter[int] = Counter()

    def write(writer: int) -> None:
        for number in range(50):
            while (found := status(own, writing(acme, f"{writer}-{number}"))) != 201:
                seen[found] += 1

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        break_connections(own, cluster)
        time.sleep(0.1)
    # Busy, or a twin of the same key still at it: in either case the client may repeat.
    assert set(seen) <= {503, 409}
    check_whole(own, acme, 200)


def test_two_nodes_number_and_remember_as_one(
    own: Server, acme: Player, new_server: NewServer, cluster: Cluster | None
) -> None:
    nodes = [own]
    if cluster is not None:
        url = own.environment["TIXALLO_DATABASE_URL"]
        nodes.append(new_server(TIXALLO_DATABASE_URL=url, TIXALLO_SECRET_FILE=str(own.data / "secret")))
    statuses: Counter[int] = Counter()

    def write(node: Server, group: int) -> None:
        for number in range(30):
            statuses[status(node, writing(acme, f"{group}-{number}"))] += 1

    # Each retry key is used on every node, and twice on each.
    writers = [threading.Thread(target=write, args=(node, group % 2)) for node in nodes for group in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert statuses == {201: 120 * len(nodes)}
    check_whole(own, acme, 60)
