"""Facts, merging, removing and saved replies on a ticket's page."""

import json
import re

import pytest
from django.test import Client

from tests.cast import Troupe, assemble
from tests.pages.inbox_stage import edited, opened, said, text
from tests.pages.ticket_stage import at, page_of
from tests.tickets.acting import done, log_of, workspace_of
from tixallo.tickets import editing, removing, saving
from tixallo.tickets.models import Ticket
from tixallo.workspaces.models import Person

pytestmark = pytest.mark.django_db


# ---- Facts


def test_facts_are_changed_at_once_with_an_undo(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    sent = {"status": "pending", "priority": "high", "assignee_id": acme.admin.id, "tags": "b, a,, b"}
    answer = agent.post(at(acme, ticket, "/edit"), sent, follow=True)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority, ticket.assignee_id, ticket.tags) == (
        *("pending", "high", acme.admin.id),
        '["a","b"]',
    )
    undo = re.search(r'action="([^"]*/undo/\d+)"', answer.content.decode())
    assert undo
    agent.post(undo[1])
    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority, ticket.tags) == ("new", "medium", "[]")
    assert ticket.assignee_id is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a, b, plain", ["a, b", "plain"]),
        ("plain, a, b, new", ["a, b", "new", "plain"]),
        ("plain", ["plain"]),
        ("a, bc, plain", ["a", "bc", "plain"]),
    ],
)
def test_a_tag_with_a_comma_stays_whole(acme: Troupe, agent: Client, sent: str, kept: list[str]) -> None:
    ticket = opened(acme)
    done(acme, editing.edit, ticket.id, {"tags": ["a, b", "plain"]})
    assert 'value="a, b, plain"' in page_of(agent, acme, ticket)
    agent.post(at(acme, ticket, "/edit"), {"tags": sent})
    ticket.refresh_from_db()
    assert json.loads(ticket.tags) == kept


