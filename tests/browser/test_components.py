"""Every component as the browser shows it: readable, accessible, within the window, by keyboard, and without script."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser import kit
from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.once]

PAGES = ("panes", "page", "plain")


@pytest.fixture
def shown() -> Iterator[str]:
    """The address of the kit's pages."""
    for kept in (kit.drafts, kit.polls, kit.news, kit.fetched):
        kept.clear()
    with kit.served() as address:
        yield address


def active(page: Page) -> str:
    """What has the focus: its text or name."""
    said: str = page.evaluate(
        "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText).trim()"
    )
    return said


@pytest.mark.parametrize(
    ("theme", "width"),
    [("light", 320), ("light", 700), ("light", 1000), ("light", 1440), ("dark", 320), ("dark", 1440)],
)
def test_every_component_can_be_seen_and_read(
    shown: str, new_page: Watched, theme: str, width: int, tmp_path: Path
) -> None:
    page = new_page(width=width, theme=theme)
    for name in PAGES:
        page.goto(shown + name)
        assert_fits(page)
        assert_accessible(page)
        page.screenshot(path=tmp_path / f"{name}-{theme}-{width}.png", full_page=True)


def test_a_theme_that_a_person_chose_goes_before_the_systems(shown: str, page: Page) -> None:
    page.goto(shown + "page")
    for theme, ground in (("dark", "oklch(0.185 0.012 265)"), ("light", "oklch(0.985 0.003 265)")):
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == ground


def test_a_form_with_errors_leads_to_its_fields(shown: str, page: Page) -> None:
    page.goto(shown + "page")
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.get_by_role("button", name="Save").click()
    summary = page.get_by_role("alert").filter(has_text="Nothing was saved yet")
    expect(summary).to_be_focused()
    assert_accessible(page)
    summary.get_by_role("link", name="Name").click()
    field = page.get_by_label("Name", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("What your software is called.*required"))


def test_targets_are_large_enough_to_hit(shown: str, page: Page) -> None:
    page.goto(shown + "page")
    small = page.evaluate(
        """[...document.querySelectorAll(".button, .menu-item, .tabs a, summary")].filter((e) => e.checkVisibility())
        .map((e) => [e.innerText, e.getBoundingClientRect()]).filter(([, box]) => box.height < 24 || box.width < 24)"""
    )
    assert small == []


def test_each_of_several_choices_is_a_target_of_its_own(shown: str, page: Page) -> None:
    page.goto(shown + "page")
    labels = page.locator("label:has(> input[type=radio])").all()
    assert len(labels) == 2
    for label in labels:
        assert (label.bounding_box() or {"height": 0})["height"] >= 24


def test_nothing_moves_while_a_page_loads(shown: str, page: Page) -> None:
    page.add_init_script(
        "window.shift = 0; const add = (list) => list.getEntries().forEach((entry) => (window.shift += entry.value));"
        "new PerformanceObserver(add).observe({type: 'layout-shift', buffered: true})"
    )
    for name in PAGES:
        page.goto(shown + name)
        page.wait_for_timeout(300)
        assert page.evaluate("window.shift") == 0, name


# ---- Menus, dialogs, toasts


def test_a_menu_is_gone_through_by_arrows_and_closed_by_escape(shown: str, page: Page) -> None:
    page.goto(shown + "page")
    summary = page.get_by_label("More for Billing sync")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert active(page) == "Copy id"
    assert_accessible(page, within="details[open]")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Copy id")).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    page.get_by_role("heading", name="API keys").click()
    expect(page.get_by_role("button", name="Copy id")).to_be_hidden()


def test_a_page_that_asks_opens_as_a_dialog(shown: str, page: Page) -> None:
    page.goto(shown + "page")
    page.get_by_label("More for Billing sync").click()
    page.get_by_role("link", name="Revoke…").click()
    dialog = page.get_by_role("dialog", name="Revoke “Billing sync”?")
    expect(dialog).to_be_visible()
    assert_accessible(page)
    dialog.get_by_role("link", name="Keep key").click()
    expect(dialog).to_be_hidden()
    assert page.url.endswith("/page")


def test_without_script_it_is_a_page_and_menus_open(shown: str, new_page: Watched) -> None:
    page = new_page(scripts=False)
    page.goto(shown + "page")
    expect(page.locator("[data-key='?']")).to_be_hidden()
    page.get_by_label("More for Billing sync").click()
    page.get_by_role("link", name="Revoke…").click()
    expect(page.get_by_role("heading", name="Revoke “Billing sync”?")).to_be_visible()
    page.get_by_role("link", name="Keep key").click()
    assert page.url.endswith("/page")


