"""What keys were used for when it cannot be written: kept, told, bounded, and written in the end, each request once."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connections

from tests.cast import Troupe, add_key, assemble
from tixallo.keys import storing, tallies, usage
from tixallo.keys.models import KeyCaller, KeyHour
from tixallo.keys.usage import Ledger
from tixallo.kit import clock

# An agent that no database takes: half of a pair of surrogates cannot be spelt in UTF-8.
UNWRITABLE = "\ud800"


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """What every writing fails with, while there is something in it."""
    errors: list[Exception] = []
    write = storing.write

    def fail(batch: storing.Batch) -> None:
        if errors:
            raise errors[0]
        write(batch)

    monkeypatch.setattr(storing, "write", fail)
    return errors


def note(acme: Troupe, ledger: Ledger, times: int = 1, agent: str = "curl/8", key_id: str = "") -> None:
    for _ in range(times):
        ledger.note(acme.id, key_id or acme.key.id, "192.0.2.1", agent, "GET /key")


def counted(acme: Troupe) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in KeyHour.objects.filter(workspace_id=acme.id):
        found[row.key_id] = found.get(row.key_id, 0) + row.passed
    return found


def wait_until(tell: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not tell():
        assert time.monotonic() < end, "not within 20 s"
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OperationalError("gone"), ValueError("odd")])
def test_the_writer_goes_on_after_whatever_failed_and_says_so(
    acme: Troupe,
    broken: list[Exception],
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(usage, "FLUSH_SECONDS", 0.01)
    caplog.set_level(logging.WARNING, "tixallo.keys")
    broken.append(error)
    ledger = Ledger()

    def run() -> None:
        ledger._loop()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        note(acme, ledger, 3)
        wait_until(lambda: ledger._failed > 5)
        note(acme, ledger, 2)
        assert counted(acme) == {}
        broken.clear()
        wait_until(lambda: counted(acme) == {acme.key.id: 5})
        wait_until(lambda: ledger._failed == 0)
        note(acme, ledger)
        wait_until(lambda: counted(acme) == {acme.key.id: 6})
    finally:
        ledger._stop.set()
        thread.join()
    # Not at every attempt, which would fill a disk that is full already.
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert str(error) in caplog.text
    assert "is written again" in caplog.text


@pytest.mark.django_db
def test_a_key_that_cannot_be_written_keeps_no_other_one_back(acme: Troupe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "_MOST_KEYS", 2)
    keys = sorted([acme.key.id, *(add_key(acme.id, name=f"Sample {number}").id for number in range(5))])
    ledger = Ledger()
    for number, key_id in enumerate(keys):
        note(acme, ledger, number + 1, UNWRITABLE if number == 1 else "curl/8", key_id)
    for _ in range(2):
        with pytest.raises(TypeError):
            ledger.flush()
        assert counted(acme) == {keys[0]: 1, keys[2]: 3, keys[3]: 4, keys[4]: 5, keys[5]: 6}
    assert list(ledger.unflushed(acme.id, keys)) == [keys[1]]
    # Its last caller is what could not be written: the next one can.
    note(acme, ledger, 1, "curl/8", keys[1])
    ledger.flush()
    assert counted(acme)[keys[1]] == 3


@pytest.mark.django_db
def test_a_request_that_cannot_be_counted_keeps_none_from_being_counted_once(
    acme: Troupe, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger()
    note(acme, ledger)
    nowhere: Any = None
    ledger.note(acme.id, acme.key.id, nowhere, "curl/8")
    note(acme, ledger)
    ledger.flush()
    ledger.flush()
    assert counted(acme) == {acme.key.id: 2}
    assert "cannot be counted" in caplog.text


@pytest.mark.django_db
def test_what_waits_is_bounded_and_what_is_lost_is_told(
    acme: Troupe, broken: list[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tallies, "MOST_CALLERS_WAITING", 10)
    monkeypatch.setattr(tallies, "MOST_HOURS_WAITING", 3)
    now = [clock.seconds() // 86_400 * 86_400 + 3600]
    monkeypatch.setattr(clock, "seconds", lambda: now[0])
    ledger = Ledger()
    broken.append(OperationalError("gone"))
    for hour in range(5):
        for caller in range(4):
            note(acme, ledger, 1, f"client-{hour}-{caller}/1")
        with pytest.raises(OperationalError):
            ledger.flush()
        now[0] += 3600
    assert "4 requests are no longer counted" in caplog.text
    broken.clear()
    ledger.flush()
    assert counted(acme) == {acme.key.id: 12}
    rows = KeyCaller.objects.filter(workspace_id=acme.id)
    # Nobody's requests are missing there; who they were of is known only of the latest.
    assert sum(row.passed for row in rows) == 20
    assert 1 <= len(rows) <= 10
    assert "" in {row.client for row in rows}


@pytest.mark.django_db
def test_a_long_address_is_cut(acme: Troupe) -> None:
    ledger = Ledger()
    ledger.note(acme.id, acme.key.id, "fe80::1234:5678:9abc:def0%" + "x" * 40, "curl/8")
    ledger.flush()
    row = KeyCaller.objects.get(workspace_id=acme.id)
    assert (row.network, len(row.last_address)) == ("fe80::/64", 45)
