"""A ticket's facts where there is no room for them beside the conversation."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.signing_in import home, sign_in
from tests.cast import Player

pytestmark = [pytest.mark.browser, pytest.mark.once]


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
