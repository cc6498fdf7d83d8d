"""A ticket's page: what it shows and to whom, what it writes, and how many queries it takes."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Troupe, assemble
from tests.pages.conftest import browser_of
from tests.pages.inbox_stage import edited, opened, said, text
from tests.pages.ticket_stage import at, page_of
from tests.tickets.acting import answers, done, holds, person_of, workspace_of
from tixallo.kit import clock
from tixallo.kit.ids import new_id
from tixallo.tickets import conversing, noting, opening, reading, samples
from tixallo.tickets.models import Note, Presence, ReadMark, Ticket
from tixallo.workspaces import members
from tixallo.workspaces.changes import Actor, change
from tixallo.workspaces.models import Letter

pytestmark = pytest.mark.django_db


# ---- What it shows


def test_the_conversation_is_in_order_with_its_notes_events_and_ways(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme, "Invoice shows the wrong VAT", description="It says 7 %.", customer_name="Carla")
    answers(acme, ticket.id, "Which month?")
    done(acme, noting.add_note, ticket.id, "Tax table changed in April")
    edited(acme, ticket, priority="urgent")
    said(acme, ticket, "May.\n\nOn Monday, you wrote:\n> Which month?")
    page = page_of(agent, acme, ticket)
    shown = text(page[page.index('id="timeline"') :])
    places = [
        *("Carla API", "It says 7 %.", "Acme Agent Reply", "Which month?", "Acme Agent Internal note"),
        *("Tax table changed in April", "Acme Admin set the priority to Urgent", "Carla command line", "May."),
    ]
    assert [shown.index(place) for place in places] == sorted(shown.index(place) for place in places)
    assert re.search(r"<details[^>]*><summary[^>]*>…</summary><div[^>]*>On Monday, you wrote:\s+&gt; Which", page)
    assert page.count("<h1") == 1
    assert "#1 Invoice shows the wrong VAT · Acme</title>" in page


def test_a_customers_words_say_who_brought_them(acme: Troupe, agent: Client) -> None:
    key = Actor("key", acme.key.id, "Billing sync")
    with change(acme.id, key) as going:
        ticket_id = opening.open_ticket(
            going, subject="VAT", description="Wrong", customer_email="carla@customer.example"
        )
    for actor in (
        key,
        Actor("person", acme.admin.id, acme.admin.name),
        Actor("customer", "", "carla@customer.example"),
    ):
        with change(acme.id, actor) as going:
            conversing.add_message(going, ticket_id, body="And?", author=None)
    ticket = Ticket.objects.get(workspace_id=acme.id, id=ticket_id)

    page = page_of(agent, acme, ticket)

    ways = re.findall(r"</strong><span>([^<]*)</span>", page[page.index('id="timeline"') :])
    assert ways == ["API key “Billing sync”", "API key “Billing sync”", "entered by Acme Admin", "Customer"]


def test_what_a_colleague_opens_says_so(acme: Troupe, agent: Client) -> None:
    with change(acme.id, Actor("person", acme.admin.id, acme.admin.name)) as going:
        words: dict[str, Any] = {
            "subject": "VAT",
            "description": "She called",
            "customer_email": "carla@customer.example",
        }
        ticket_id = opening.open_ticket(going, **words, source="app")
    ticket = Ticket.objects.get(workspace_id=acme.id, id=ticket_id)
    assert "entered by Acme Admin" in text(page_of(agent, acme, ticket))


def test_a_run_of_events_is_folded_into_one_line(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    for priority in ("low", "high", "urgent", "medium"):
        edited(acme, ticket, priority=priority)
    page = page_of(agent, acme, ticket)
    assert "4 changes" in text(page)
    assert page.count('class="event"') == 4


def test_what_a_customer_writes_is_text(acme: Troupe, agent: Client) -> None:
    nasty = "<script>alert(1)</script> https://example.example/?a=1&b=<i>"
    ticket = opened(acme, nasty, description=nasty, customer_name="<b>Carla</b>")
    said(acme, ticket, nasty)
    page = page_of(agent, acme, ticket)
    assert "<script>alert" not in page
    assert "<b>Carla" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert re.search(r'<a href="https://example\.example/\?a=1&amp;b="? ?rel="nofollow"|rel="nofollow"', page)


def test_it_opens_at_the_first_unread_else_at_the_last_and_new_ones_at_the_top(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    answers(acme, ticket.id, by=acme.admin)
    assert 'data-start="top"' in page_of(agent, acme, ticket)
    assert agent.post(at(acme, ticket, "/read")).status_code == 204
    assert 'data-start="latest"' in page_of(agent, acme, ticket)
    said(acme, ticket, "News")
    page = page_of(agent, acme, ticket)
    assert 'data-start="unread"' in page
    assert page.index('id="unread"') < page.rindex("News")
    answers(acme, ticket.id, "Mine")
    assert page_of(agent, acme, ticket).count('id="unread"') == 1


def test_the_reply_to_a_sample_says_that_nothing_is_sent(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme, "A real one", tags=["sample"])
    assert "A sample: nothing is sent." not in text(page_of(agent, acme, ticket))
    done(acme, samples.load, members.find(acme.id, acme.owner.id), by=acme.owner)
    for sample in Ticket.objects.filter(workspace_id=acme.id, sample_marks__isnull=False):
        assert f"To {sample.customer.email} A sample: nothing is sent. " in text(page_of(agent, acme, sample))


def test_how_the_mail_of_a_reply_stands_is_on_the_message(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    for state in ("queued", "sent", "failed"):
        message = answers(acme, ticket.id, state)
        Letter.objects.create(
            id=new_id(), workspace_id=acme.id, recipient="c@customer.example", about=f"message {message}", state=state
        )
    shown = text(page_of(agent, acme, ticket))
    for told in ("e-mail is on its way", "e-mail sent", "e-mail could not be sent"):
        assert shown.count(told) == 1


def test_who_can_send_a_reply_again_is_led_there_and_others_learn_who_can(acme: Troupe) -> None:
    ticket = opened(acme)
    message, failed = answers(acme, ticket.id, "Look"), f"/w/{acme.slug}/settings/failed"
    about = {"workspace_id": acme.id, "recipient": "c@customer.example", "about": f"message {message}"}
    Letter.objects.create(id=new_id(), state="failed", **about)
    page = page_of(browser_of(acme.owner.id), acme, ticket)
    assert "The customer did not get it. See why, and try again" in text(page)
    assert f'href="{failed}"' in page
    assert browser_of(acme.owner.id).get(failed).status_code == 200
    for person in (acme.admin, acme.agent):
        page = page_of(browser_of(person.id), acme, ticket)
        assert "The customer did not get it. Owners of this workspace see why, and can try again." in text(page)
        assert failed not in page
    Letter.objects.update(state="sent")
    assert "did not get it" not in page_of(browser_of(acme.owner.id), acme, ticket)


def test_the_customers_other_tickets_stand_beside_it_open_ones_first(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    for number in range(4):
        opened(acme, f"Old {number}", status="resolved")
    opened(acme, "Open one")
    opened(acme, "Another one's", customer_email="other@customer.example")
    opened(assemble("Globex"), "Foreign")
    page = page_of(agent, acme, ticket)
    others = text(page[page.index('class="others"') :])
    assert "Other tickets 5" in text(page)
    assert others.index("Open one") < others.index("Old")
    assert "Another" not in others
    assert "Foreign" not in page


def test_getting_a_page_writes_nothing(acme: Troupe, agent: Client) -> None:
    ticket, other = opened(acme), opened(acme)
    holds(acme, ticket.id, "Held")
    reading.mark_read(workspace_of(acme), person_of(acme.agent), ticket.id, clock.now())
    agent.get(at(acme, ticket))
    with CaptureQueriesContext(connection) as asked:
        for rest in ("", "/poll", "/merge", f"/merge?into={other.number}", "/subject"):
            assert agent.get(at(acme, ticket, rest)).status_code == 200, rest
    written = [each["sql"] for each in asked if re.match(r"\s*(INSERT|UPDATE|DELETE)", each["sql"])]
    assert [each for each in written if "session" not in each] == []
    assert not Presence.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_conversation(acme: Troupe, agent: Client) -> None:
    small, large = opened(acme), opened(acme)
    for number in range(3):
        answers(acme, small.id)
        done(acme, noting.add_note, small.id, "Look")
        edited(acme, small, priority=("low", "high", "urgent")[number])
    for number in range(40):
        answers(acme, large.id)
        said(acme, large)
        done(acme, noting.add_note, large.id, "Look")
        edited(acme, large, priority=("low", "high")[number % 2])
    counts = []
    for ticket in (small, large):
        agent.get(at(acme, ticket))
        with CaptureQueriesContext(connection) as asked:
            agent.get(at(acme, ticket))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= QUERIES


# Of Django's own connection; the list beside it and the polls' condition go past it.
QUERIES = 24


# ---- Others' tickets, and what is no ticket


def test_another_workspaces_ticket_is_not_there(acme: Troupe) -> None:
    globex = assemble("Globex")
    ticket = opened(acme)
    held = holds(acme, ticket.id, "Held")
    stranger = browser_of(globex.agent.id)
    posts = ("reply", "note", "read", "present", "edit", "remove", "restore", "merge", "unmerge", "drafts/reply")
    for slug in (acme.slug, globex.slug):
        there = f"/w/{slug}/tickets/{ticket.number}"
        assert [stranger.get(there + rest).status_code for rest in ("", "/poll", "/merge", "/subject")] == [404] * 4
        sent = {"body": "Hello", "kind": "here", "into": "1"}
        for rest in (*posts, f"held/{held.id}/undo", "undo/3"):
            assert stranger.post(f"{there}/{rest}", sent).status_code == 404, rest
    assert not Note.objects.exists()
    assert not ReadMark.objects.exists()


@pytest.mark.parametrize("number", ["0", "999", "9" * 19, "9" * 40, "9" * 5000, "-1", "1x", "%00", "1%20"])
def test_what_is_no_number_is_not_there(acme: Troupe, agent: Client, number: str) -> None:
    opened(acme)
    for rest in ("", "/poll", "/merge"):
        assert agent.get(f"/w/{acme.slug}/tickets/{number}{rest}").status_code == 404
    for rest in ("reply", "undo/1"):
        assert agent.post(f"/w/{acme.slug}/tickets/{number}/{rest}", {"body": "Hello"}).status_code == 404


@pytest.mark.parametrize("bad", ["x", "%00", "0" * 36, "9" * 40, "ffffffff-ffff-ffff-ffff-ffffffffffff"])
def test_what_is_no_id_is_not_there(acme: Troupe, agent: Client, bad: str) -> None:
    ticket = opened(acme)
    assert agent.post(at(acme, ticket, f"/held/{bad}/undo")).status_code in (404, 409)
    assert agent.post(at(acme, ticket, f"/undo/{bad}")).status_code == 404
    for path in (f"customers/{bad}", f"companies/{bad}", f"replies/{bad}", f"customers/{bad}/edit"):
        assert agent.get(f"/w/{acme.slug}/{path}").status_code == 404, path
