"""A ticket's facts where there is no room for them beside the conversation."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.signing_in import home, sign_in
from tests.cast import Player

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def ticket(acme: Player) -> Any:
    return acme.ticket(subject="Invoice shows the wrong VAT, and the one before it did so as well")


def test_what_arrow_keys_pass_over_is_not_chosen(acme: Player, ticket: Any, visit: Callable[..., Page]) -> None:
    page = visit()
    saves: list[str] = []
    page.on("request", lambda request: saves.append(request.url))
    # However long the test takes from one key to the next, no pause passes between them.
    page.clock.install()
    page.clock.pause_at(time.time() + 5)
    page.keyboard.press("p")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.clock.resume()
    expect(page.locator("#toasts .toast")).to_have_count(1)
    assert len([url for url in saves if url.endswith("/edit")]) == 1
    assert acme.get(f"/tickets/{ticket['id']}").data["priority"] == "urgent"
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert acme.get(f"/tickets/{ticket['id']}").data["priority"] == "medium"


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_what_is_confirmed_or_left_is_chosen_at_once(visit: Callable[..., Page], key: str) -> None:
    page = visit()
    page.evaluate("window.setTimeout = () => 1")
    page.keyboard.press("p")
    page.keyboard.press("ArrowDown")
    with page.expect_response(lambda answer: answer.url.endswith("/edit")) as saved:
        page.keyboard.press(key)
    assert "priority=high" in (saved.value.request.post_data or "")


def test_a_choice_arrives_though_the_page_is_left(acme: Player, ticket: Any, visit: Callable[..., Page]) -> None:
    page = visit()
    page.keyboard.press("p")
    page.keyboard.press("ArrowDown")
    page.goto(f"{home(acme)}/")
    page.goto(f"{home(acme)}/tickets/{ticket['ticket_number']}")
    expect(page.locator("#priority")).to_have_value("high")


def test_of_many_short_messages_two_stay(visit: Callable[..., Page]) -> None:
    page = visit()
    for priority in ("low", "high", "urgent"):
        with page.expect_response(lambda answer: answer.url.endswith("/edit")):
            page.locator("#priority").select_option(priority)
            page.locator("#priority").blur()
    expect(page.locator("#timeline")).to_contain_text("set the priority to Urgent")
    expect(page.locator("#toasts .toast")).to_have_count(2)


def test_on_the_narrowest_page_a_subject_has_its_own_row(visit: Callable[..., Page]) -> None:
    page = visit(width=320)
    subject = page.locator(".conversation-title").bounding_box()
    back = page.locator(".conversation-head > .back-link").bounding_box()
    assert subject
    assert back
    assert subject["width"] > 280
    assert subject["y"] >= back["y"] + back["height"]


def test_no_line_of_an_entrys_head_begins_or_ends_with_a_dot(visit: Callable[..., Page]) -> None:
    head = visit(width=320).locator(".entry-head").first
    assert "·" not in head.inner_text()
    head.evaluate("(element) => { element.style.width = '1px'; }")
    edges = head.evaluate(
        """(element) => [...element.querySelectorAll(":scope > :is(span, a)")].map((each) => {
          const dot = each.getBoundingClientRect().left + parseFloat(getComputedStyle(each, "::before").left);
          return dot < element.getBoundingClientRect().left;
        })"""
    )
    assert len(edges) > 1
    assert all(edges)


@pytest.mark.parametrize("width", [390, 1000])
def test_letters_open_the_facts_where_they_are_folded_away(new_page: Watched, acme: Player, width: int) -> None:
    ticket = acme.ticket(subject="Invoice shows the wrong VAT")
    page = new_page(width=width)
    sign_in(page.context, acme, acme.agent)
    page.goto(f"{home(acme)}/tickets/{ticket['ticket_number']}")
    facts = page.locator("#choices")
    expect(facts.get_by_label("Status")).to_be_hidden()
    for letter, name in (("s", "Status"), ("p", "Priority"), ("a", "Assignee")):
        page.keyboard.press(letter)
        expect(facts.get_by_label(name)).to_be_focused()
        page.keyboard.press("Escape")
        expect(facts.get_by_label(name)).to_be_hidden()
    page.keyboard.press("t")
    expect(page.get_by_label("Tags, separated by commas")).to_be_focused()
    page.keyboard.type("vat")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Saved.")
    assert acme.get(f"/tickets/{ticket['id']}").data["tags"] == ["vat"]
