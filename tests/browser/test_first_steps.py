"""The cards of the first steps tick themselves off on a page that stands open."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.signing_in import home, sign_in
from tests.cast import Player

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_the_card_of_the_key_is_done_once_its_first_ticket_has_come(acme: Player, new_page: Watched) -> None:
    page = new_page()
    sign_in(page.context, acme, acme.owner)
    page.goto(f"{home(acme)}/tickets/unassigned")
    page.evaluate("window.neverReloaded = true")
    card = page.get_by_role("article").filter(has_text="Create a key and make a ticket").filter(visible=True)
    expect(card).to_have_count(1)
    expect(card.get_by_text("Done:")).to_have_count(0)
    acme.ticket()
    expect(card.get_by_text("Done:")).to_have_count(1)
    assert page.evaluate("window.neverReloaded")
