"""A ticket's page: what it shows, what its forms do, and that no text is lost, whatever stands in the way."""

import re
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Troupe, assemble
from tests.pages.conftest import new_browser
from tests.pages.inbox_stage import browser_of, edited, opened, said, subjects, text
from tests.tickets.acting import answers, done, holds, log_of, person_of, work, workspace_of
from tixallo.kit import clock
from tixallo.kit.ids import new_id
from tixallo.tickets import drafting, merging, noting, presence, reading, removing, saving
from tixallo.tickets.models import LONGEST_TEXT, HeldReply, Message, Note, Presence, ReadMark, Ticket
from tixallo.workspaces.models import Letter, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.fixture
def agent(acme: Troupe) -> Client:
    return browser_of(acme.agent.id)


def at(acme: Troupe, ticket: Ticket, rest: str = "") -> str:
    return f"/w/{acme.slug}/tickets/{ticket.number}{rest}"


def page_of(browser: Client, acme: Troupe, ticket: Ticket, rest: str = "") -> str:
    answer = browser.get(at(acme, ticket, rest))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def field(page: str, name: str) -> str:
    """What stands in a text field of a page."""
    found = re.search(rf'<textarea[^>]*id="{name}-body"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found, name
    return found[1]


def draft_of(acme: Troupe, ticket: Ticket, kind: str = "reply") -> str:
    drafts = drafting.of_ticket(workspace_of(acme), person_of(acme.agent), ticket.id)
    return drafts[kind].body if kind in drafts else ""


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
        *("Tax table changed in April", "Acme Admin set the priority to Urgent", "Carla Customer", "May."),
    ]
    assert [shown.index(place) for place in places] == sorted(shown.index(place) for place in places)
    assert re.search(r"<details[^>]*><summary[^>]*>…</summary><div[^>]*>On Monday, you wrote:\s+&gt; Which", page)
    assert page.count("<h1") == 1
    assert "#1 Invoice shows the wrong VAT · Acme</title>" in page


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


# ---- Replying


