"""Of the callers of a key and day fifty have names: the same ones before and after what was noted is written."""

import pytest

from tests.cast import Troupe, assemble
from tixallo.keys import traffic
from tixallo.keys.models import KeyCaller
from tixallo.keys.storing import MOST_CALLERS
from tixallo.keys.usage import Ledger
from tixallo.kit.ids import new_id


@pytest.fixture
def acme() -> Troupe:
    return assemble()


def callers(acme: Troupe) -> dict[tuple[str, str], tuple[int, int]]:
    rows = KeyCaller.objects.filter(workspace_id=acme.id)
    return {(row.client, row.network): (row.passed, row.refused) for row in rows}


@pytest.mark.django_db
@pytest.mark.parametrize("stored", [0, 30, MOST_CALLERS, MOST_CALLERS + 5])
def test_the_callers_beyond_fifty_are_shown_together_before_they_are_written(
    acme: Troupe, ledger: Ledger, now: list[float], stored: int
) -> None:
    def note(first: int, last: int) -> None:
        for number in range(first, last):
            now[0] += 1
            ledger.note(acme.id, acme.key.id, f"10.0.{number}.1", "curl/8", "GET /key", number % 2)

    def shown() -> tuple[traffic.Callers, list[traffic.Move]]:
        seen = traffic.callers(acme.id, acme.key.id, most=200)
        return seen, sorted(traffic.moves(acme.id, acme.key.id, new_id()), key=lambda move: move[:2])

    note(0, stored)
    ledger.flush()
    # Some are known already.
    note(max(stored - 20, 0), MOST_CALLERS + 20)
    before = shown()
    ledger.flush()

    assert before == shown()
    assert len(before[0].shown) == MOST_CALLERS
    assert before[0].others is not None
    assert before[0].others.passed + before[0].others.refused == 20 + max(stored - MOST_CALLERS, 0)


@pytest.mark.django_db
def test_the_callers_beyond_fifty_are_counted_together(acme: Troupe, ledger: Ledger) -> None:
    for number in range(MOST_CALLERS + 1):
        ledger.note(acme.id, acme.key.id, f"192.0.{number}.1", "curl/8", "GET /key")
    ledger.flush()
    ledger.note(acme.id, acme.key.id, "192.0.200.1", "curl/8", "GET /key")
    ledger.note(acme.id, acme.key.id, "192.0.3.1", "curl/8", "GET /key")
    ledger.flush()
    found = callers(acme)
    assert len(found) == MOST_CALLERS + 1
    assert found["", ""] == (2, 0)
    assert found["curl 8", "192.0.3.0/24"] == (2, 0)
    seen = traffic.callers(acme.id, acme.key.id)
    assert (len(seen.shown), seen.more) == (traffic.CALLERS_SHOWN, MOST_CALLERS - traffic.CALLERS_SHOWN)
    assert seen.others is not None
    assert seen.others.passed == 2
