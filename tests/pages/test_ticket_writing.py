"""Replies, notes and drafts on a ticket's page: no text is lost, whatever stands in the way."""

import re
from datetime import timedelta
from zlib import crc32

import pytest
from django.conf import settings
from django.test import Client

from tests.cast import Troupe
from tests.pages.conftest import browser_of, new_browser
from tests.pages.inbox_stage import opened, said, subjects, text
from tests.pages.ticket_stage import at, draft_of, field, page_of
from tests.tickets.acting import answers, done, holds, log_of, work
from tixallo.kit import clock
from tixallo.tickets import merging, removing
from tixallo.tickets.models import LONGEST_TEXT, HeldReply, Message, Note, Ticket
from tixallo.workspaces.models import Person

pytestmark = pytest.mark.django_db


def begun(page: str) -> dict[str, str]:
    """What a page shows of drafts that have no form any more."""
    return dict(re.findall(r'<textarea id="begun-(\w+)" readonly>([^<]*)</textarea>', page))


# ---- Replying


def test_a_reply_is_held_and_then_one_message(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    answer = agent.post(at(acme, ticket, "/reply"), {"body": "Dear Carla,\r\nlook.\r\n"}, follow=True)
    assert "Sends in 10 seconds." in text(answer.content.decode())
    assert f"/held/{HeldReply.objects.get().id}/undo" in answer.content.decode()
    work()
    message = Message.objects.get()
    assert (message.body, message.author_kind, message.author_id) == ("Dear Carla,\nlook.\n", "agent", acme.agent.id)


def test_a_reply_whose_time_is_over_does_not_say_that_it_was_sent(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    agent.post(at(acme, ticket, "/reply"), {"body": "Dear Carla"})
    assert "Sends in" in text(page_of(agent, acme, ticket))
    HeldReply.objects.update(release_at=clock.now() - timedelta(seconds=14))
    shown = text(page_of(agent, acme, ticket))
    assert "Is being sent" in shown
    assert "14 s ago" not in shown


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
    again = dict(re.findall(r'<input type="hidden" name="(seen|then|passing)" value="([^"]*)"', page))
    assert again["then"] == "resolved"
    # What comes after the question is asked about again.
    said(acme, ticket, "STOP, it is solved")
    answer = agent.post(at(acme, ticket, "/reply"), {"body": "My <answer>", **again})
    page = answer.content.decode()
    assert (answer.status_code, "STOP, it is solved" in page) == (409, True)
    again = dict(re.findall(r'<input type="hidden" name="(seen|then|passing)" value="([^"]*)"', page))
    agent.post(at(acme, ticket, "/reply"), {"body": "My <answer>", **again})
    assert HeldReply.objects.get().then == "resolved"
    assert draft_of(acme, ticket) == ""


def test_a_colleagues_held_reply_is_asked_about_once(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    held = holds(acme, ticket.id, "On its way", by=acme.admin)
    answer = agent.post(at(acme, ticket, "/reply"), {"body": "My answer"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'name="passing" value="{held.id} "' in page
    # Sent meanwhile, it is the same reply.
    work()
    assert agent.post(at(acme, ticket, "/reply"), {"body": "My answer", "passing": held.id}).status_code == 302
    assert HeldReply.objects.get().body == "My answer"


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


def test_a_text_that_is_too_large_to_be_read_is_refused_as_that(acme: Troupe, agent: Client) -> None:
    address = at(acme, opened(acme), "/reply")
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost", SERVER_PORT="8000")
    strict.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32
    # It is read by the view, and before it by what looks for the form's proof.
    for browser in (agent, strict):
        answer = browser.post(address, {"body": "x" * 3_000_000})
        assert answer.status_code == 413
        assert "Nothing was changed. Send less at once." in text(answer.content.decode())


def test_the_longest_text_is_taken(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    assert agent.post(at(acme, ticket, "/reply"), {"body": "ß" * LONGEST_TEXT}).status_code == 302
    assert HeldReply.objects.get().body == "ß" * LONGEST_TEXT


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_what_was_written_while_its_ticket_was_merged_waits_in_the_other_one(
    acme: Troupe, agent: Client, kind: str
) -> None:
    ticket, into = opened(acme), opened(acme)
    agent.post(at(acme, ticket, f"/drafts/{kind}"), {"body": "Dear Carla"})
    agent.post(at(acme, into, f"/drafts/{kind}"), {"body": "Begun here"})
    done(acme, merging.merge, ticket.id, into.id)
    answer = agent.post(at(acme, ticket, f"/{kind}"), {"body": "Dear Carla, look"}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(at(acme, into, f"#{kind}"), 302)]
    assert f"#{ticket.number} was merged into this ticket. Nothing was sent; your text waits here." in text(page)
    assert field(page, kind) == "Begun here\n\nDear Carla, look"
    assert draft_of(acme, ticket, kind) == ""
    assert not Note.objects.exists()
    assert not HeldReply.objects.exists()


def test_a_moved_note_goes_below_what_stands_in_the_form(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    agent.post(at(acme, ticket, "/drafts/reply"), {"body": "Dear"})
    agent.post(at(acme, ticket, "/note"), {"body": "Look", "move": "reply", "reply": "Dear Carla,"})
    assert draft_of(acme, ticket) == "Dear Carla,\n\nLook"
    agent.post(at(acme, ticket, "/note"), {"body": "Look", "move": "reply", "reply": " "})
    assert draft_of(acme, ticket) == "Look"


def test_a_moved_note_goes_below_what_another_tab_wrote_and_below_what_stands_in_the_form(
    acme: Troupe, agent: Client
) -> None:
    ticket = opened(acme)
    agent.post(at(acme, ticket, "/drafts/reply"), {"body": "From another tab."})
    sent = {"body": "Look", "move": "reply", "reply": "Dear Carla,", "reply_over": "00000000"}
    agent.post(at(acme, ticket, "/note"), sent)
    assert draft_of(acme, ticket) == "From another tab.\n\nDear Carla,\n\nLook"


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_what_is_sent_takes_no_draft_with_it_that_another_tab_wrote(acme: Troupe, agent: Client, kind: str) -> None:
    ticket = opened(acme)
    kept = agent.post(at(acme, ticket, f"/drafts/{kind}"), {"body": "From another tab."})
    agent.post(at(acme, ticket, f"/{kind}"), {"body": "Look", "over": "00000000"})
    assert draft_of(acme, ticket, kind) == "From another tab."
    agent.post(at(acme, ticket, f"/{kind}"), {"body": "Look", "over": kept["ETag"].strip('"')})
    assert draft_of(acme, ticket, kind) == ""


def test_what_crosses_is_not_saved_over_what_another_tab_wrote(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    agent.post(at(acme, ticket, "/drafts/reply"), {"body": "From another tab."})
    answers(acme, ticket.id, "I have found it", by=acme.admin)
    answer = agent.post(at(acme, ticket, "/reply"), {"body": "Look", "over": "00000000"})
    assert (answer.status_code, field(answer.content.decode(), "reply")) == (409, "Look")
    assert draft_of(acme, ticket) == "From another tab."


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


def test_few_words_come_back_as_well_and_nothing_but_them(acme: Troupe) -> None:
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost", SERVER_PORT="8000")
    strict.force_login(Person.objects.get(id=acme.agent.id))
    ticket = opened(acme)
    found = re.search(r'name="token" value="([^"]*)"', page_of(strict, acme, ticket))
    assert found
    answer = strict.post(at(acme, ticket, "/reply"), {"body": "Yes.", "token": found[1], "seen": ticket.id})
    assert re.findall(r"<textarea[^>]*>([^<]*)</textarea>", answer.content.decode()) == ["Yes."]


@pytest.mark.parametrize("kind", ["reply", "note"])
@pytest.mark.parametrize("spam", [False, True])
def test_a_ticket_that_was_removed_meanwhile_takes_no_text_with_it(
    acme: Troupe, agent: Client, kind: str, spam: bool
) -> None:
    ticket = opened(acme)
    agent.post(at(acme, ticket, f"/drafts/{kind}"), {"body": "Dear"})
    done(acme, removing.remove, ticket.id, spam=spam, by=acme.admin)
    assert agent.post(at(acme, ticket, f"/drafts/{kind}"), {"body": "Dear C"}).status_code == 204
    answer = agent.post(at(acme, ticket, f"/{kind}"), {"body": "Dear Carla"}, follow=True)
    page = answer.content.decode()
    assert "The ticket is gone. Nothing was sent; your text is kept here." in text(page)
    assert begun(page) == {kind: "Dear Carla"}
    assert not HeldReply.objects.exists()
    assert not Note.objects.exists()
    # A colleague sees nothing of it.
    assert begun(page_of(browser_of(acme.admin.id), acme, ticket)) == {}
    done(acme, removing.restore, ticket.id)
    assert field(page_of(agent, acme, ticket), kind) == "Dear Carla"


@pytest.mark.parametrize("kind", ["reply", "note"])
@pytest.mark.parametrize("merged", [False, True])
def test_what_is_too_long_to_be_sent_is_kept_where_the_ticket_is_gone(
    acme: Troupe, agent: Client, kind: str, merged: bool
) -> None:
    ticket, into = opened(acme), opened(acme)
    token = re.findall(r'name="token" value="([^"]*)"', page_of(agent, acme, ticket))[0]
    if merged:
        done(acme, merging.merge, ticket.id, into.id, by=acme.admin)
    else:
        done(acme, removing.remove, ticket.id, by=acme.admin)
    long = "x" * LONGEST_TEXT + "\ny"
    answer = agent.post(at(acme, ticket, f"/{kind}"), {"body": long.replace("\n", "\r\n"), "token": token})
    # The browser, which kept it as well, forgets it.
    assert f"sent-{token.partition(':')[0]}" in answer.cookies
    assert draft_of(acme, into if merged else ticket, kind) == long
    assert agent.post(at(acme, ticket, f"/{kind}"), {"body": " "}).status_code == 422
    assert draft_of(acme, into if merged else ticket, kind) == long


@pytest.mark.parametrize("spam", [False, True])
def test_a_reply_whose_ticket_is_gone_at_its_release_is_found_among_the_drafts(
    acme: Troupe, agent: Client, spam: bool
) -> None:
    ticket = opened(acme, "Zeppelin")
    agent.post(at(acme, ticket, "/reply"), {"body": "Dear Carla"})
    done(acme, removing.remove, ticket.id, spam=spam, by=acme.admin)
    work()
    assert not Message.objects.exists()
    drafts = f"/w/{acme.slug}/tickets/drafts"
    page = agent.get(drafts).content.decode()
    assert subjects(page) == ["Zeppelin"]
    assert ("Spam" if spam else "Deleted") in text(page)
    assert subjects(browser_of(acme.admin.id).get(drafts).content.decode()) == []
    assert begun(page_of(agent, acme, ticket)) == {"reply": "Dear Carla"}

    answer = agent.post(at(acme, ticket, "/drafts/reply/discard"), follow=True)
    assert "The draft is deleted." in text(answer.content.decode())
    assert begun(answer.content.decode()) == {}
    assert subjects(agent.get(drafts).content.decode()) == []
    assert agent.post(at(acme, ticket, "/drafts/letter/discard")).status_code == 404


def test_a_held_reply_is_taken_back_from_a_ticket_that_is_gone(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    held = holds(acme, ticket.id, "Dear Carla", by=acme.agent)
    done(acme, removing.remove, ticket.id, by=acme.admin)
    answer = agent.post(at(acme, ticket, f"/held/{held.id}/undo"), follow=True)
    assert begun(answer.content.decode()) == {"reply": "Dear Carla"}
    work()
    assert draft_of(acme, ticket) == "Dear Carla"


def test_a_draft_on_a_ticket_that_was_merged_is_found_and_moved_to_the_other_one(acme: Troupe, agent: Client) -> None:
    ticket, into = opened(acme, "Zeppelin"), opened(acme)
    for kind in ("reply", "note"):
        agent.post(at(acme, ticket, f"/drafts/{kind}"), {"body": f"Dear\n{kind}"})
    done(acme, merging.merge, ticket.id, into.id, by=acme.admin)
    assert subjects(agent.get(f"/w/{acme.slug}/tickets/drafts").content.decode()) == ["Zeppelin"]
    page = page_of(agent, acme, ticket)
    assert begun(page) == {"reply": "Dear\nreply", "note": "Dear\nnote"}
    moves = re.findall(r'action="([^"]*)">[^<]*<[^>]*>[^<]*<input type="hidden" name="body" value="([^"]*)">', page)
    assert [address for address, _ in moves] == [at(acme, ticket, f"/{kind}?view=open") for kind in ("reply", "note")]
    for address, body in moves:
        page = agent.post(address, {"body": body}, follow=True).content.decode()
    assert (field(page, "reply"), field(page, "note")) == ("Dear\nreply", "Dear\nnote")
    assert begun(page_of(agent, acme, ticket)) == {}
    assert not HeldReply.objects.exists()


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


def test_what_a_page_brings_that_is_left_goes_below_what_another_tab_wrote(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    agent.post(at(acme, ticket, "/drafts/reply"), {"body": "From the first tab."})
    late = {"body": "From the second tab.", "over": ""}
    answer = agent.post(at(acme, ticket, "/drafts/reply"), late)
    assert (answer.status_code, answer.content) == (409, b"From the first tab.")
    kept = agent.post(at(acme, ticket, "/drafts/note"), {"body": "Look"})
    assert (kept.status_code, kept["ETag"]) == (204, f'"{crc32(b"Look"):08x}"')
    # Nothing comes twice, and nothing is emptied unseen.
    for body in ("From the second tab.", "From the second tab.", " "):
        assert agent.post(at(acme, ticket, "/drafts/reply"), {**late, "body": body, "leaving": "1"}).status_code == 204
        assert field(page_of(agent, acme, ticket), "reply") == "From the first tab.\n\nFrom the second tab."


def test_who_is_there_is_shown_to_others_until_they_leave(acme: Troupe, agent: Client) -> None:
    ticket, admin = opened(acme), browser_of(acme.admin.id)
    for kind, told in (("here", "is here."), ("reply", "is writing a reply."), ("note", "is writing a note.")):
        assert admin.post(at(acme, ticket, "/present"), {"kind": kind}).status_code == 204
        assert f"Acme Admin {told}" in text(page_of(agent, acme, ticket))
        assert told not in text(page_of(admin, acme, ticket))
    admin.post(at(acme, ticket, "/present"), {"kind": "away"})
    assert "Acme Admin is" not in text(page_of(agent, acme, ticket))
    assert admin.post(at(acme, ticket, "/present"), {"kind": "gone"}).status_code == 404
