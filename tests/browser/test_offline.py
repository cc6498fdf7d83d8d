"""The bar that says there is no connection, and what stands beneath it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import assert_fits
from tests.browser.test_inbox import at, filled
from tests.cast import Player

pytestmark = [pytest.mark.browser, pytest.mark.once]

__all__ = ["at"]


@pytest.mark.parametrize("width", [320, 900, 1280])
def test_the_bar_covers_nothing(at: Callable[..., Page], acme: Player, width: int) -> None:
    filled(acme)
    page = at("tickets/open", width=width, allow=("ERR_INTERNET_DISCONNECTED",))
    page.context.set_offline(True)
    bar = page.locator("#offline")
    expect(bar).to_be_visible(timeout=20_000)
    below, heading = bar.bounding_box(), page.get_by_role("heading", level=1).bounding_box()
    assert below
    assert heading
    assert below["y"] + below["height"] <= heading["y"]
    assert_fits(page)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.context.set_offline(False)
    expect(bar).to_be_hidden(timeout=20_000)
