"""What a ticket's row repeats of its conversation is what the messages say, whatever was done to it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Troupe, assemble
from tests.tickets.acting import a_ticket, answers, asks, done, edits, found
from tixallo.kit.errors import Conflict, NotFound
from tixallo.tickets import merging, placing, removing
from tixallo.tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


def test_a_customer_waits_since_the_oldest_message_without_an_answer(acme: Troupe) -> None:
    ticket = a_ticket(acme)
    assert found(ticket).waiting_since == found(ticket).created_at
    asks(acme, ticket)
    assert found(ticket).waiting_since == found(ticket).created_at
    answers(acme, ticket)
    assert found(ticket).waiting_since is None
    first = asks(acme, ticket)
    asks(acme, ticket)
    assert found(ticket).waiting_since == Message.objects.get(id=first).created_at


def test_nobody_waits_for_what_is_resolved_and_whoever_had_no_answer_waits_again_after_it(acme: Troupe) -> None:
    ticket = a_ticket(acme)
    for status in ("resolved", "closed"):
        edits(acme, ticket, status=status)
        assert found(ticket).waiting_since is None
        edits(acme, ticket, status="open")
        assert found(ticket).waiting_since == found(ticket).created_at


def test_a_merged_tickets_customer_waits_in_the_other_until_that_is_answered(acme: Troupe) -> None:
    old, answered = a_ticket(acme), a_ticket(acme)
    answers(acme, answered)
    done(acme, merging.merge, old, answered)
    assert found(answered).waiting_since == found(old).created_at
    answers(acme, answered)
    assert found(answered).waiting_since is None


def test_undoing_a_merge_leaves_both_rows_as_they_would_be_alone(acme: Troupe) -> None:
    into, ticket = a_ticket(acme), a_ticket(acme)
    answers(acme, into, "The answer")
    asks(acme, ticket, "A last question")
    before = [_repeated(found(each)) for each in (into, ticket)]
    done(acme, merging.merge, ticket, into)
    assert found(into).last_words == "A last question"
    done(acme, merging.unmerge, ticket)
    assert [_repeated(found(each)) for each in (into, ticket)] == before


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3), st.integers(0, 3)), max_size=14))
def test_after_any_sequence_the_row_is_what_the_conversation_says(
    acme: Troupe, steps: list[tuple[int, int, int]]
) -> None:
    tickets = [a_ticket(acme) for _ in range(4)]
    doing: list[Callable[[str, str], Any]] = [
        lambda one, other: asks(acme, one, "A question"),
        lambda one, other: answers(acme, one, "An answer"),
        lambda one, other: edits(acme, one, status="resolved"),
        lambda one, other: edits(acme, one, status="pending"),
        lambda one, other: edits(acme, one, status="open"),
        lambda one, other: done(acme, merging.merge, one, other) if one != other else None,
        lambda one, other: done(acme, merging.unmerge, one),
        lambda one, other: done(acme, removing.remove, one),
        lambda one, other: done(acme, removing.restore, one),
    ]
    for what, one, other in steps:
        try:
            doing[what](tickets[one], tickets[other])
        except (Conflict, NotFound):
            continue
    for ticket in Ticket.objects.filter(id__in=tickets, gone_as=""):
        assert _repeated(ticket) == _from_scratch(ticket), (ticket.number, steps)
        assert ticket.heap == placing.heap(ticket.status)
        assert ticket.queue == placing.queue(ticket.waiting_since, ticket.updated_at)


def _repeated(ticket: Ticket) -> tuple[datetime | None, str, str, datetime]:
    return ticket.waiting_since, ticket.last_author, ticket.last_words, ticket.last_message_at


def _from_scratch(ticket: Ticket) -> tuple[datetime | None, str, str, datetime]:
    """Walk through the life of the conversation: who asks waits, and an answer is one to all that are there by then."""
    merged = Ticket.objects.filter(merged_into=ticket, gone_as="merged")
    parts = {ticket.id: ticket, **{each.id: each for each in merged}}
    said: list[tuple[datetime, str, str, str]] = [
        (each.created_at, each.id, "customer", each.description) for each in parts.values()
    ]
    said += [
        (each.created_at, each.ticket_id, each.author_kind, each.body)
        for each in Message.objects.filter(ticket_id__in=parts)
    ]
    waiting: dict[str, datetime] = {}
    for at, where, who, _ in sorted(said):
        if who == "customer":
            waiting.setdefault(where, at)
            continue
        for each in list(waiting):
            joined = parts[each].gone_at
            if each == where or (joined is not None and joined <= at):
                del waiting[each]
    settled = ("resolved", "closed")
    since = [at for each, at in waiting.items() if each == ticket.id or parts[each].status not in settled]
    at, _, who, words = max(said)
    return (None if ticket.status in settled else min(since, default=None)), who, words, at


def test_what_was_found_from_scratch_is_not_empty(acme: Troupe) -> None:
    ticket = found(a_ticket(acme))
    assert _from_scratch(ticket) == (ticket.created_at, "customer", "It broke.", ticket.created_at)
