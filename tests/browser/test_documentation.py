"""The developer documentation in a real browser: looks, tabs, and the choice that is remembered."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible, assert_fits
from tests.browser.signing_in import home, sign_in
from tests.cast import Player
from tests.servers import Server
from tixallo.web.guides import GUIDES, Guide

pytestmark = [pytest.mark.browser, pytest.mark.once]


LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1440, "light"), (900, "dark"), (320, "light"))


def address(server: Server, name: str) -> str:
    return f"http://localhost:{server.port}/docs/{name}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_a_page_is_accessible_and_fits_wherever_it_is_read(server: Server, page: Page, guide: Guide) -> None:
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)
        assert page.goto(address(server, guide.name))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(page)
        assert_fits(page)


def test_every_page_is_read_without_script(server: Server, new_page: Watched) -> None:
    page = new_page(width=320, theme="dark", scripts=False)
    for guide in GUIDES:
        page.goto(address(server, guide.name))
        expect(page.get_by_role("heading", level=1)).to_be_visible()


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


@pytest.mark.parametrize("language", ["en-GB", "de-DE"])
def test_no_button_lies_over_code(server: Server, new_page: Watched, language: str) -> None:
    page = new_page(language=language)
    for guide in GUIDES:
        page.goto(address(server, guide.name))
        for width, _ in LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_function("(width) => innerWidth === width", arg=width)
            assert page.evaluate(_OVER_CODE) == [], (guide.name, width)


_OVER_CODE = """
[...document.querySelectorAll(".code-copy")].map((button) => {
  const [one, other] = [button, document.getElementById(button.dataset.copy)].map((it) => it.getBoundingClientRect());
  const over = one.left < other.right && one.top < other.bottom && one.right > other.left && one.bottom > other.top;
  // Below the code it may reach into the space that the code leaves at its end.
  return over && one.top < other.bottom - 12 ? button.dataset.copy : "";
}).filter(Boolean)
"""


def test_a_phone_finds_the_pages_and_sections_behind_a_button(server: Server, new_page: Watched) -> None:
    page = new_page(width=390)
    page.goto(address(server, "errors"))
    expect(page.get_by_role("link", name="Safe retries", exact=True)).to_be_hidden()
    page.get_by_text("Pages", exact=True).click()
    page.get_by_role("link", name="409 Conflict", exact=True).first.click()
    expect(page).to_have_url(f"{address(server, 'errors')}#409-conflict")
    expect(page.get_by_role("heading", name="409 Conflict")).to_be_in_viewport()
    page.get_by_role("link", name="Safe retries", exact=True).click()
    expect(page).to_have_url(address(server, "retries"))


def test_what_a_column_says_stands_in_each_cell_of_a_phone(server: Server, new_page: Watched) -> None:
    page = new_page(width=390)
    page.goto(address(server, "limits"))
    cell = page.locator("td[data-label='meaning']").first
    assert cell.evaluate("(cell) => getComputedStyle(cell, '::before').content") == '"meaning"'


def test_every_section_is_a_link_to_itself(server: Server, page: Page) -> None:
    for guide in GUIDES:
        page.goto(address(server, guide.name))
        assert (
            page.evaluate(
                "[...document.querySelectorAll('.docs-article :is(h2, h3)')]"
                ".filter((each) => each.querySelector('a')?.hash !== `#${each.id}`).map((each) => each.id)"
            )
            == []
        )
    page.goto(address(server, "errors"))
    page.get_by_role("heading", name="404 Not found").get_by_role("link").click()
    expect(page).to_have_url(f"{address(server, 'errors')}#404-not-found")


def test_paper_shows_the_text_alone_and_all_of_each_line(server: Server, acme: Player, new_page: Watched) -> None:
    page = new_page(width=720, theme="dark")
    sign_in(page.context, acme, acme.agent, "en")
    for at in (address(server, "authentication"), f"{home(acme)}/docs/authentication"):
        page.goto(at)
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("navigation")).to_have_count(0)
        expect(page.get_by_role("button", name="Copy")).to_have_count(0)
        wide = "[...document.querySelectorAll('pre')].filter((pre) => pre.scrollWidth > pre.clientWidth).length"
        assert page.evaluate(wide) == 0
        assert page.evaluate("getComputedStyle(document.body).color") == "oklch(0.25 0.02 265)"
        page.emulate_media(media="screen")


def test_the_remembered_language_is_there_at_the_first_paint(server: Server, page: Page) -> None:
    page.goto(address(server, "authentication"))
    page.get_by_role("tab", name="Python").first.click()
    # What comes after the first example has not arrived yet when it is painted; the script in the head has run.
    page.add_init_script("document.addEventListener('DOMContentLoaded', (event) => event.stopImmediatePropagation())")
    page.reload()
    expect(page.locator(".examples > [data-language=python].example").first).to_be_visible()
    expect(page.locator(".examples > [data-language=bash].example").first).to_be_hidden()
    tabs = page.locator(".examples [data-language=python][role=tab], .examples [data-language=bash][role=tab]")
    python, curl = (
        tabs.and_(page.locator(f"[data-language={name}]")).first.evaluate(
            "(tab) => getComputedStyle(tab).backgroundColor"
        )
        for name in ("python", "bash")
    )
    assert python != curl


def test_a_choice_that_is_none_shows_the_first_language(server: Server, page: Page) -> None:
    page.goto(address(server, "authentication"))
    page.evaluate("localStorage.setItem('tixallo.example', 'ruby')")
    page.reload()
    expect(page.locator(".examples").first.get_by_role("tab", selected=True)).to_have_text("curl")
    expect(page.locator(".examples").first.get_by_role("tabpanel")).to_have_count(1)


def test_a_member_reads_it_in_the_frame_of_the_workspace(acme: Player, page: Page) -> None:
    sign_in(page.context, acme, acme.agent, "de")
    page.goto(home(acme))
    page.get_by_role("link", name="Dokumentation").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First request")
    assert page.url == f"{home(acme)}/docs/first-request"
    assert_accessible(page)
    page.get_by_role("link", name="Authentication").last.click()
    assert page.url == f"{home(acme)}/docs/authentication"
