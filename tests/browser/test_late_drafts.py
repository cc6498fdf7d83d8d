"""A draft that is saved while its text is being sent arrives late, and does not bring the text back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.cast import Player
from tixallo.tickets.models import Draft

pytestmark = [pytest.mark.browser, pytest.mark.once]

# What the browser says of a save that it has given up.
_BROKEN = ("ERR_FAILED", "ERR_ABORTED")


def drafts(workspace_id: str) -> list[list[str]]:
    """The kinds and texts of all drafts (runs backstage)."""
    return [list(row) for row in Draft.objects.filter(workspace_id=workspace_id).values_list("kind", "body")]


@pytest.fixture
def ticket(acme: Player) -> Any:
    return acme.ticket()


def held_back(page: Page, kind: str) -> list[Request]:
    """Let the saves of a draft wait on the way; return those that do."""
    waiting: list[Request] = []

    def hold(route: Route) -> None:
        waiting.append(route.request)

    page.context.route(re.compile(rf"/drafts/{kind}$"), hold)
    return waiting


def arrive(page: Page, late: list[Request]) -> None:
    """Let the saves that wait arrive at the server."""
    assert late, "no save was on its way"
    for request in late:
        assert page.context.request.fetch(request, fail_on_status_code=True).status == 204
    late.clear()


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_what_was_sent_is_no_draft_again(acme: Player, visit: Callable[..., Page], kind: str) -> None:
    page = visit(allow=_BROKEN)
    page.keyboard.press(kind[0])
    late = held_back(page, kind)
    with page.expect_request(re.compile(rf"/drafts/{kind}$")):
        page.keyboard.type("Dear customer")
    page.keyboard.press("Control+Enter")
    # Held, it may be released meanwhile.
    expect(page.locator("#timeline")).to_contain_text("Dear customer")
    arrive(page, late)
    page.goto(f"{page.url.partition('#')[0]}#{kind}")
    page.reload()
    expect(page.locator(f"#{kind}-body")).to_have_value("")
    assert acme.backstage(drafts, acme.id) == []


def test_a_text_that_was_moved_is_in_the_reply_alone(acme: Player, visit: Callable[..., Page]) -> None:
    page = visit(allow=_BROKEN)
    # However long it takes to look, the page does not lose its patience.
    page.clock.install()
    page.reload()
    page.keyboard.press("n")
    held: list[Route] = []
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))

    def hold(route: Route) -> None:
        held.append(route)

    page.context.route(re.compile(r"/drafts/note$"), hold)
    with page.expect_request(re.compile(r"/drafts/note$")):
        page.keyboard.type("Look")
    page.clock.pause_at(page.evaluate("Date.now() / 1_000") + 1)
    page.get_by_role("button", name="Move text to reply").click()
    page.wait_for_timeout(300)
    # It goes on its way when what was before it has arrived.
    assert [url for url in sent if "/note?" in url] == []
    held.pop().continue_()
    expect(page.locator("#reply-body")).to_have_value("Look")
    expect(page.locator("#note-body")).to_have_value("")
    assert acme.backstage(drafts, acme.id) == [["reply", "Look"]]


def test_a_text_is_moved_though_its_save_gets_no_answer(acme: Player, visit: Callable[..., Page]) -> None:
    page = visit(allow=_BROKEN)
    page.keyboard.press("n")
    held_back(page, "note")
    with page.expect_request(re.compile(r"/drafts/note$")):
        page.keyboard.type("Look")
    page.get_by_role("button", name="Move text to reply").click()
    expect(page.locator("#reply-body")).to_have_value("Look")
    assert acme.backstage(drafts, acme.id) == [["reply", "Look"]]


def test_sending_a_reply_leaves_a_note_that_is_saved_late(acme: Player, visit: Callable[..., Page]) -> None:
    page = visit(allow=_BROKEN)
    late = held_back(page, "note")
    page.keyboard.press("n")
    with page.expect_request(re.compile(r"/drafts/note$")):
        page.keyboard.type("Look")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("Dear customer")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Dear customer")
    arrive(page, late[:1])
    assert acme.backstage(drafts, acme.id) == [["note", "Look"]]
