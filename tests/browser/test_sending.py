"""Sending when things go wrong: pressed twice, no answer, signed out. No text is lost, and nothing is sent twice."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.looks import assert_accessible
from tests.browser.signing_in import sign_in
from tests.cast import COMMAND, Player
from tixallo.tickets import removing
from tixallo.tickets.models import HeldReply, Message, Note
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.once]

# What the browser says of an answer that never came.
_BROKEN = ("ERR_FAILED", "ERR_CONNECTION", "401", "403")


def counts(workspace_id: str) -> tuple[int, int, int]:
    """How many held replies, messages and notes there are (runs backstage)."""
    held, messages, notes = (
        model.objects.filter(workspace_id=workspace_id).count() for model in (HeldReply, Message, Note)
    )
    return held, messages, notes


def deleted(workspace_id: str, ticket_id: str) -> None:
    """Delete the ticket as somebody else would (runs backstage)."""
    with change(workspace_id, COMMAND) as opened:
        removing.remove(opened, ticket_id)


def hold(person_id: str, seconds: int) -> None:
    """Let a person's replies be held for so long (runs backstage)."""
    Person.objects.filter(id=person_id).update(hold_seconds=seconds)


@pytest.fixture
def ticket(acme: Player) -> Any:
    return acme.ticket(subject="Invoice shows the wrong VAT", customer_email="billing@globex.example")


def test_keys_pressed_twice_send_once(acme: Player, visit: Callable[..., Page]) -> None:
    page = visit()
    page.locator("#reply-body").fill("Dear customer")
    page.keyboard.press("Control+Enter", delay=0)
    page.keyboard.press("Control+Enter", delay=0)
    expect(page.locator(".entry-held")).to_have_count(1)
    page.wait_for_timeout(500)
    assert acme.backstage(counts, acme.id) == (1, 0, 0)
    expect(page.locator("#reply-body")).to_have_value("")


def test_a_double_click_over_a_slow_line_sends_once(acme: Player, visit: Callable[..., Page]) -> None:
    page = visit()

    def slow(route: Route) -> None:
        time.sleep(0.7)
        route.continue_()

    page.route(re.compile(r"/reply\?"), slow)
    page.locator("#reply-body").fill("Dear customer")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.locator(".entry-held")).to_have_count(1)
    page.wait_for_timeout(1_000)
    assert acme.backstage(counts, acme.id) == (1, 0, 0)


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_what_does_not_arrive_is_in_its_form_again(acme: Player, visit: Callable[..., Page], kind: str) -> None:
    page = visit(allow=_BROKEN)
    address = page.url

    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    page.context.route(re.compile(rf"/{kind}\?"), refuse)
    page.keyboard.press(kind[0])
    # Sent before a second has passed, so that no draft has been saved.
    page.keyboard.type("A text that was typed in one go")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(1_000)
    assert page.url.startswith("chrome-error:")
    page.context.unroute(re.compile(rf"/{kind}\?"), refuse)
    page.goto(f"{address}#{kind}")
    expect(page.locator(f"#{kind}-body")).to_have_value("A text that was typed in one go")
    page.locator(f"#{kind}-body").press("Control+Enter")
    expect(page.locator(".entry-held, .entry-note")).to_have_count(1)
    expect(page.locator(f"#{kind}-body")).to_have_value("")
    page.reload()
    expect(page.locator(f"#{kind}-body")).to_have_value("")


