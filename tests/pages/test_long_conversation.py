"""A long conversation: what its page shows of it, how one comes to the rest, and what it costs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Troupe, assemble
from tests.pages.inbox_stage import edited, opened, said, text
from tests.pages.ticket_stage import at, field, gap, long_one, page_of, shown
from tests.tickets.acting import answers, done, holds, person_of, workspace_of
from tixallo.kit import clock
from tixallo.tickets import excerpts, merging, noting, reading
from tixallo.tickets.models import Message

pytestmark = pytest.mark.django_db


# ---- What is shown


def test_of_a_long_one_the_question_and_the_latest_are_shown(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme, description="What is the question?")
    long_one(acme, ticket, 500)
    page = page_of(agent, acme, ticket)
    assert shown(page) == list(range(450, 500))
    label, asks = gap(page)
    assert label == "Show 450 earlier messages"
    assert page.index("What is the question?") < page.index('id="gap-earlier"') < page.index("message 450 ")
    assert shown(page_of(agent, acme, ticket, asks)) == list(range(500))
    assert gap(page_of(agent, acme, ticket, asks)) == ("", "")


def test_a_short_one_is_shown_whole(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    long_one(acme, ticket, excerpts.LATEST + excerpts.FEWEST_LEFT_OUT - 1)
    page = page_of(agent, acme, ticket)
    assert len(shown(page)) == excerpts.LATEST + excerpts.FEWEST_LEFT_OUT - 1
    assert 'id="gap-' not in page
    said(acme, ticket, "message 59 is this.")
    assert gap(page_of(agent, acme, ticket))[0] == "Show 10 earlier messages"


def test_a_very_long_one_is_shown_in_steps_and_never_whole(
    acme: Troupe, agent: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excerpts, "LATEST", 5)
    monkeypatch.setattr(excerpts, "EARLIER_AT_ONCE", 20)
    monkeypatch.setattr(excerpts, "MOST_SHOWN", 40)
    ticket = opened(acme, description="What is the question?")
    long_one(acme, ticket, 100)
    label, asks = gap(page_of(agent, acme, ticket))
    assert label == "Show 20 of 95 earlier messages"
    seen, firsts = set(range(95, 100)), list[int]()
    page, numbers = "", list[int]()
    while asks:
        page = page_of(agent, acme, ticket, asks)
        numbers = shown(page)
        assert len(numbers) <= 45
        assert numbers == sorted(numbers)
        assert numbers[-5:] == [95, 96, 97, 98, 99]
        # What was read before stands where it stood, below what has come.
        assert not firsts or firsts[-1] in numbers
        firsts.append(numbers[0])
        seen |= set(numbers)
        _, asks = gap(page)
    assert firsts == [75, 55, 35, 15, 0]
    assert seen == set(range(100))
    assert numbers == [*range(40), *range(95, 100)]
    assert gap(page, "later")[0] == "Show 40 of 55 later messages"
    page = page_of(agent, acme, ticket, gap(page, "later")[1])
    assert shown(page) == [*range(40, 80), *range(95, 100)]
    assert gap(page)[0] == "Show 20 of 40 earlier messages"
    assert gap(page, "later")[0] == "Show 15 later messages"
    page = page_of(agent, acme, ticket, gap(page, "later")[1])
    assert shown(page) == list(range(80, 100))
    assert gap(page, "later") == ("", "")


def test_messages_of_one_moment_are_neither_lost_nor_shown_twice(
    acme: Troupe, agent: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excerpts, "EARLIER_AT_ONCE", 60)
    monkeypatch.setattr(excerpts, "MOST_SHOWN", 80)
    ticket = opened(acme)
    long_one(acme, ticket, 300)
    Message.objects.filter(ticket=ticket).update(created_at=clock.now() - timedelta(hours=1))
    asks, seen = "", set()
    for _ in range(6):
        page = page_of(agent, acme, ticket, asks)
        numbers = shown(page)
        assert len(numbers) == len(set(numbers))
        assert numbers == sorted(numbers)
        seen |= set(numbers)
        _, asks = gap(page)
    assert seen == set(range(300))
    assert asks == ""


def test_the_unread_ones_are_shown_with_the_latest(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    long_one(acme, ticket, 400, ago=1_000)
    reading.mark_read(workspace_of(acme), person_of(acme.agent), ticket.id, clock.now() - timedelta(seconds=720))
    page = page_of(agent, acme, ticket)
    numbers = shown(page)
    assert numbers[-1] == 399
    assert 270 < numbers[0] < 290
    assert page.index('id="gap-earlier"') < page.index('id="unread"') < page.index(f"message {numbers[0]} ")
    assert 'data-start="unread"' in page


def test_of_very_many_unread_ones_the_last_are_shown_below_the_line(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    reading.mark_read(workspace_of(acme), person_of(acme.agent), ticket.id, clock.now() - timedelta(days=9))
    long_one(acme, ticket, 400)
    page = page_of(agent, acme, ticket)
    assert shown(page) == list(range(201, 400))
    assert page.index('id="gap-earlier"') < page.index('id="unread"') < page.index("message 201 ")


def test_notes_count_and_events_are_those_of_the_time(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    edited(acme, ticket, priority="urgent")
    long_one(acme, ticket, 30)
    long_one(acme, ticket, 40, of="note", ago=50_000)
    page = page_of(agent, acme, ticket)
    assert shown(page) == list(range(20, 30))
    assert shown(page, "note") == list(range(40))
    label, asks = gap(page)
    assert label == "Show 20 earlier messages"
    assert "set the priority to Urgent" in text(page)
    long_one(acme, ticket, 60, of="note", ago=-60)
    assert "set the priority to Urgent" not in text(page_of(agent, acme, ticket))
    assert "set the priority to Urgent" in text(page_of(agent, acme, ticket, asks))


def test_what_was_merged_in_has_its_place_and_its_question(acme: Troupe, agent: Client) -> None:
    other, ticket = opened(acme, description="The older question"), opened(acme, description="The later question")
    long_one(acme, other, 40, ago=200_000)
    long_one(acme, ticket, 40, ago=100_000)
    done(acme, merging.merge, other.id, ticket.id)
    page = page_of(agent, acme, ticket)
    assert shown(page) == [*range(30, 40), *range(40)]
    assert gap(page)[0] == "Show 30 earlier messages"
    assert page.index("The older question") < page.index("gap-earlier") < page.index("The later question")
    whole = page_of(agent, acme, ticket, gap(page)[1])
    assert shown(whole) == [*range(40), *range(40)]
    # Where both questions are long past, the later one is among what is left out.
    long_one(acme, ticket, 60, ago=50_000)
    page = page_of(agent, acme, ticket)
    assert "The later question" not in text(page[page.index('id="timeline"') :])
    assert gap(page)[0] == "Show 91 earlier messages"
    assert "The later question" in page_of(agent, acme, ticket, gap(page)[1])


# ---- Addresses


def test_the_address_of_a_message_shows_the_part_that_holds_it(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    ids = long_one(acme, ticket, 200)
    page = page_of(agent, acme, ticket, f"?from={ids[20]}")
    assert shown(page) == list(range(20, 200))
    assert f'id="e-{ids[20]}"' in page
    assert gap(page)[0] == "Show 20 earlier messages"
    link = re.search(rf'href="(\?[^"]*from={ids[150]}#e-{ids[150]})"', page)
    assert link
    assert shown(page_of(agent, acme, ticket, f"?from={ids[190]}")) == list(range(150, 200))
    assert shown(page_of(agent, acme, ticket, f"?from={ticket.id}")) == list(range(200))


@pytest.mark.parametrize("asks", ["from=x", "before=%00", "from=", "before=" + "9" * 36, "from=x&before=y"])
def test_an_address_that_names_nothing_here_shows_the_latest(acme: Troupe, agent: Client, asks: str) -> None:
    ticket = opened(acme)
    long_one(acme, ticket, 100)
    assert shown(page_of(agent, acme, ticket, f"?{asks}")) == list(range(50, 100))


def test_another_tickets_message_names_nothing_here(acme: Troupe, agent: Client) -> None:
    globex = assemble("Globex")
    ticket, other, foreign = opened(acme), opened(acme), opened(globex)
    long_one(acme, ticket, 100)
    for identifier in (long_one(acme, other, 1)[0], long_one(globex, foreign, 1, ago=900_000)[0], foreign.id):
        for name in ("from", "before"):
            assert shown(page_of(agent, acme, ticket, f"?{name}={identifier}")) == list(range(50, 100))


# ---- Live, and answered


def test_what_is_shown_stays_while_new_ones_come(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    long_one(acme, ticket, 100)

    def polled(page: str) -> str:
        address = re.search(r'data-poll="([^"]*)"', page)
        assert address
        answer: Any = agent.get(address[1].replace("&amp;", "&"), headers={"If-None-Match": '"0"'})
        assert answer.status_code == 200
        return str(answer.content.decode())

    page = page_of(agent, acme, ticket, "?view=all")
    all_shown = page_of(agent, acme, ticket, gap(page)[1])
    for number in range(100, 105):
        said(acme, ticket, f"message {number} is this.")
    told = polled(page)
    assert shown(told) == list(range(50, 105))
    assert gap(told)[0] == "Show 50 earlier messages"
    assert shown(polled(all_shown)) == list(range(105))


def test_a_short_one_that_grows_loses_nothing_while_it_stands_open(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    long_one(acme, ticket, 59)
    page = page_of(agent, acme, ticket)
    first = re.search(r'data-first="([^"]*)"', page)
    assert first
    assert first[1] == ticket.id
    for number in range(59, 65):
        said(acme, ticket, f"message {number} is this.")
    answer = agent.get(at(acme, ticket, f"/poll?view=open&from={first[1]}"))
    assert shown(answer.content.decode()) == list(range(65))


def test_a_reply_crosses_nothing_when_only_notes_are_shown(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    last = long_one(acme, ticket, 10, ago=300_000)[-1]
    long_one(acme, ticket, 250, of="note")
    page = page_of(agent, acme, ticket)
    assert shown(page) == []
    assert f'name="seen" value="{last}"' in page
    answer = agent.post(at(acme, ticket, "/reply"), {"body": "Dear customer", "seen": last})
    assert answer.status_code == 302


def test_a_reply_that_crosses_is_asked_about_below_the_latest(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    seen = long_one(acme, ticket, 100)[-1]
    said(acme, ticket, "message 100 is this.")
    answer = agent.post(at(acme, ticket, "/reply"), {"body": "My text", "seen": seen})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert shown(page) == list(range(51, 101))
    assert field(page, "reply").strip() == "My text"


def test_held_replies_stand_at_the_end(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    ids = long_one(acme, ticket, 100)
    holds(acme, ticket.id, "On its way", by=acme.agent, last_seen=ids[-1])
    page = page_of(agent, acme, ticket)
    assert page.index("message 99 is") < page.index("On its way")
    assert shown(page) == list(range(50, 100))


def test_merging_says_what_it_does_not_show(acme: Troupe, agent: Client) -> None:
    ticket, other = opened(acme), opened(acme)
    long_one(acme, ticket, 100)
    page = page_of(agent, acme, ticket, f"/merge?into={other.number}")
    assert shown(page) == list(range(50, 100))
    assert "50 messages are not shown here." in text(page)


# ---- What it costs


def test_the_number_of_queries_is_the_same_for_five_hundred_messages(acme: Troupe, agent: Client) -> None:
    counts = []
    for count in (70, 500):
        ticket = opened(acme)
        long_one(acme, ticket, count)
        done(acme, noting.add_note, ticket.id, "Look")
        answers(acme, ticket.id)
        agent.get(at(acme, ticket))
        with CaptureQueriesContext(connection) as asked:
            assert len(shown(page_of(agent, acme, ticket))) == 48
        counts.append(len(asked))
    assert counts[0] == counts[1]