def test_a_script_gets_the_toast_alone(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    answer = agent.post(at(acme, ticket, "/edit"), {"status": "resolved"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Saved." in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_tags_that_are_refused_are_in_their_field_again(acme: Troupe, agent: Client) -> None:
    ticket, sent = opened(acme), {"tags": "vat, " + "x" * 51}
    page = agent.post(at(acme, ticket, "/edit"), sent).content.decode()
    assert re.search(r'<details class="tags-edit" id="tags-edit" open>', page)
    assert f'name="tags" value="{sent["tags"]}"' in page
    answer = agent.post(at(acme, ticket, "/edit"), sent, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "At most 20 tags of 50 characters each." in text(answer.content.decode())
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        *({"status": "gone"}, {"priority": "none"}, {"assignee_id": "no id"}, {"tags": "x" * 51}),
        {"tags": ",".join(f"t{number}" for number in range(21))},
        {"subject": "x" * 301},
    ],
    ids=["status", "priority", "assignee", "long tag", "many tags", "subject"],
)
def test_a_fact_that_cannot_be_is_refused(acme: Troupe, agent: Client, sent: dict[str, str]) -> None:
    ticket, before = opened(acme), log_of(acme)
    answer = agent.post(at(acme, ticket, "/edit"), sent)
    assert answer.status_code == 422
    assert log_of(acme) == before


def test_nobody_from_elsewhere_is_assigned(acme: Troupe, agent: Client) -> None:
    ticket, globex = opened(acme), assemble("Globex")
    assert agent.post(at(acme, ticket, "/edit"), {"assignee_id": globex.agent.id}).status_code == 400
    assert Ticket.objects.get(id=ticket.id).assignee_id is None


def test_the_subject_is_changed_on_a_page_of_its_own(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme, "Invioce")
    assert 'value="Invioce"' in page_of(agent, acme, ticket, "/subject")
    assert "Invoice" in agent.post(at(acme, ticket, "/edit"), {"subject": "Invoice"}, follow=True).content.decode()
    agent.post(at(acme, ticket, "/edit"), {"subject": "  "})
    assert Ticket.objects.get(id=ticket.id).subject == "Invoice"


@pytest.mark.parametrize("after", ["next", "stay", "list"])
def test_after_resolving_one_goes_where_one_likes(acme: Troupe, agent: Client, after: str) -> None:
    Person.objects.filter(id=acme.agent.id).update(after_resolving=after)
    first, second, _ = (opened(acme, status="open") for _ in range(3))
    for path, sent in (("/edit", {"status": "resolved"}), ("/reply", {"body": "Done", "then": "resolved"})):
        edited(acme, first, status="open")
        answer = agent.post(at(acme, first, f"{path}?view=open&q=ticket"), sent)
        where = {
            "next": at(acme, second, "?view=open&q=ticket"),
            "stay": at(acme, first, "?view=open&q=ticket"),
            "list": f"/w/{acme.slug}/tickets/open?q=ticket",
        }
        assert answer["Location"] == where[after], path


def test_after_the_last_one_comes_the_list(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    answer = agent.post(at(acme, ticket, "/edit?view=open"), {"status": "resolved"})
    assert answer["Location"] == f"/w/{acme.slug}/tickets/open"


# ---- Merging, removing


def test_two_tickets_are_shown_side_by_side_merged_and_taken_apart_again(acme: Troupe, agent: Client) -> None:
    ticket, into = opened(acme, "First", description="Alpha"), opened(acme, "Second", description="Beta")
    said(acme, ticket, "Gamma")
    assert "Second" in page_of(agent, acme, ticket, "/merge")
    compared = text(page_of(agent, acme, ticket, f"/merge?into=%23{into.number}"))
    for each in ("Alpha", "Gamma", "Beta"):
        assert each in compared
    answer = agent.post(at(acme, ticket, "/merge"), {"into": str(into.number)}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == at(acme, into)
    assert "Acme Agent merged #1 into this ticket" in text(page)
    assert "Gamma" in page
    merged = page_of(agent, acme, ticket)
    assert "This ticket is merged into #2; it can be read only." in text(merged)
    assert "Acme Agent merged this ticket into #2" in text(merged)
    assert "<textarea" not in merged
    answer = agent.post(at(acme, ticket, "/unmerge"), follow=True)
    assert "<textarea" in answer.content.decode()
    page = page_of(agent, acme, into)
    assert "Gamma" not in page[page.index('id="timeline"') :]


@pytest.mark.parametrize("into", ["", "0", "1", "999", "#", "x", "-1", "1.0", "٣", "9" * 30, "9" * 5000])
def test_there_is_nothing_to_merge_into_that_is_not_another_open_ticket(acme: Troupe, agent: Client, into: str) -> None:
    ticket = opened(acme)
    for answer in (
        agent.get(at(acme, ticket, "/merge"), {"into": into}),
        agent.post(at(acme, ticket, "/merge"), {"into": into}),
    ):
        assert answer.status_code == (200 if into in ("", "#") and answer.request["REQUEST_METHOD"] == "GET" else 422)
    assert Ticket.objects.get(id=ticket.id).gone_as == ""


@pytest.mark.parametrize("how", ["deleted", "spam"])
def test_a_removed_ticket_is_gone_and_comes_back(acme: Troupe, agent: Client, how: str) -> None:
    ticket = opened(acme, "Zeppelin")
    answer = agent.post(at(acme, ticket, "/remove"), {"as": how}, follow=True)
    assert "#1 is" in text(answer.content.decode())
    assert agent.post(at(acme, ticket, "/edit"), {"status": "closed"}).status_code == 404
    assert agent.post(at(acme, ticket, "/merge"), {"into": "1"}).status_code == 404
    page = page_of(agent, acme, ticket)
    assert {"deleted": "This ticket is deleted;", "spam": "This ticket is marked as spam;"}[how] in text(page)
    assert "It goes for good: in 29 days" in text(page)
    assert "Hello" in text(page)
    assert not re.findall(r'id="(?:reply|note)"|name="then"|"ticket_edit"|data-present', page)
    # The page asks for news of its list alone.
    (poll,) = re.findall(r'data-poll="([^"]*)" data-poll-tag', page)
    assert poll.endswith("/tickets/open/poll?open=1")
    assert agent.get(poll).status_code == 200
    answer = agent.post(at(acme, ticket, "/restore"), follow=True)
    assert 'id="reply"' in answer.content.decode()


# ---- Saved replies


def test_saved_replies_are_written_changed_offered_and_deleted(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme, customer_name="Zoë")
    home = f"/w/{acme.slug}/replies"
    agent.post(f"{home}/new", {"name": "Thanks", "body": "Dear {customer},"})
    assert 'data-insert="Dear Zoë,"' in page_of(agent, acme, ticket)
    twice = agent.post(f"{home}/new", {"name": "Thanks", "body": "Again"})
    assert (twice.status_code, "A saved reply has this name." in twice.content.decode()) == (422, True)
    assert "Again" in twice.content.decode()
    (reply,) = workspace_of(acme).saved_replies.all()
    agent.post(f"{home}/{reply.id}", {"name": "Thanks", "body": "Hello {customer}"})
    assert 'data-insert="Hello Zoë"' in page_of(agent, acme, ticket)
    stranger = assemble("Globex")
    foreign = done(stranger, saving.create_saved_reply, name="Foreign", body="x")
    assert agent.get(f"{home}/{foreign}").status_code == 404
    assert agent.post(f"{home}/{foreign}/delete").status_code == 404
    assert agent.get(f"{home}/{foreign}/delete").status_code == 404
    assert "Delete “Thanks”?" in agent.get(f"{home}/{reply.id}/delete").content.decode()
    assert "“Thanks” is deleted." in agent.post(f"{home}/{reply.id}/delete", follow=True).content.decode()
    assert not workspace_of(acme).saved_replies.exists()


def test_what_is_deleted_is_not_shown_as_another_ticket(acme: Troupe, agent: Client) -> None:
    ticket, gone = opened(acme), opened(acme, "Vanished")
    done(acme, removing.remove, gone.id)
    assert "Vanished" not in page_of(agent, acme, ticket)
