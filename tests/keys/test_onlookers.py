"""What is written at once because somebody looks at it on a page, and that the rest waits its five seconds."""

import threading
import time

import pytest
from django.db import connections

from tests.cast import Troupe, assemble
from tests.databases import Cluster
from tests.keys.statements import raw_statements
from tests.pages.key_stage import keys_of, signed_in
from tixallo.keys import onlookers, storing
from tixallo.keys.models import KeyHour
from tixallo.keys.usage import Ledger
from tixallo.kit import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def needs_nodes(cluster: Cluster | None) -> None:
    if cluster is None:
        pytest.skip("on SQLite one process serves all")


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.fixture
def globex() -> Troupe:
    return assemble("Globex")


def note(ledger: Ledger, *troupes: Troupe) -> None:
    for each in troupes:
        ledger.note(each.id, each.key.id, "192.0.2.1", "curl/8", "GET /key")


def counted(troupe: Troupe) -> int:
    return sum(KeyHour.objects.filter(workspace_id=troupe.id).values_list("passed", flat=True))


def test_only_what_is_looked_at_is_written_at_once(acme: Troupe, globex: Troupe) -> None:
    ledger = Ledger()
    note(ledger, acme, globex)
    assert ledger.flush_looked_at() == 0
    onlookers.note(acme.id)

    assert ledger.flush_looked_at() == 1
    assert (counted(acme), counted(globex)) == (1, 0)
    assert set(ledger.unflushed(globex.id, [globex.key.id])) == {globex.key.id}
    note(ledger, acme, globex)
    assert ledger.flush() == 2
    assert (counted(acme), counted(globex)) == (2, 2)


def test_nothing_is_asked_while_nothing_waits(acme: Troupe) -> None:
    onlookers.note(acme.id)
    ledger = Ledger()
    with raw_statements() as ran:
        assert ledger.flush_looked_at() == 0
    assert ran == []


@pytest.mark.parametrize("address", ["", "/news", "/new", "/KEY", "/KEY/news", "/KEY/first-use", "/KEY/rotate"])
def test_every_page_about_keys_counts_and_once_in_half_a_minute(
    acme: Troupe, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    browser, ledger, at = signed_in(acme.admin), Ledger(), [clock.seconds()]
    monkeypatch.setattr(clock, "now", lambda: clock.from_seconds(at[0]))
    monkeypatch.setattr(clock, "seconds", lambda: at[0])
    page = f"{keys_of(acme)}{address}".replace("KEY", acme.key.id)
    note(ledger, acme)
    browser.get(page)
    assert ledger.flush_looked_at() == 1
    with raw_statements() as ran:
        browser.get(page)
    assert not any("looked_at_until" in statement for statement in ran)

    # A page that stands open, and is told nothing new in between, comes again before that ends.
    for _ in range(4):
        at[0] += 36
        browser.get(page)
        at[0] += 36
        note(ledger, acme)
        assert ledger.flush_looked_at() == 1
    at[0] += onlookers.LOOKED_AT_SECONDS
    note(ledger, acme)
    assert ledger.flush_looked_at() == 0


def test_who_may_not_see_keys_looks_at_none(acme: Troupe, globex: Troupe) -> None:
    ledger = Ledger()
    note(ledger, acme)
    assert signed_in(acme.agent).get(keys_of(acme)).status_code == 403
    assert signed_in(globex.owner).get(keys_of(acme)).status_code == 404
    assert ledger.flush_looked_at() == 0


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_written_is_not_tried_more_often_for_being_looked_at(
    acme: Troupe, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []

    def fail(batch: storing.Batch) -> None:
        tries.append(time.monotonic())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storing, "write", fail)
    ledger = Ledger()
    onlookers.note(acme.id)
    note(ledger, acme)

    def run() -> None:
        ledger._loop()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(1.5)
    ledger._stop.set()
    thread.join()
    assert len(tries) == 1