def test_what_arrives_without_an_answer_is_not_in_the_form_again(acme: Player, visit: Callable[..., Page]) -> None:
    page = visit(allow=_BROKEN)
    address = page.url

    def swallow(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.context.route(re.compile(r"/reply\?"), swallow)
    page.locator("#reply-body").fill("Dear customer")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(1_000)
    assert page.url.startswith("chrome-error:")
    page.goto(address)
    expect(page.locator(".entry-held")).to_contain_text("Dear customer")
    expect(page.locator("#reply-body")).to_have_value("")
    assert acme.backstage(counts, acme.id) == (1, 0, 0)


def test_after_send_and_resolve_the_text_is_nowhere_again(
    acme: Player, ticket: Any, visit: Callable[..., Page]
) -> None:
    later = acme.ticket(subject="The one after it", customer_email="billing@globex.example")
    page = visit()
    address = page.url
    page.locator("#reply-body").fill("Dear customer")
    page.get_by_label("Send and…").click()
    page.get_by_role("button", name="Send and resolve").click()
    expect(page).to_have_url(re.compile(rf"/tickets/{later['ticket_number']}\?"))
    expect(page.locator("#reply-body")).to_have_value("")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#reply-body")).to_have_value("Dear customer")
    page.locator("#reply-body").fill("")
    page.wait_for_timeout(1_500)
    page.goto(address)
    expect(page.locator("#reply-body")).to_have_value("")


def test_signed_out_between_typing_and_sending_the_text_waits(acme: Player, visit: Callable[..., Page]) -> None:
    page = visit(allow=_BROKEN)
    address = page.url
    page.locator("#reply-body").press_sequentially("Dear customer")
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Dear customer")).to_be_visible()
    sign_in(page.context, acme, acme.agent)
    page.goto(address)
    expect(page.locator("#reply-body")).to_have_value("Dear customer")
    assert acme.backstage(counts, acme.id) == (0, 0, 0)


def test_whoever_signs_in_next_in_the_tab_does_not_get_the_text(acme: Player, visit: Callable[..., Page]) -> None:
    page = visit(allow=_BROKEN)
    address = page.url
    page.locator("#note > summary").click()
    session: Any = page.context.cookies()
    page.context.clear_cookies()
    page.locator("#note-body").press_sequentially("For my eyes only")
    expect(page.locator("#note [data-draft-state]").last).to_contain_text("You were signed out")
    page.context.clear_cookies()
    sign_in(page.context, acme, acme.admin)
    page.goto("about:blank")
    page.goto(f"{address}#note")
    page.wait_for_timeout(1_500)
    expect(page.locator("#note-body")).to_have_value("")
    # It waits for whoever wrote it.
    page.context.clear_cookies()
    page.context.add_cookies(session)
    page.goto("about:blank")
    page.goto(f"{address}#note")
    expect(page.locator("#note-body")).to_have_value("For my eyes only")


def test_signed_out_meanwhile_the_page_says_so_and_leads_to_signing_in(
    acme: Player, visit: Callable[..., Page]
) -> None:
    page = visit(allow=_BROKEN)
    session: Any = [cookie for cookie in page.context.cookies() if "session" in str(cookie.get("name"))]
    page.context.clear_cookies(name=re.compile("session"))
    told = page.get_by_role("link", name="You were signed out.")
    expect(told).to_be_visible()
    assert_accessible(page)
    # Signed in again in another tab, all is well.
    page.context.add_cookies(session)
    expect(told).to_be_hidden()
    page.context.clear_cookies(name=re.compile("session"))
    told.click()
    expect(page).to_have_url(re.compile("/account/login/.*next="))


# ---- Two forms, and colleagues


def test_a_reply_that_is_not_saved_yet_is_there_after_a_note_was_added(visit: Callable[..., Page]) -> None:
    page = visit()
    page.locator("#reply-body").fill("Dear customer")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("Look")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry-note")).to_contain_text("Look")
    expect(page.locator("#reply-body")).to_have_value("Dear customer")


def test_a_note_is_moved_below_a_reply_that_is_not_saved_yet(visit: Callable[..., Page]) -> None:
    page = visit()
    page.locator("#reply-body").fill("Dear customer")
    page.locator("#note > summary").click()
    page.locator("#note-body").fill("Look")
    page.get_by_role("button", name="Move text to reply").click()
    expect(page.locator("#reply-body")).to_have_value("Dear customer\n\nLook")
    expect(page.locator("#reply-body")).to_be_focused()
    page.wait_for_timeout(1_500)
    page.reload()
    expect(page.locator("#reply-body")).to_have_value("Dear customer\n\nLook")


def test_whoever_writes_while_a_ticket_is_merged_is_told_and_keeps_the_text(
    acme: Player, ticket: Any, visit: Callable[..., Page]
) -> None:
    into = acme.ticket(subject="VAT again", customer_email="billing@globex.example")
    page = visit()
    page.locator("#reply-body").fill("Dear customer")
    acme.post(f"/tickets/{ticket['id']}/merge", {"into": into["id"]})
    expect(page.locator("#moved")).to_contain_text(f"This ticket was merged into #{into['ticket_number']}.")
    assert_accessible(page)
    page.locator("#reply-body").press("Control+Enter")
    expect(page).to_have_url(re.compile(rf"/tickets/{into['ticket_number']}\b"))
    expect(page.locator("#reply-body")).to_have_value("Dear customer")
    expect(page.locator("#reply-body")).to_be_focused()


def test_whoever_writes_while_a_ticket_is_deleted_is_told(
    acme: Player, ticket: Any, visit: Callable[..., Page]
) -> None:
    page = visit(allow=("404",))
    page.locator("#reply-body").fill("Dear customer")
    acme.backstage(deleted, acme.id, ticket["id"])
    expect(page.locator("#offline")).to_have_text(re.compile("no longer here"))
    page.locator("#reply-body").press("Control+Enter")
    expect(page.get_by_text("Dear customer")).to_be_visible()


def test_the_time_of_a_held_reply_is_counted_down(acme: Player, visit: Callable[..., Page]) -> None:
    acme.backstage(hold, acme.agent.id, 60)
    page = visit()
    page.locator("#reply-body").fill("Dear customer")
    page.keyboard.press("Control+Enter")
    held = page.locator(".entry-hold")
    expect(held).to_have_text(re.compile(r"^Sends in \d+ s$"))
    page.evaluate("Date.now = () => Date.parse(document.querySelector('.entry-hold time').dateTime) - 7_500")
    expect(held).to_have_text("Sends in 7 s")
    page.evaluate("Date.now = (was => () => was)(Date.now() + 8_000)")
    expect(held).to_have_text("Is being sent")
