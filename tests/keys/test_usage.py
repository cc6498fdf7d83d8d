"""When, from where and how a key was last used: written within seconds, all keys at once, never while one is used."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NewPlayer, Player, assemble, end_key
from tests.conftest import NewServer
from tests.keys.statements import raw_statements
from tixallo.keys import token
from tixallo.keys.authenticating import authenticate
from tixallo.keys.models import ApiKey, KeyHour
from tixallo.keys.usage import FLUSH_SECONDS, Ledger
from tixallo.kit import clock
from tixallo.kit.errors import Unauthorized
from tixallo.kit.ids import new_id

# Writing and looking take a moment, too.
SOON_SECONDS = FLUSH_SECONDS + 3


def last_use(key_id: str) -> tuple[Any, str, str, str]:
    key = ApiKey.objects.get(id=key_id)
    return key.last_used_at, key.last_used_from, key.last_used_client, key.last_used_route


def last_status(key_id: str) -> int | None:
    return ApiKey.objects.get(id=key_id).last_used_status


def wait_until(tell: Callable[[], bool], seconds: float = SOON_SECONDS) -> float:
    start = time.monotonic()
    while not tell():
        assert time.monotonic() - start < seconds, f"not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - start


# ---- At a running server.


def test_a_use_shows_within_seconds(acme: Player) -> None:
    key = acme.key.id
    made = acme.ticket()
    acme.get("/key", headers={"User-Agent": "before"})
    used = clock.now()
    acme.get(f"/tickets/{made['id']}", headers={"User-Agent": "Billing sync/1.0"})
    wait_until(lambda: acme.backstage(last_use, key)[3] == "GET /tickets/{id}")
    at, origin, client, route = acme.backstage(last_use, key)
    assert abs(at - used) < timedelta(seconds=1)
    assert origin == "127.0.0.1"
    assert client == "Billing sync/1.0"
    assert route == "GET /tickets/{id}"
    assert acme.backstage(last_status, key) == 200


def test_a_use_refused_for_another_reason_is_a_use_and_a_refused_key_is_none(acme: Player) -> None:
    key = acme.another_key().key
    ended = acme.another_key()
    acme.backstage(end_key, acme.id, ended.key.id, "revoke")
    with_key = acme.with_key(key)
    assert with_key.request("DELETE", "/tickets").status == 405
    ended.get("/key")
    wait_until(lambda: acme.backstage(last_use, key.id)[0] is not None)
    assert acme.backstage(last_use, key.id)[3] == "DELETE /tickets"
    assert acme.backstage(last_status, key.id) == 405
    assert acme.backstage(last_use, ended.key.id)[0] is None


def test_a_long_client_is_cut(acme: Player) -> None:
    key = acme.another_key()
    key.get("/key", headers={"User-Agent": "x" * 5000})
    wait_until(lambda: acme.backstage(last_use, key.key.id)[0] is not None)
    assert acme.backstage(last_use, key.key.id)[2] == "x" * 120


def test_a_use_does_not_change_the_workspace(acme: Player) -> None:
    before = acme.revision()
    for _ in range(5):
        acme.get("/key")
    wait_until(lambda: acme.backstage(last_use, acme.key.id)[0] is not None)
    assert acme.revision() == before


@pytest.mark.slow
def test_a_stop_writes_what_was_not_yet_written(new_server: NewServer, new_player: NewPlayer) -> None:
    server = new_server()
    acme = new_player(on=server)
    keys = [acme.another_key() for _ in range(20)]
    # Right after a flush the next one is five seconds away.
    acme.get("/key")
    wait_until(lambda: acme.backstage(last_use, acme.key.id)[0] is not None)
    for key in keys:
        key.get("/key")
    assert server.stop() == 0
    assert all(acme.backstage(last_use, key.key.id)[3] == "GET /key" for key in keys)


@pytest.mark.slow
def test_a_crash_loses_at_most_the_last_seconds(new_server: NewServer, new_player: NewPlayer) -> None:
    server = new_server()
    acme = new_player(on=server)
    acme.get("/key")
    time.sleep(FLUSH_SECONDS + 1)
    server.kill()
    assert acme.backstage(last_use, acme.key.id)[0] is not None


# ---- In this process, where queries can be counted.


@pytest.mark.django_db
def test_what_cannot_be_a_key_costs_no_query() -> None:
    text = str(token.generate("production"))
    other_end = "0" if text[-1] != "0" else "1"
    for header in (None, "", "Bearer", "Basic x", "Bearer x", f"Bearer {text[:-1]}{other_end}", f"Bearer {text}, x"):
        with CaptureQueriesContext(connection) as queries, raw_statements() as ran:
            _refused(header)
        assert (len(queries), ran) == (0, [])


@pytest.mark.django_db
def test_a_key_costs_one_query_known_or_not() -> None:
    known = assemble().key.text
    for text in (known, str(token.generate("production"))):
        with CaptureQueriesContext(connection) as queries, raw_statements() as ran:
            try:
                authenticate(f"Bearer {text}")
            except Unauthorized:
                assert text != known
        assert (len(queries), len(ran)) == (0, 1)


@pytest.mark.django_db
def test_a_use_is_noted_without_a_query_and_all_are_written_in_six() -> None:
    troupe = assemble()
    keys = _copies(troupe.key.id, 300)
    ledger = Ledger()
    with CaptureQueriesContext(connection) as queries, raw_statements() as ran:
        for key in keys:
            ledger.note(troupe.id, key, "192.0.2.1", "client", "GET /tickets")
    assert (len(queries), ran) == (0, [])
    with raw_statements() as ran:
        assert ledger.flush() == 300
    assert len(ran) == 6
    assert all(last_use(key)[1:] == ("192.0.2.1", "client", "GET /tickets") for key in keys)
    with raw_statements() as ran:
        assert ledger.flush() == 0
    assert ran == []


@pytest.mark.django_db
def test_thousands_of_keys_are_written_some_hundred_at_once() -> None:
    troupe = assemble()
    keys = _copies(troupe.key.id, 1_200)
    ledger = Ledger()
    for key in keys:
        ledger.note(troupe.id, key, "2001:db8::1", "client", "GET /tickets")
    with raw_statements() as ran:
        assert ledger.flush() == 1_200
    assert len(ran) == 18
    assert KeyHour.objects.filter(workspace_id=troupe.id).count() == 1_200


@pytest.mark.django_db
def test_an_older_use_never_replaces_a_newer_one() -> None:
    troupe = assemble()
    early, late = Ledger(), Ledger()
    early.note(troupe.id, troupe.key.id, "192.0.2.1", "early", "GET /tickets")
    time.sleep(0.01)
    late.note(troupe.id, troupe.key.id, "192.0.2.2", "late", "GET /key")
    late.flush()
    early.flush()
    assert last_use(troupe.key.id)[2] == "late"


@pytest.mark.django_db
def test_the_use_of_a_key_that_is_gone_is_forgotten() -> None:
    troupe, ledger = assemble(), Ledger()
    ledger.note(troupe.id, new_id(), "192.0.2.1", "client", "GET /tickets")
    ledger.note(troupe.id, troupe.key.id, "192.0.2.1", "client", "GET /tickets")
    assert ledger.flush() == 2
    assert [row.key_id for row in KeyHour.objects.filter(workspace_id=troupe.id)] == [troupe.key.id]


def _refused(header: str | None) -> None:
    with pytest.raises(Unauthorized):
        authenticate(header)


def _copies(key_id: str, count: int) -> list[str]:
    values = ApiKey.objects.filter(id=key_id).values().get()
    fresh = ({"id": new_id(), "public_id": token.generate("production").public_id} for _ in range(count))
    return [key.id for key in ApiKey.objects.bulk_create(ApiKey(**{**values, **each}) for each in fresh)]
