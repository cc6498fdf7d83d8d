"""A search lists as every list does, newest first, whatever the order in which its tickets came into the index."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from tixallo.cli import demo
from tixallo.kit.paging import read_cursor
from tixallo.tickets import conversing, opening, queries
from tixallo.workspaces.changes import Actor, change
from tixallo.workspaces.models import Workspace
from tixallo.workspaces.opening import open_workspace

pytestmark = pytest.mark.django_db(transaction=True)

_ACTOR = Actor("command", "", "test")
_START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def workspace() -> Workspace:
    return open_workspace(_ACTOR, name="Acme", owner_email="owner@acme.example")


def _open(workspace: Workspace, at: datetime, subject: str = "Printer") -> str:
    with change(workspace.id, _ACTOR) as opened:
        opened.now = at
        return opening.open_ticket(
            opened, subject=subject, description="On fire", customer_email="carla@customer.example"
        )


def _pages(workspace: Workspace, filters: dict[str, str], limit: int) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page = json.loads(queries.list_tickets(workspace.id, filters, after, limit))
        found += [ticket["id"] for ticket in page["data"]]
        if page["next_cursor"] is None:
            return found
        after = read_cursor(page["next_cursor"])


@pytest.mark.parametrize("chance", range(4))
def test_a_search_has_the_order_of_the_list(workspace: Workspace, chance: int) -> None:
    generator = random.Random(chance)
    # Some in order, some at the same moment, some older than those that are there.
    for number in range(30):
        step = generator.choice([1, 1, 1, 1, 0, -5] if chance else [1])
        _open(workspace, _START + timedelta(minutes=number * step))
        _open(workspace, _START + timedelta(minutes=number * step, seconds=1), subject="Paper")

    expected = [each for each in _pages(workspace, {}, 50) if each in _pages(workspace, {"q": "printer"}, 50)]

    assert len(expected) == 30
    for limit in (1, 7, 50):
        assert _pages(workspace, {"q": "printer"}, limit) == expected
    assert _pages(workspace, {"q": "print"}, 7) == expected
    assert _pages(workspace, {"q": "fire"}, 7) == _pages(workspace, {}, 7)


def test_a_message_leaves_a_ticket_in_its_place(workspace: Workspace) -> None:
    made = [_open(workspace, _START + timedelta(minutes=number)) for number in range(4)]
    with change(workspace.id, _ACTOR) as opened:
        conversing.add_message(opened, made[1], body="Smoke", author=None)
    assert _pages(workspace, {"q": "printer"}, 2) == made[::-1]
    assert _pages(workspace, {"q": "smoke"}, 2) == [made[1]]


def test_samples_that_are_older_than_what_is_there_are_found_in_order(workspace: Workspace) -> None:
    _open(workspace, datetime.now(UTC), subject="Order of mine")  # noqa: TID251 - the demo counts from now
    demo.fill(workspace.id, tickets=60)
    for query in ("the", "order", "example"):
        found = _pages(workspace, {"q": query}, 5)
        assert found
        assert found == [each for each in _pages(workspace, {}, 50) if each in found]
