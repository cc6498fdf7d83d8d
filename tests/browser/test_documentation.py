"""The developer documentation in a real browser: looks, tabs, and the choice that is remembered."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible, assert_fits
from tests.browser.signing_in import home, sign_in
from tests.cast import Player
from tests.servers import Server
from tixallo.web.guides import GUIDES, Guide

pytestmark = [pytest.mark.browser, pytest.mark.once]


LOOKS = ((1440, "light", True), (900, "dark", True), (320, "light", True), (320, "dark", False))


def address(server: Server, name: str) -> str:
    return f"http://localhost:{server.port}/docs/{name}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_a_page_is_accessible_and_fits_wherever_it_is_read(server: Server, new_page: Watched, guide: Guide) -> None:
    for width, theme, scripts in LOOKS:
        page = new_page(width=width, theme=theme, scripts=scripts)
        assert page.goto(address(server, guide.name))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if scripts:
            assert_accessible(page)
            assert_fits(page)


def test_one_language_is_chosen_and_remembered(server: Server, page: Page) -> None:
    page.goto(address(server, "authentication"))
    first = page.get_by_role("tablist").first
    expect(first.get_by_role("tab", name="curl")).to_have_attribute("aria-selected", "true")
    first.get_by_role("tab", name="curl").press("ArrowLeft")
    expect(first.get_by_role("tab", name="Python")).to_be_focused()
    expect(page.get_by_role("tabpanel").first).to_contain_text("import requests")
    assert page.get_by_role("tabpanel").count() == page.get_by_role("tablist").count()

    page.goto(address(server, "limits"))
    expect(page.get_by_role("tab", selected=True).first).to_have_text("Python")
    page.get_by_role("tab", name="Node.js").first.click()
    page.reload()
    expect(page.get_by_role("tab", selected=True).first).to_have_text("Node.js")


def test_without_script_every_language_is_shown_under_its_name(server: Server, new_page: Watched) -> None:
    page = new_page(scripts=False)
    page.goto(address(server, "authentication"))
    for name in ("curl", "Node.js", "Python"):
        expect(page.locator(".example-name", has_text=name).first).to_be_visible()
    expect(page.get_by_role("tablist")).to_have_count(0)


def test_code_is_copied_whole(server: Server, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address(server, "authentication"))
    page.get_by_role("button", name="Copy").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("pre").first.inner_text()
    assert copied.startswith("curl http://")


def test_a_member_reads_it_in_the_frame_of_the_workspace(acme: Player, page: Page) -> None:
    sign_in(page.context, acme, acme.agent, "de")
    page.goto(home(acme))
    page.get_by_role("link", name="Dokumentation").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First request")
    assert page.url == f"{home(acme)}/docs/first-request"
    assert_accessible(page)
    page.get_by_role("link", name="Authentication").last.click()
    assert page.url == f"{home(acme)}/docs/authentication"
