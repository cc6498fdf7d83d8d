"""A change to a workspace: its revision, its events, and what is left of one that fails or does nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tests.cast import COMMAND, Troupe, assemble, revision
from tixallo.customers import editing
from tixallo.customers.models import Customer
from tixallo.events.verifying import verify
from tixallo.kit.errors import NotFound
from tixallo.kit.ids import new_id
from tixallo.tickets import opening
from tixallo.tickets.models import Ticket
from tixallo.workspaces.changes import Actor, Subject, change
from tixallo.workspaces.models import Event, Workspace


@pytest.fixture
def acme(transactional_db: None) -> Troupe:
    return assemble("Acme")


def rows(acme: Troupe) -> list[Event]:
    return list(Event.objects.filter(workspace_id=acme.id).order_by("revision", "position"))


def test_a_change_takes_the_next_revision_and_its_events_carry_it(acme: Troupe) -> None:
    before = revision(acme.id)
    actor = Actor("key", acme.key.id, "Acme key", "192.0.2.1")
    with change(acme.id, actor) as opened:
        opened.record("one", Subject("thing", "1", "One"), {"a": 1})
        opened.record("two", Subject("thing", "2", "Two"), {})
    assert revision(acme.id) == before + 1
    one, two = rows(acme)[-2:]
    assert [(each.revision, each.position, each.type) for each in (one, two)] == [
        (before + 1, 0, "one"),
        (before + 1, 1, "two"),
    ]
    assert (one.actor_kind, one.actor_id, one.actor_label, one.origin) == actor
    assert (one.subject_kind, one.subject_id, one.subject_label, one.payload) == ("thing", "1", "One", '{"a":1}')
    assert one.created_at == two.created_at
    assert not one.public


def test_a_change_without_an_event_never_was(acme: Troupe) -> None:
    before = revision(acme.id)
    with change(acme.id, COMMAND):
        Customer.objects.create(
            workspace_id=acme.id, name="x", email="x@b.example", email_key="x@b.example", domain="b"
        )
    assert revision(acme.id) == before
    assert not Customer.objects.filter(workspace_id=acme.id).exists()


def test_a_change_that_fails_never_was(acme: Troupe) -> None:
    def open_and_fail() -> None:
        with change(acme.id, COMMAND) as opened:
            opening.open_ticket(opened, subject="x", description="y", customer_email="a@b.example")
            raise ZeroDivisionError

    before, events = revision(acme.id), len(rows(acme))
    with pytest.raises(ZeroDivisionError):
        open_and_fail()
    assert (revision(acme.id), len(rows(acme))) == (before, events)
    assert not Ticket.objects.filter(workspace_id=acme.id).exists()
    with change(acme.id, COMMAND) as opened:
        ticket = opening.open_ticket(opened, subject="x", description="y", customer_email="a@b.example")
    assert Ticket.objects.get(workspace_id=acme.id, id=ticket).number == 1


def test_an_unknown_workspace_is_not_found(acme: Troupe) -> None:
    with pytest.raises(NotFound), change(new_id(), COMMAND):
        pytest.fail("It was opened")


def test_changes_at_once_take_turns(acme: Troupe) -> None:
    globex = assemble("Globex")
    before = revision(acme.id), revision(globex.id)
    start = threading.Barrier(6)

    def make(number: int) -> None:
        start.wait()
        try:
            for each in range(4):
                with change((acme.id, globex.id)[number % 2], COMMAND) as opened:
                    editing.create_customer(opened, email=f"c{number}-{each}@customer.example")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(make, range(6)))
    assert (revision(acme.id), revision(globex.id)) == (before[0] + 12, before[1] + 12)
    for troupe in (acme, globex):
        assert verify(Workspace.objects.get(id=troupe.id)).findings == []


def test_many_events_of_one_change_are_all_written(acme: Troupe) -> None:
    with change(acme.id, COMMAND) as opened:
        for number in range(2_345):
            opened.record("one", Subject("thing", str(number), ""), {})
    assert [each.position for each in rows(acme) if each.type == "one"] == list(range(2_345))
    assert verify(Workspace.objects.get(id=acme.id)).findings == []