def test_facts_fold_into_a_sheet_without_script(shown: str, new_page: Watched) -> None:
    page = new_page(width=1000, scripts=False)
    page.goto(shown + "panes")
    facts = page.get_by_role("complementary", name="Facts")
    expect(facts).to_be_hidden()
    page.get_by_role("button", name="Facts").click()
    expect(facts).to_be_visible()


def test_every_page_of_the_rail_is_reached_on_a_phone(shown: str, new_page: Watched) -> None:
    page = new_page(width=375, scripts=False)
    page.goto(shown + "page")
    rail = page.get_by_role("navigation", name="Main")
    rail.get_by_label("More pages").click()
    rail.get_by_role("link", name="API keys").click()
    page.wait_for_url("**/w/acme/keys")


def test_keys_lead_everywhere_in_a_small_window(shown: str, new_page: Watched) -> None:
    page = new_page(width=320)
    page.goto(shown + "page")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("API k")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_text("API keysgk")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.type("gk")
    page.wait_for_url("**/w/acme/keys")


def test_of_messages_that_come_at_once_the_latest_stay(shown: str, page: Page) -> None:
    page.goto(shown + "page")
    page.evaluate(
        """texts => document.getElementById("toasts").append(...texts.map((text) => {
            const piece = document.getElementById("toast").content.cloneNode(true).firstElementChild;
            piece.querySelector(".toast-text").textContent = text;
            return piece;
        }))""",
        ["One", "Two", "Three"],
    )
    expect(page.locator("#toasts .toast-text")).to_have_text(["Two", "Three"])


def test_a_command_is_copied_or_at_least_selected(shown: str, page: Page) -> None:
    page.goto(shown + "page")
    page.get_by_role("button", name="Copy key").click()
    expect(page.get_by_role("button", name=re.compile("Copied|Selected"))).to_be_visible()


# ---- Keys


def test_a_key_presses_its_button_but_not_in_a_field_nor_with_ctrl(shown: str, page: Page) -> None:
    page.goto(shown + "page")
    for keys in ("Control+c", "Alt+c", "Meta+c"):
        page.keyboard.press(keys)
    page.get_by_label("Name", exact=True).press_sequentially("cold call")
    expect(page.get_by_label("Name", exact=True)).to_have_value("cold call")
    assert page.url.endswith("/page")
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_role("heading", name="API keys").click()
    page.keyboard.press("c")
    page.wait_for_url("**/plain")


def test_two_keys_in_a_row_go_somewhere(shown: str, page: Page) -> None:
    page.goto(shown + "page")
    page.keyboard.type("gc")
    page.wait_for_url("**/w/acme/customers")


def test_keys_can_be_switched_off(shown: str, page: Page) -> None:
    page.goto(shown + "page")
    page.evaluate("document.body.dataset.shortcuts = 'off'")
    page.keyboard.type("c?gc")
    page.wait_for_timeout(200)
    assert page.url.endswith("/page")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_list_of_keys_is_that_of_the_page(shown: str, page: Page) -> None:
    page.goto(shown + "panes")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    for name in ("Reply", "Note", "New", "Customers", "Mine", "Find a page or an action"):
        expect(dialog.get_by_role("term").filter(has_text=re.compile(f"^{name}$"))).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_palette_finds_pages_and_actions(shown: str, page: Page) -> None:
    page.goto(shown + "panes")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Find a page or an action")
    expect(field).to_be_focused()
    field.fill("custo")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_text("Customersgc")
    assert_accessible(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/acme/customers")


def test_rows_are_walked_by_letters(shown: str, page: Page) -> None:
    page.goto(shown + "panes")
    page.keyboard.press("j")
    assert active(page) == "Export stops at row 500"
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_label("Select Login")).to_be_checked()
    page.keyboard.press("k")
    assert active(page) == "Export stops at row 500"


def test_a_page_is_fetched_when_its_link_is_pressed_down(shown: str, page: Page) -> None:
    page.goto(shown + "panes")
    page.wait_for_timeout(500)
    kit.fetched.clear()
    page.get_by_role("link", name="Customers").hover()
    page.mouse.down()
    page.wait_for_timeout(500)
    assert kit.fetched == ["/w/acme/customers"]
    page.mouse.up()
    page.wait_for_url("**/w/acme/customers")
    assert kit.fetched == ["/w/acme/customers"]


def test_german_is_spoken_and_fits_a_small_window(shown: str, new_page: Watched) -> None:
    page = new_page(width=320, language="de-DE", zone="Europe/Berlin")
    for name in PAGES:
        page.goto(shown + name)
        expect(page.locator("html")).to_have_attribute("lang", "de")
        assert_fits(page)
    page.goto(shown + "panes")
    expect(page.get_by_text("vor 3 h").first).to_have_attribute("title", re.compile(r"UTC\+[12]$"))


# ---- Polls