def test_a_reply_is_held_and_then_one_message(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    answer = agent.post(at(acme, ticket, "/reply"), {"body": "Dear Carla,\r\nlook.\r\n"}, follow=True)
    assert "Sends in 10 seconds." in text(answer.content.decode())
    assert f"/held/{HeldReply.objects.get().id}/undo" in answer.content.decode()
    work()
    message = Message.objects.get()
    assert (message.body, message.author_kind, message.author_id) == ("Dear Carla,\nlook.\n", "agent", acme.agent.id)


def test_without_a_hold_it_goes_at_once(acme: Troupe, agent: Client) -> None:
    Person.objects.filter(id=acme.agent.id).update(hold_seconds=0)
    ticket = opened(acme)
    agent.post(at(acme, ticket, "/reply"), {"body": "Look.", "then": "pending"})
    assert Message.objects.get().body == "Look."
    assert Ticket.objects.get().status == "pending"


def test_undoing_puts_the_text_back_into_the_form(acme: Troupe, agent: Client) -> None:
    ticket, before = opened(acme), log_of(acme)
    agent.post(at(acme, ticket, "/reply"), {"body": "Dear Carla"})
    answer = agent.post(at(acme, ticket, f"/held/{HeldReply.objects.get().id}/undo"), follow=True)
    page = answer.content.decode()
    assert "Not sent. Your text is back." in text(page)
    assert field(page, "reply") == "Dear Carla"
    work()
    assert not Message.objects.exists()
    assert log_of(acme) == before


def test_a_colleagues_held_reply_is_shown_without_its_undo(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    held = holds(acme, ticket.id, "On its way", by=acme.admin)
    page = page_of(agent, acme, ticket)
    assert "On its way" in page
    assert held.id + "/undo" not in page
    assert agent.post(at(acme, ticket, f"/held/{held.id}/undo")).status_code == 404


def test_a_reply_that_another_crossed_comes_back_with_its_text_and_can_be_sent_anyway(
    acme: Troupe, agent: Client
) -> None:
    ticket = opened(acme)
    said(acme, ticket)
    seen = Message.objects.get().id
    answers(acme, ticket.id, "I have found it", by=acme.admin)
    sent = {"body": "My <answer>", "seen": seen, "then": "resolved"}
    answer = agent.post(at(acme, ticket, "/reply"), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Acme Admin replied while you wrote. Nothing was sent; your text is kept." in text(page)
    assert "I have found it" in page
    assert field(page, "reply") == "My &lt;answer&gt;"
    assert draft_of(acme, ticket) == "My <answer>"
    assert not HeldReply.objects.exists()
    again = dict(re.findall(r'<input type="hidden" name="(seen|then)" value="([^"]*)"', page))
    assert again["then"] == "resolved"
    agent.post(at(acme, ticket, "/reply"), {"body": "My <answer>", "anyway": "true", **again})
    assert HeldReply.objects.get().then == "resolved"
    assert draft_of(acme, ticket) == ""


@pytest.mark.parametrize("kind", ["reply", "note"])
@pytest.mark.parametrize("body", ["", " \r\n ", "x" * (LONGEST_TEXT + 1)], ids=["empty", "blank", "long"])
def test_a_text_that_says_nothing_or_too_much_comes_back_with_the_reason(
    acme: Troupe, agent: Client, kind: str, body: str
) -> None:
    ticket = opened(acme)
    answer = agent.post(at(acme, ticket, f"/{kind}"), {"body": body})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{kind}-error"' in page
    assert field(page, kind).strip() == body.strip()
    assert not HeldReply.objects.exists()
    assert not Note.objects.exists()


def test_the_longest_text_is_taken(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    assert agent.post(at(acme, ticket, "/reply"), {"body": "ß" * LONGEST_TEXT}).status_code == 302
    assert HeldReply.objects.get().body == "ß" * LONGEST_TEXT


def test_a_text_that_nobody_may_send_any_more_is_shown_again(acme: Troupe, agent: Client) -> None:
    ticket, into = opened(acme), opened(acme)
    long = "A long answer to a long question, as it was written."
    done(acme, merging.merge, ticket.id, into.id)
    answer = agent.post(at(acme, ticket, "/reply"), {"body": long})
    assert (answer.status_code, long in answer.content.decode()) == (409, True)


def test_who_was_signed_out_gets_the_text_back(acme: Troupe) -> None:
    long = "A long answer to a long question, as it was written."
    answer = new_browser().post(at(acme, opened(acme), "/reply"), {"body": long})
    assert answer.status_code in (401, 403)
    assert long in answer.content.decode()
    assert "/account/login/?next=" in answer.content.decode()


def test_a_form_whose_proof_has_expired_comes_back_with_its_text(acme: Troupe) -> None:
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost", SERVER_PORT="8000")
    strict.force_login(Person.objects.get(id=acme.agent.id))
    long = "A long answer to a long question, as it was written."
    answer = strict.post(at(acme, opened(acme), "/reply"), {"body": long})
    assert (answer.status_code, long in answer.content.decode()) == (403, True)


# ---- Notes, drafts, presence


def test_a_note_is_added_and_its_draft_is_done(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    assert agent.post(at(acme, ticket, "/drafts/note"), {"body": "Loo"}).status_code == 204
    assert agent.post(at(acme, ticket, "/drafts/reply"), {"body": "Dear"}).status_code == 204
    agent.post(at(acme, ticket, "/note"), {"body": "Look"})
    page = page_of(agent, acme, ticket)
    assert Note.objects.get().body == "Look"
    assert (field(page, "note"), field(page, "reply")) == ("", "Dear")


def test_a_note_moved_to_the_reply_is_a_draft_and_sends_nothing(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    agent.post(at(acme, ticket, "/drafts/reply"), {"body": "Dear"})
    answer = agent.post(at(acme, ticket, "/note"), {"body": "Carla", "move": "reply"})
    assert answer["Location"].endswith("#reply")
    page = page_of(agent, acme, ticket)
    assert (field(page, "note"), field(page, "reply")) == ("", "Dear\n\nCarla")
    assert not Note.objects.exists()
    assert not HeldReply.objects.exists()


def test_a_draft_is_ones_own(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    agent.post(at(acme, ticket, "/drafts/reply"), {"body": "Dear"})
    assert field(page_of(browser_of(acme.admin.id), acme, ticket), "reply") == ""
    agent.post(at(acme, ticket, "/drafts/reply"), {"body": ""})
    assert field(page_of(agent, acme, ticket), "reply") == ""
    assert agent.post(at(acme, ticket, "/drafts/letter"), {"body": "Dear"}).status_code == 404


def test_who_is_there_is_shown_to_others_until_they_leave(acme: Troupe, agent: Client) -> None:
    ticket, admin = opened(acme), browser_of(acme.admin.id)
    for kind, told in (("here", "is here."), ("reply", "is writing a reply."), ("note", "is writing a note.")):
        assert admin.post(at(acme, ticket, "/present"), {"kind": kind}).status_code == 204
        assert f"Acme Admin {told}" in text(page_of(agent, acme, ticket))
        assert told not in text(page_of(admin, acme, ticket))
    admin.post(at(acme, ticket, "/present"), {"kind": "away"})
    assert "Acme Admin is" not in text(page_of(agent, acme, ticket))
    assert admin.post(at(acme, ticket, "/present"), {"kind": "gone"}).status_code == 404


# ---- Polling


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


def test_a_poll_brings_no_field_to_write_in(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    page = poll(agent, acme, ticket, "")[1]
    assert "<textarea" not in page
    assert re.findall(r'<input(?![^>]*type="(?:hidden|checkbox)")', page) == []


def test_only_news_of_others_are_announced(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    answers(acme, ticket.id, "My own")
    done(acme, noting.add_note, ticket.id, "A note", by=acme.admin)
    assert "data-announce" not in poll(agent, acme, ticket, "")[1]
    said(acme, ticket, 'Is "it" there?')
    announced = 'data-announce="New message from Carla: Is &quot;it&quot; there?"'
    assert announced in poll(agent, acme, ticket, "")[1]


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


def test_a_script_gets_the_toast_alone(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    answer = agent.post(at(acme, ticket, "/edit"), {"status": "resolved"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Saved." in answer.content.decode()
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
    assert agent.get(at(acme, ticket)).status_code == 404
    assert agent.post(at(acme, ticket, "/reply"), {"body": "Hello"}).status_code == 404
    answer = agent.post(at(acme, ticket, "/restore"), follow=True)
    assert "Zeppelin" in answer.content.decode()


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
    agent.post(f"{home}/{reply.id}/delete")
    assert not workspace_of(acme).saved_replies.exists()


def test_what_is_deleted_is_not_shown_as_another_ticket(acme: Troupe, agent: Client) -> None:
    ticket, gone = opened(acme), opened(acme, "Vanished")
    done(acme, removing.remove, gone.id)
    assert "Vanished" not in page_of(agent, acme, ticket)
