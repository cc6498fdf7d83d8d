"""The audit page in the browser: opened by keyboard, filtered, and fit for every width, theme and reader."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible, assert_fits
from tests.browser.signing_in import home, sign_in
from tests.cast import Player, add_key

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_an_entry_is_opened_by_keyboard_and_the_filter_stands_in_the_address(acme: Player, new_page: Watched) -> None:
    acme.backstage(add_key, acme.id)
    page = new_page()
    sign_in(page.context, acme, acme.owner)
    page.goto(f"{home(acme)}/audit")
    summary = page.locator(".audit-entry summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".audit-entry dl").first).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Action", exact=True).select_option("key.created")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**action=key.created**")
    sentences = page.locator(".audit-what").all_inner_texts()
    assert sentences
    assert all("created key" in sentence for sentence in sentences)


def test_an_entry_leads_to_its_object_and_to_all_that_happened_to_it(acme: Player, new_page: Watched) -> None:
    acme.ticket(subject="Broken")
    page = new_page()
    sign_in(page.context, acme, acme.owner)
    page.goto(f"{home(acme)}/audit?action=ticket.created")
    page.locator(".audit-entry summary").first.click()
    page.get_by_role("link", name="All that happened to it").click()
    expect(page.get_by_text("Only what happened to: Ticket #1 Broken")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Show all objects").click()
    page.wait_for_url(f"{home(acme)}/audit")
    page.goto(f"{home(acme)}/audit?action=ticket.created")
    page.locator(".audit-entry summary").first.click()
    page.get_by_role("link", name="#1 Broken").click()
    page.wait_for_url(f"{home(acme)}/tickets/1")


def test_a_filter_that_makes_no_sense_says_so_and_nothing_found_too(acme: Player, new_page: Watched) -> None:
    page = new_page(allow=("422",))
    sign_in(page.context, acme, acme.owner)
    page.goto(f"{home(acme)}/audit?who=x")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was looked for")
    assert_accessible(page)
    page.goto(f"{home(acme)}/audit?until=2001-01-01")
    expect(page.get_by_text("Nothing in the log is like this.")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("language", ["", "de"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_narrow_window_and_every_reader(acme: Player, new_page: Watched, theme: str, language: str) -> None:
    ticket = acme.ticket(subject="Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 3)
    page = new_page(width=320, theme=theme)
    sign_in(page.context, acme, acme.owner, language)
    page.goto(f"{home(acme)}/audit?object={ticket['id']}")
    assert_fits(page)
    page.locator(".audit-entry summary").first.click()
    assert_fits(page)
    assert_accessible(page)
