"""What is chosen in the inbox's list, and what else is open above it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_inbox import at, filled
from tests.cast import Player

pytestmark = [pytest.mark.browser, pytest.mark.once]

__all__ = ["at"]


def test_closing_the_list_of_keys_leaves_what_is_chosen(at: Callable[..., Page], acme: Player) -> None:
    filled(acme)
    page = at("tickets/unassigned")
    for key in ("j", "x", "j", "x", "?"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("2 selected")).to_be_hidden()
