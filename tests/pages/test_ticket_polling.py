"""What a ticket's page that stands open is told, and when."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.cast import Troupe
from tests.pages.inbox_stage import edited, opened, said, subjects, text
from tests.pages.ticket_stage import at, page_of
from tests.tickets.acting import answers, done, holds, person_of, workspace_of
from tixallo.customers import editing as customers
from tixallo.tickets import merging, noting, presence
from tixallo.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def poll(browser: Client, acme: Troupe, ticket: Ticket, tag: str) -> tuple[HttpResponse, str, str]:
    answer: Any = browser.get(at(acme, ticket, "/poll?view=all"), headers={"If-None-Match": tag})
    return answer, answer.content.decode(), answer.headers.get("ETag", tag)


def test_a_poll_is_silent_until_something_changes(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    tag = re.search(r'data-poll-tag="([^"]*)"', page_of(agent, acme, ticket, "?view=all"))
    assert tag
    current = tag[1].replace("&quot;", '"')
    answer, _, current = poll(agent, acme, ticket, current)
    assert answer.status_code == 204

    def changes(what: Any) -> str:
        nonlocal current
        what()
        answer, page, after = poll(agent, acme, ticket, current)
        assert answer.status_code == 200
        assert after != current
        current = after
        assert poll(agent, acme, ticket, current)[0].status_code == 204
        return page

    person, workspace = person_of(acme.admin), workspace_of(acme)
    assert "Hello there" in changes(lambda: answers(acme, ticket.id, "Hello there", by=acme.admin))
    assert "On its way" in changes(lambda: holds(acme, ticket.id, "On its way", by=acme.admin))
    assert "is here" in changes(lambda: presence.note(workspace, person, ticket.id, "here"))
    assert "writing a note" in changes(lambda: presence.note(workspace, person, ticket.id, "note"))
    assert "is here" not in changes(lambda: presence.leave(workspace, person, ticket.id))
    assigned = changes(lambda: edited(acme, ticket, assignee_id=acme.admin.id))
    assert f'value="{acme.admin.id}" selected' in assigned
    assert "vat" in changes(lambda: edited(acme, ticket, tags=["vat"]))
    assert subjects(changes(lambda: edited(acme, ticket, subject="Renamed"))) == ["Renamed"]


def test_a_poll_brings_the_head_and_the_customer(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    before = poll(agent, acme, ticket, "")[1]
    assert 'name="status" value="resolved"' in before
    edited(acme, ticket, subject="Renamed meanwhile", status="resolved")
    done(acme, customers.edit_customer, ticket.customer_id, {"name": "Renamed Customer"})
    page = poll(agent, acme, ticket, "")[1]
    assert re.search(r'<h1 id="ticket-subject">Renamed meanwhile', page)
    assert re.search(r'<p id="ticket-customer">.*Renamed Customer', page)
    assert re.search(r'id="side-customer">.*Renamed Customer', page)
    assert re.search(r'<div class="resolve" id="resolve"></div>', page)


def test_a_poll_brings_no_field_to_write_in(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    page = poll(agent, acme, ticket, "")[1]
    assert "<textarea" not in page
    assert re.findall(r'<input(?![^>]*type="(?:hidden|checkbox)")', page) == []


def test_a_page_that_stands_open_is_told_of_a_merge(acme: Troupe, agent: Client) -> None:
    ticket, into = opened(acme), opened(acme)
    assert "was merged" not in poll(agent, acme, ticket, "")[1]
    done(acme, merging.merge, ticket.id, into.id, by=acme.admin)
    told = text(poll(agent, acme, ticket, "")[1])
    assert f"This ticket was merged into #{into.number}." in told
    assert "it can be read only" in text(page_of(agent, acme, ticket))
    assert 'id="moved"' not in page_of(agent, acme, ticket)


def test_only_news_of_others_are_announced(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    answers(acme, ticket.id, "My own")
    done(acme, noting.add_note, ticket.id, "A note", by=acme.admin)
    assert "data-announce" not in poll(agent, acme, ticket, "")[1]
    said(acme, ticket, 'Is "it" there?')
    announced = 'data-announce="New message from Carla: Is &quot;it&quot; there?"'
    assert announced in poll(agent, acme, ticket, "")[1]
