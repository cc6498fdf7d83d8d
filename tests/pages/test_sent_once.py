"""What is sent from a ticket's page is sent once, however often the form comes, and its text is no draft after it."""

import re

import pytest
from django.test import Client

from tests.cast import Troupe
from tests.pages.conftest import browser_of
from tests.pages.inbox_stage import opened
from tests.pages.ticket_stage import at, draft_of, field, page_of
from tests.tickets.acting import work
from tixallo.kit.ids import is_id, new_id
from tixallo.tickets.models import HeldReply, Message, Note, Ticket
from tixallo.workspaces.models import Event, Person

pytestmark = pytest.mark.django_db


def token(browser: Client, acme: Troupe, ticket: Ticket) -> str:
    found = re.findall(r'name="token" value="([^"]*)"', page_of(browser, acme, ticket))
    assert len(set(found)) == 1
    return str(found[0])


def test_a_reply_that_comes_twice_is_held_and_sent_once(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    sent = {"body": "Look here.", "token": token(agent, acme, ticket)}
    for _ in range(3):
        assert agent.post(at(acme, ticket, "/reply"), sent).status_code == 302
    held = HeldReply.objects.get(ticket=ticket)
    assert held.id == sent["token"].partition(":")[0]
    work()
    message = Message.objects.get(ticket=ticket)
    assert (message.id, message.body) == (held.id, "Look here.")
    answer = agent.post(at(acme, ticket, "/reply"), sent)
    assert answer.status_code == 302
    work()
    assert Message.objects.get(ticket=ticket) == message
    assert Event.objects.filter(workspace_id=acme.id, type="ticket.message.created").count() == 1


def test_a_reply_that_is_not_held_is_sent_once_as_well(acme: Troupe, agent: Client) -> None:
    Person.objects.filter(id=acme.agent.id).update(hold_seconds=0)
    ticket = opened(acme)
    sent = {"body": "Look here.", "token": token(agent, acme, ticket)}
    for _ in range(2):
        assert agent.post(at(acme, ticket, "/reply"), sent).status_code == 302
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_a_note_that_comes_twice_is_added_once(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    sent = {"body": "Look here.", "token": token(agent, acme, ticket)}
    for _ in range(2):
        assert agent.post(at(acme, ticket, "/note"), sent).status_code == 302
    assert Note.objects.filter(ticket=ticket).count() == 1
    assert Event.objects.filter(workspace_id=acme.id, type="ticket.note.created").count() == 1


def test_the_same_words_can_be_sent_again(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    for _ in range(2):
        agent.post(at(acme, ticket, "/reply"), {"body": "And?", "token": token(agent, acme, ticket)})
    assert HeldReply.objects.filter(ticket=ticket).count() == 2


def test_an_id_cannot_be_chosen_nor_taken_from_elsewhere(acme: Troupe, agent: Client) -> None:
    ticket, other = opened(acme), opened(acme)
    colleague = browser_of(acme.admin.id)
    chosen = new_id()
    for once in (chosen, f"{chosen}:x", token(agent, acme, other), token(colleague, acme, ticket), "", "x" * 200):
        answer = agent.post(at(acme, ticket, "/note"), {"body": "Look here.", "token": once})
        assert answer.status_code == 302, once
        note = Note.objects.filter(ticket=ticket).latest("created_at")
        assert is_id(note.id)
        assert note.id != once.partition(":")[0]
    assert Note.objects.filter(ticket=ticket).count() == 6


def test_a_form_without_the_value_is_another_one_each_time(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    for _ in range(2):
        assert agent.post(at(acme, ticket, "/reply"), {"body": "Look here."}).status_code == 302
    assert HeldReply.objects.filter(ticket=ticket).count() == 2


def test_a_reply_that_was_taken_back_can_be_sent_again(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    sent = {"body": "Look here.", "token": token(agent, acme, ticket)}
    agent.post(at(acme, ticket, "/reply"), sent)
    held = HeldReply.objects.get(ticket=ticket)
    agent.post(at(acme, ticket, f"/held/{held.id}/undo"))
    assert field(page_of(agent, acme, ticket), "reply").strip() == "Look here."
    agent.post(at(acme, ticket, "/reply"), sent)
    work()
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_a_draft_that_comes_after_its_reply_is_none(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    sent = {"body": "Look here.", "token": token(agent, acme, ticket)}
    agent.post(at(acme, ticket, "/drafts/reply"), sent)
    assert draft_of(acme, ticket) == "Look here."
    agent.post(at(acme, ticket, "/reply"), sent)
    assert agent.post(at(acme, ticket, "/drafts/reply"), sent).status_code == 204
    assert draft_of(acme, ticket) == ""
    work()
    agent.post(at(acme, ticket, "/drafts/reply"), sent)
    assert draft_of(acme, ticket) == ""
    agent.post(at(acme, ticket, "/drafts/reply"), {"body": "Something new", "token": token(agent, acme, ticket)})
    assert draft_of(acme, ticket) == "Something new"


def test_the_browser_is_told_what_was_sent_and_nothing_else(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    for rest in ("/reply", "/note"):
        once = token(agent, acme, ticket)
        answer = agent.post(at(acme, ticket, rest), {"body": "Look here.", "token": once})
        cookie = answer.cookies[f"sent-{once.partition(':')[0]}"]
        assert (cookie["path"], cookie["samesite"], cookie["max-age"]) == ("/", "Lax", 60)
    refused = agent.post(at(acme, ticket, "/reply"), {"body": " ", "token": token(agent, acme, ticket)})
    assert [name for name in refused.cookies if name.startswith("sent-")] == []
