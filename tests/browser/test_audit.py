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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_narrow_window_and_every_reader(acme: Player, new_page: Watched, theme: str) -> None:
    page = new_page(width=320, theme=theme)
    sign_in(page.context, acme, acme.owner)
    page.goto(f"{home(acme)}/audit")
    assert_fits(page)
    page.locator(".audit-entry summary").first.click()
    assert_fits(page)
    assert_accessible(page)
