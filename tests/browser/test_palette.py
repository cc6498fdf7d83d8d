"""The palette at a ticket: what stands first in it, where it leads, and what it leaves of what one is writing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.looks import assert_accessible
from tests.browser.signing_in import home
from tests.cast import COMMAND, Player
from tixallo.tickets import removing, saving
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def ticket(acme: Player) -> Any:
    return acme.ticket(subject="Invoice shows the wrong VAT", customer_email="billing@globex.example")


def save_reply(workspace_id: str, name: str, body: str) -> None:
    """Write a saved reply (runs backstage)."""
    with change(workspace_id, COMMAND) as opened:
        saving.create_saved_reply(opened, name=name, body=body)


def delete(workspace_id: str, ticket_id: str) -> None:
    """Delete a ticket (runs backstage)."""
    with change(workspace_id, COMMAND) as opened:
        removing.remove(opened, ticket_id)


def switch_off(person_id: str) -> None:
    """Let a person have no shortcuts of single letters (runs backstage)."""
    Person.objects.filter(id=person_id).update(shortcuts=False)


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Pages and actions").get_by_role("option")


def run(page: Page, words: str) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def test_the_cursor_is_where_it_was_once_the_palette_is_closed(visit: Callable[..., Page]) -> None:
    page = visit()
    page.keyboard.press("r")
    page.keyboard.type("Dear customer")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    page.keyboard.type(", hello")
    expect(page.locator("#reply-body")).to_have_value("Dear customer, hello")


def test_a_saved_reply_goes_behind_what_one_has_written(acme: Player, visit: Callable[..., Page]) -> None:
    acme.backstage(save_reply, acme.id, "Thanks", "thank you for {this} & <that>.")
    page = visit()
    page.keyboard.press("r")
    page.keyboard.type("Hello, ")
    run(page, "thanks")
    expect(page.locator("#reply-body")).to_have_value("Hello, thank you for {this} & <that>.")


def test_saved_replies_are_offered_within_the_window(acme: Player, visit: Callable[..., Page]) -> None:
    for number in range(12):
        acme.backstage(save_reply, acme.id, f"Answer {number}", "Hello")
    page = visit()
    page.locator("summary", has_text="Saved replies").click()
    menu = page.locator(".menu-list", has=page.get_by_role("link", name="Edit saved replies"))
    expect(menu).to_be_visible()
    box = menu.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 800


def test_what_can_be_done_with_the_ticket_stands_first(visit: Callable[..., Page]) -> None:
    page = visit()
    page.keyboard.press("Control+k")
    expect(options(page).first).to_contain_text("Back to the list")
    names = [name.partition("\n")[0] for name in options(page).all_inner_texts()]
    assert names.index("Resolve") < names.index("New ticket") < names.index("Inbox")


def test_it_leads_to_every_view_and_to_other_workspaces(visit: Callable[..., Page]) -> None:
    page = visit()
    page.keyboard.press("Control+k")
    listed = [name.partition("\n")[0] for name in options(page).all_inner_texts()]
    assert {"Unassigned", "All", "Drafts", "Deleted", "Spam", "Workspaces"} <= set(listed)
    page.keyboard.type("drafts")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/tickets/drafts$"))


def test_a_link_is_copied_without_a_clipboard_and_it_is_said(
    acme: Player, ticket: Any, visit: Callable[..., Page]
) -> None:
    page = visit()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    run(page, "copy link")
    expect(page.locator("#toasts .toast")).to_contain_text("Copied")
    page.keyboard.press("r")
    page.keyboard.press("Control+v")
    expect(page.locator("#reply-body")).to_have_value(re.compile(f"^http.*/w/{acme.slug}/tickets/1$"))


def test_a_deleted_ticket_is_restored_from_it(acme: Player, ticket: Any, visit: Callable[..., Page]) -> None:
    page = visit()
    acme.backstage(delete, acme.id, ticket["id"])
    page.reload()
    run(page, "restore")
    expect(page.locator("#toasts .toast")).to_contain_text("#1 is back.")
    expect(page.locator("#reply-body")).to_be_visible()


def test_keys_that_are_switched_off_are_not_shown(acme: Player, visit: Callable[..., Page]) -> None:
    acme.backstage(switch_off, acme.agent.id)
    page = visit()
    page.goto(page.url.partition("/tickets/")[0])
    expect(page.get_by_text("Open a ticket to read it here.")).to_be_visible()
    expect(page.get_by_text("all keys")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(options(page).filter(has_text="Customers")).to_be_visible()
    expect(options(page).locator("kbd").first).to_be_hidden()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Single letters are switched off in your profile.")
    expect(dialog.get_by_role("term")).to_have_count(3)
    assert_accessible(page)


def test_a_saved_reply_is_deleted_once_it_was_asked(acme: Player, visit: Callable[..., Page]) -> None:
    acme.backstage(save_reply, acme.id, "Thanks", "Hello")
    page = visit()
    page.goto(f"{home(acme)}/replies")
    page.get_by_role("link", name="Thanks").click()
    page.get_by_role("link", name="Delete saved reply…").click()
    dialog = page.get_by_role("dialog", name="Delete “Thanks”?")
    assert_accessible(page)
    dialog.get_by_role("link", name="Keep reply").click()
    expect(page.get_by_role("link", name="Delete saved reply…")).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Delete reply").click()
    expect(page.locator("#toasts .toast")).to_contain_text("“Thanks” is deleted.")