def row(number: int, subject: str) -> str:
    tick = f'<input type="checkbox" aria-label="Select {subject}">'
    return f'<li class="rows-item" id="row-{number}">{tick}<a class="rows-link" href="#{number}">{subject}</a></li>'


def test_a_poll_changes_rows_in_place_and_leaves_the_focused_one(shown: str, page: Page) -> None:
    page.goto(shown + "panes")
    page.get_by_label("Select Login").check()
    page.get_by_role("link", name="Export stops at row").focus()
    kit.news.append(
        row(2, "Two is new") + row(3, "Three is new") + row(9, "Unknown") + '<title id="title">(4) Mine</title>'
    )
    expect(page.get_by_role("link", name="Three is new")).to_be_visible()
    expect(page.get_by_role("link", name="Export stops at row")).to_be_focused()
    expect(page.get_by_label("Select Three is new")).to_be_checked()
    expect(page.get_by_role("link", name="Unknown")).to_have_count(0)
    expect(page).to_have_title("(4) Mine")
    page.get_by_role("link", name="Three is new").focus()
    expect(page.get_by_role("link", name="Two is new")).to_be_visible()


def test_a_poll_says_what_it_knows(shown: str, page: Page) -> None:
    page.goto(shown + "panes")
    kit.news.append(row(2, "News"))
    expect(page.get_by_role("link", name="News")).to_be_visible()
    page.wait_for_timeout(2_000)
    assert kit.polls[-1].strip('"').isdecimal()


def test_a_poll_never_touches_what_is_being_written(shown: str, page: Page) -> None:
    page.goto(shown + "panes")
    page.evaluate("document.querySelector('.composer').id = 'composer'")
    page.get_by_label("Reply to billing").fill("Half a sent")
    kit.news.append('<form id="composer"><textarea></textarea></form>' + row(3, "News"))
    expect(page.get_by_role("link", name="News")).to_be_visible()
    expect(page.get_by_label("Reply to billing")).to_have_value("Half a sent")


def test_two_polls_in_vain_show_that_there_is_no_connection(shown: str, new_page: Watched) -> None:
    page = new_page(allow=("ERR_INTERNET_DISCONNECTED",))
    page.goto(shown + "panes")
    bar = page.get_by_text("No connection.")
    page.context.set_offline(True)
    expect(bar).to_be_visible()
    assert_accessible(page)
    page.context.set_offline(False)
    expect(bar).to_be_hidden()


# ---- Writing


def test_a_draft_is_saved_when_typing_pauses(shown: str, page: Page) -> None:
    page.goto(shown + "panes")
    field = page.get_by_label("Reply to billing")
    field.press_sequentially("Dear customer", delay=20)
    expect(page.get_by_text("saved", exact=True)).to_be_visible()
    assert kit.drafts == ["Dear customer"]


def test_a_draft_that_cannot_be_saved_stays_in_the_tab(shown: str, new_page: Watched) -> None:
    page = new_page(allow=("ERR_INTERNET_DISCONNECTED",))
    page.goto(shown + "panes")
    page.context.set_offline(True)
    page.get_by_label("Reply to billing").fill("Written on a train")
    expect(page.get_by_text(re.compile(r"Not saved since \d\d:\d\d\."))).to_be_visible()
    page.context.set_offline(False)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("Reply to billing")).to_have_value("Written on a train")
    expect(page.get_by_text("saved", exact=True)).to_be_visible()
    assert kit.drafts[-1] == "Written on a train"


def test_ctrl_enter_sends_the_form_it_stands_in_and_escape_keeps_the_text(shown: str, page: Page) -> None:
    page.goto(shown + "panes")
    note = page.get_by_label("Internal note", exact=True)
    note.fill("Only for us")
    note.press("Escape")
    expect(note).not_to_be_focused()
    expect(note).to_have_value("Only for us")
    note.focus()
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/panes")) as sent:
        note.press("Control+Enter")
    assert "Only" in (sent.value.post_data or "")


def test_leaving_a_form_with_text_asks_first(shown: str, page: Page) -> None:
    page.goto(shown + "page")
    page.get_by_label("Name", exact=True).fill("Billing")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto(shown + "plain")
    assert asked == ["beforeunload"]


def test_a_refusal_of_a_small_request_is_said_and_nothing_is_swapped(shown: str, new_page: Watched) -> None:
    page = new_page(allow=("409", "503"))
    page.goto(shown + "page")
    for why, said in (("busy", "The server is busy"), ("conflict", "It was merged.")):
        page.evaluate("why => htmx.ajax('GET', `/kit/refuse/${why}`, {target: 'h1'})", why)
        expect(page.get_by_role("status").get_by_text(said)).to_be_visible()
    expect(page.get_by_role("heading", name="API keys")).to_be_visible()
