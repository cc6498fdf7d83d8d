"""The inbox's columns are worked out for tickets that were there before them, on a table that is full."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from tests.cast import Troupe, assemble
from tests.tickets.acting import a_ticket, answers, asks, edits
from tixallo.tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)

# What migration 0004 fills; the words are cut a little otherwise, and times are whole seconds.
_REPEATED = ("heap", "last_author", "last_message_at", "waiting_since")


@pytest.fixture(autouse=True)
def as_it_is_now() -> Iterator[None]:
    yield
    call_command("migrate", "tickets", verbosity=0)


def _rows(troupe: Troupe) -> dict[int, tuple[object, ...]]:
    found = Ticket.objects.filter(workspace_id=troupe.id).order_by("number")
    return {each.number: tuple(getattr(each, name) for name in _REPEATED) for each in found}


def _order(troupe: Troupe) -> list[int]:
    return list(
        Ticket.objects.filter(workspace_id=troupe.id, heap="open")
        .order_by("queue", "id")
        .values_list("number", flat=True)
    )


def test_a_full_table_comes_through_there_and_back(transactional_db: None) -> None:
    acme, globex = assemble(), assemble("Globex")
    first, second, third, fourth, fifth = (a_ticket(acme) for _ in range(5))
    answers(acme, second)
    answers(acme, third)
    asks(acme, third, "And?\r\nWell?")
    asks(acme, third)
    edits(acme, fourth, status="pending")
    edits(acme, fifth, status="resolved")
    a_ticket(globex)
    before = [(_rows(each), _order(each)) for each in (acme, globex)]
    words = list(Ticket.objects.order_by("id").values_list("last_words", flat=True))

    call_command("migrate", "tickets", "0003", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tickets_ticket SET heap = 'open', queue = 0, waiting_since = NULL, last_words = '', "
            "last_author = 'x'"
        )
    call_command("migrate", "tickets", verbosity=0)

    assert [_rows(each) for each in (acme, globex)] == [rows for rows, _ in before]
    assert list(Ticket.objects.order_by("id").values_list("last_words", flat=True)) == words
    # Those within one second of each other may change places.
    for each, (_, order) in zip((acme, globex), before, strict=True):
        assert sorted(_order(each)) == sorted(order)
        assert _order(each)[-1:] == order[-1:]
    assert Ticket.objects.get(id=first).waiting_since == Ticket.objects.get(id=first).created_at
