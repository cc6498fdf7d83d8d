"""Writing the documents of a customer's tickets anew: each once, those that are gone too, at the same cost a ticket."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from tests.cast import assemble
from tests.tickets.acting import a_ticket, done
from tests.watch import Clock
from tixallo.tickets import reindexing, removing
from tixallo.tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tickets whose documents are written anew, in their order."""
    found: list[str] = []
    monkeypatch.setattr(reindexing, "reindex", lambda _, ticket_id: found.append(ticket_id))
    return found


def test_each_ticket_of_the_customer_is_written_once(
    watch: Clock, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = assemble()
    made = []
    for number in range(9):
        # In threes at the same moment.
        watch.at += timedelta(seconds=number % 3 == 0)
        made.append(a_ticket(acme, customer_email="carla@customer.example"))
    a_ticket(acme, customer_email="carl@customer.example")
    for ticket_id in made[1:8:3]:
        done(acme, removing.remove, ticket_id)
    monkeypatch.setattr(reindexing, "_AT_ONCE", 2)
    reindexing.reindex_customer(Ticket.objects.get(id=made[0]).customer_id)
    assert sorted(written) == sorted(made)


def test_four_times_as_many_cost_four_times_as_much(
    database: str, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if database == "postgresql":
        pytest.skip("SQLite can count its steps")
    acme = assemble()
    monkeypatch.setattr(reindexing, "_AT_ONCE", 5)

    def steps_with(more: int) -> int:
        made = [a_ticket(acme, customer_email="carla@customer.example") for _ in range(more)]
        for ticket_id in made[::2]:
            done(acme, removing.remove, ticket_id)
        customer_id = Ticket.objects.get(id=made[0]).customer_id
        with _counted_steps() as steps:
            reindexing.reindex_customer(customer_id)
        return len(steps)

    few, many = steps_with(40), steps_with(120)
    assert len(written) == 40 + 160
    assert many < 5 * few


@contextmanager
def _counted_steps() -> Iterator[list[None]]:
    """Collect one for each ten steps of SQLite's machine."""
    steps: list[None] = []
    connection.connection.set_progress_handler(lambda: steps.append(None), 10)
    yield steps
    connection.connection.set_progress_handler(None, 10)
