"""Rules that hold for every request, and what is said when the server cannot do its work."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.cast import COMMAND, Answer, NewPlayer, Player
from tests.conftest import NewServer
from tests.databases import Cluster
from tests.lists import ids
from tests.servers import Server
from tests.serving.processes import until
from tixallo.keys.models import ApiKey
from tixallo.kit.places import PATIENCE_SECONDS
from tixallo.kit.transactions import LOCK_SECONDS
from tixallo.tickets.models import Ticket
from tixallo.workspaces.changes import change
from tixallo.workspaces.retries import IN_PROGRESS

TICKET = {"subject": "Printer", "description": "It is on fire", "customer_email": "carla@customer.example"}


def delete_last_ticket(workspace_id: str) -> None:
    Ticket.objects.filter(workspace_id=workspace_id).order_by("-number")[0].delete()


def spoil_key(workspace_id: str, key_id: str) -> None:
    """Store what no code of ours stores."""
    ApiKey.objects.filter(workspace_id=workspace_id, id=key_id).update(scopes=5)


def hold(workspace_ids: list[str], seconds: float, sign: Path) -> None:
    """Keep every other change of the workspaces waiting, from when the sign stands (runs backstage)."""
    with ExitStack() as stack:
        for each in workspace_ids:
            stack.enter_context(change(each, COMMAND))
        sign.touch()
        time.sleep(seconds)


@contextmanager
def held(player: Player, workspace_ids: list[str], seconds: float, directory: Path) -> Iterator[None]:
    """Within it the workspaces are held for so many seconds; at its end they are not any more."""
    sign = directory / "held"
    holding = threading.Thread(target=player.backstage, args=(hold, workspace_ids, seconds, sign))
    holding.start()
    until(sign.exists)
    yield
    holding.join()


def test_a_ticket_is_created_and_read(acme: Player, globex: Player) -> None:
    made = acme.ticket()
    assert acme.get(f"/tickets/{made['id']}").data["subject"] == made["subject"]
    assert globex.get(f"/tickets/{made['id']}").status == 404
    assert ids(acme.get("/tickets").data) == [made["id"]]


def test_every_request_has_an_id_of_its_own(acme: Player) -> None:
    asked = [acme.get("/key", headers={"X-Request-Id": "0123456789abcdef"}) for _ in range(20)]
    assert len({each.headers["X-Request-Id"] for each in asked} | {"0123456789abcdef"}) == 21


def test_a_number_is_never_used_again(acme: Player) -> None:
    acme.ticket()
    acme.ticket()
    acme.backstage(delete_last_ticket, acme.id)
    assert acme.ticket()["ticket_number"] == 3


def test_each_answer_to_a_valid_key_counts_down(acme: Player) -> None:
    def left(path: str) -> int:
        return int(acme.get(path).headers["RateLimit"].partition("r=")[2].partition(";")[0])

    seen = [left(path) for path in ("/tickets", "/nothing", "/tickets?limit=0", "/tickets/x", "/key")]
    assert seen == list(range(999_999, 999_994, -1))


def test_a_defect_is_told_without_its_trace(acme: Player, server: Server) -> None:
    spoilt = acme.another_key()
    acme.backstage(spoil_key, acme.id, spoilt.key.id)
    answer = spoilt.get("/tickets")
    assert (answer.status, answer.body) == (500, b'{"error":"Internal server error"}')
    log = server.log.read_text()
    assert answer.headers["X-Request-Id"] in log
    assert "Traceback" in log
    assert spoilt.key.text not in log


def test_a_server_that_lost_its_database_says_so(
    new_server: NewServer, new_player: NewPlayer, cluster: Cluster | None
) -> None:
    if cluster is None:
        pytest.skip("SQLite is a file in the server's hands")
    server = new_server()
    acme = new_player(on=server)
    acme.ticket()
    acme.backstage.close()
    assert server.database is not None
    cluster.drop(server.database)
    for answer in (acme.get("/tickets"), acme.post("/tickets", TICKET), acme.client.send("GET", "/readyz")):
        assert (answer.status, answer.body) == (503, b'{"error":"Temporarily unavailable"}')
        assert answer.headers["Retry-After"] == "5"
    assert acme.client.send("GET", "/healthz").status == 200


@pytest.mark.slow
def test_a_change_that_waits_too_long_for_its_turn_is_put_off(
    new_server: NewServer, new_player: NewPlayer, tmp_path: Path
) -> None:
    server = new_server()
    acme, globex, third, free = (new_player(name, on=server) for name in ("Acme", "Globex", "Third", "Free"))

    def post(player: Player, key: str | None = None) -> Answer:
        return player.post("/tickets", TICKET, headers={"Idempotency-Key": key} if key else None)

    with ThreadPoolExecutor(5) as pool, held(acme, [acme.id, globex.id, third.id], LOCK_SECONDS + 3, tmp_path):
        # On SQLite this one waits for the other process, and the rest wait for this one.
        pool.submit(post, free)
        time.sleep(0.2)
        alone = pool.submit(post, third), pool.submit(post, globex, "alone")
        twin = pool.submit(post, acme, "k")
        time.sleep(5)
        # Comes so late that it outlasts who holds the workspace.
        later = pool.submit(post, acme, "k")
        for answer in (each.result() for each in alone):
            assert (answer.status, answer.body) == (503, b'{"error":"Temporarily unavailable"}')
            assert answer.headers["Retry-After"] == "5"
        # Of the same request that is under way this one alone can be told.
        assert (twin.result().status, twin.result().json) == (409, {"error": IN_PROGRESS})
        assert twin.result().headers["Retry-After"] == "5"
        assert later.result().status == 201
    # Nothing of what was put off is kept: the retries are carried out.
    assert post(acme, "k").body == later.result().body
    assert post(globex, "alone").status == 201
    assert [len(each.get("/tickets").data) for each in (acme, globex)] == [1, 1]


def test_a_twin_that_is_not_let_wait_is_not_told_of_the_other(
    new_server: NewServer, new_player: NewPlayer, tmp_path: Path
) -> None:
    server = new_server()
    acme = new_player(on=server)

    def post(key: str) -> Answer:
        return acme.post("/tickets", TICKET, headers={"Idempotency-Key": key})

    with ThreadPoolExecutor(20) as pool, held(acme, [acme.id], LOCK_SECONDS - 2, tmp_path):
        # As many as may wait for one workspace.
        waiting = [pool.submit(post, str(number)) for number in range(16)]
        time.sleep(PATIENCE_SECONDS + 4)
        for answer in [pool.submit(post, key).result() for key in ("0", "another")]:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert {each.result().status for each in waiting} == {201}
    assert post("0").body in {each.result().body for each in waiting}
