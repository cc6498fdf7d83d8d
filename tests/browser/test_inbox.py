"""The inbox in the browser: by keyboard, at every width, without script, and while others change things."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible, assert_fits
from tests.cast import Player
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.once]

SignIn = Callable[..., Page]


def cookie_of(person_id: str) -> tuple[str, str]:
    """Sign a person in and return the name and the value of their session's cookie (runs backstage)."""
    from django.conf import settings
    from django.test import Client

    from tixallo.workspaces.models import Person

    browser = Client()
    browser.force_login(Person.objects.get(id=person_id))
    return settings.SESSION_COOKIE_NAME, browser.cookies[settings.SESSION_COOKIE_NAME].value


def write_at(person_id: str, workspace_id: str, ticket_id: str) -> None:
    """Say that a person writes a reply at a ticket (runs backstage)."""
    from tixallo.tickets import presence
    from tixallo.workspaces.models import Person, Workspace

    presence.note(Workspace.objects.get(id=workspace_id), Person.objects.get(id=person_id), ticket_id, "reply")


@pytest.fixture
def at(server: Server, new_page: Watched, acme: Player) -> SignIn:
    """A page of Acme's agent at the server's port: `at("tickets/open", width=320)`."""

    def go(path: str = "tickets/open", **options: object) -> Page:
        page = new_page(**options)  # type: ignore[arg-type]
        sign_in(page.context, server, acme)
        page.goto(f"http://localhost:{server.port}/w/{acme.slug}/{path}")
        return page

    return go


def sign_in(context: BrowserContext, server: Server, acme: Player, person_id: str = "") -> None:
    name, value = acme.backstage(cookie_of, person_id or acme.agent.id)
    # The server's port, which stands in the cookie's name, is not that of backstage.
    name = re.sub(r"\d+", str(server.port), name)
    context.add_cookies([{"name": name, "value": value, "url": f"http://localhost:{server.port}"}])


def rows(page: Page) -> Locator:
    return page.locator(".inbox-item")


def filled(acme: Player, count: int = 3) -> list[str]:
    """Make tickets and return their ids."""
    made = [
        acme.ticket(subject=f"Invoice {number} shows the wrong VAT", priority=priority)
        for number, priority in zip(range(1, count + 1), ["high", "medium", "urgent"] * count, strict=False)
    ]
    acme.patch(f"/tickets/{made[0]['id']}", {"tags": ["invoice", "vat", "may"]})
    return [str(ticket["id"]) for ticket in made]


@pytest.mark.parametrize(("theme", "width"), [("light", 320), ("light", 1280), ("dark", 390), ("dark", 1440)])
def test_lists_can_be_seen_and_read(at: SignIn, acme: Player, theme: str, width: int) -> None:
    filled(acme)
    for path in (
        "",
        "tickets/all",
        "tickets/mine",
        "tickets/all?q=nothing",
        "tickets/open?priority=high",
        "tickets/new",
    ):
        page = at(path, theme=theme, width=width)
        assert_fits(page)
        assert_accessible(page)
        page.context.close()
    page = at("tickets/open", theme=theme, width=width)
    rows(page).nth(1).hover()
    rows(page).nth(1).get_by_role("checkbox").check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)


def test_a_day_by_keyboard_alone(at: SignIn, acme: Player) -> None:
    filled(acme)
    page = at("tickets/unassigned")
    for key in ("j", "j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.get_by_text("2 selected")).to_be_visible()

    page.keyboard.press("a")
    page.keyboard.press("Enter")

    expect(page.locator("#toasts")).to_contain_text("2 tickets assigned.")
    # They belong to another list now, and stay where they are.
    expect(rows(page)).to_have_count(3)
    expect(page.locator(".inbox-item .initials")).to_have_count(2)
    expect(page.locator("#view-count")).to_have_text("1")
    expect(page).to_have_title(re.compile(r"^\(1\) Unassigned"))
    assert {ticket["assignee"] is None for ticket in acme.get("/tickets").data} == {True, False}

    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("Undone on 2 tickets.")
    assert all(ticket["assignee"] is None and ticket["status"] == "new" for ticket in acme.get("/tickets").data)

    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator("#toasts")).to_contain_text("1 ticket resolved.")
    expect(rows(page).first).to_contain_text("Resolved")
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile(r"/tickets/resolved$"))
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("/")
    page.keyboard.type("#2")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tickets/2$"))


def listed_keys(page: Page) -> dict[str, str]:
    """What the page's list of shortcuts says: what each key does."""
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    lines = dialog.locator("dl > div").all()
    found = {" ".join(line.locator("kbd").all_inner_texts()): line.locator("dt").inner_text() for line in lines}
    assert len(found) == len(lines)
    page.keyboard.press("Escape")
    return found


def test_the_list_of_keys_has_those_of_the_list(at: SignIn, acme: Player) -> None:
    filled(acme)
    page = at("tickets/unassigned")
    keys = listed_keys(page)
    expected = {
        "j": "Next in the list",
        "k": "Previous in the list",
        "↵": "Open what has the focus",
        "x": "Select, or no longer",
        "a": "Assign",
        "s": "Status",
        "t": "Tags",
        "e": "Resolve",
        "z": "Undo what you just did",
        "c": "New ticket",
        "/": "Search",
    }
    assert {key: name for key, name in keys.items() if key in expected} == expected

    beside = listed_keys(at("tickets/2?view=open"))
    expected = {"j": "Next ticket", "k": "Previous ticket", "a": "Assign", "s": "Set status", "e": "Resolve"}
    assert {key: name for key, name in beside.items() if key in expected} == expected

    page.keyboard.press("c")
    expect(page).to_have_url(re.compile(r"/tickets/new$"))
    page.get_by_role("heading", level=1).click()
    assert not {"j", "x", "a", "c"} & set(listed_keys(page))


def test_a_stretch_of_rows_is_chosen_with_shift(at: SignIn, acme: Player) -> None:
    filled(acme, 4)
    page = at()
    for number in (0, 2):
        rows(page).nth(number).hover()
        rows(page).nth(number).get_by_role("checkbox").click(modifiers=["Shift"] if number else [])
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".inbox-bulk")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 1280])
def test_spam_is_thrown_out_in_one_go_and_taken_back(at: SignIn, acme: Player, width: int) -> None:
    filled(acme)
    page = at("tickets/unassigned", width=width)
    for number in (0, 2):
        rows(page).nth(number).hover()
        rows(page).nth(number).get_by_role("checkbox").check()
    assert_accessible(page)
    page.locator("#bulk summary[title=More]").click()
    assert_fits(page)
    page.get_by_role("button", name="Mark as spam").click()
    expect(page.locator("#toasts")).to_contain_text("2 tickets are marked as spam.")
    expect(rows(page).first).to_contain_text("Spam")
    expect(rows(page)).to_have_count(3)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Undone on 2 tickets.")
    expect(rows(page).first).not_to_contain_text("Spam")


def test_keys_leave_the_conversation_beside_the_list_alone(at: SignIn, acme: Player) -> None:
    filled(acme)
    page = at("tickets/1?view=open")
    expect(page.locator("[data-list] [aria-current=true]")).to_contain_text("Invoice 1")
    page.keyboard.press("x")
    expect(page.locator(".inbox-bulk")).to_be_hidden()


def test_what_others_do_shows_where_it_stands(at: SignIn, acme: Player) -> None:
    ids = filled(acme)
    page = at("tickets/unassigned")
    before = [row.bounding_box() for row in rows(page).all()]

    acme.patch(f"/tickets/{ids[1]}", {"status": "resolved"})
    expect(rows(page).nth(1)).to_contain_text("Resolved")
    acme.ticket(subject="Something new")
    expect(page.get_by_role("link", name="1 new · Show")).to_be_visible()
    assert len(rows(page).all()) == len(before)
    expect(page.locator("#view-count")).to_have_text("3")

    page.get_by_role("link", name="1 new · Show").click()
    expect(rows(page).last).to_contain_text("Something new")
    expect(rows(page)).to_have_count(3)
    expect(page.locator("#news")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_first_ticket_ticks_its_step_off(server: Server, new_page: Watched, acme: Player, width: int) -> None:
    page = new_page(width=width)
    sign_in(page.context, server, acme, acme.owner.id)
    page.goto(f"http://localhost:{server.port}/w/{acme.slug}/")
    card = page.get_by_role("article").filter(has_text="Create a key and make a ticket", visible=True)
    expect(card).to_be_visible()
    expect(card).not_to_contain_text("Done:")
    acme.ticket(subject="The first one")
    expect(card).to_contain_text("Done:")


def test_a_row_says_who_writes(at: SignIn, acme: Player) -> None:
    ids = filled(acme)
    page = at()
    acme.backstage(write_at, acme.admin.id, acme.id, ids[1])
    expect(rows(page).nth(1)).to_contain_text(f"{acme.admin.name} is writing")


def test_more_rows_are_loaded_below_and_the_last_place_is_kept(at: SignIn, acme: Player) -> None:
    filled(acme, 45)
    page = at()
    expect(rows(page)).to_have_count(40)
    page.get_by_role("link", name="Load more").click()
    expect(rows(page)).to_have_count(45)
    expect(page.get_by_role("link", name="Load more")).to_have_count(0)
    page.locator("#inbox-body").evaluate("body => body.scrollTop = 900")
    page.reload()
    assert page.locator("#inbox-body").evaluate("body => body.scrollTop") == 900


def test_without_script_lists_are_read_filtered_and_edited(at: SignIn, acme: Player) -> None:
    filled(acme, 45)
    page = at("tickets/unassigned", scripts=False)
    page.get_by_role("link", name="Load more").click()
    expect(rows(page)).to_have_count(5)
    page.get_by_role("link", name="Back to the top").click()

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Priority", exact=True).select_option("urgent")
    page.get_by_role("button", name="Apply").click()
    expect(rows(page)).to_have_count(15)
    page.get_by_role("link", name="Remove this filter").click()
    expect(rows(page)).to_have_count(40)

    for number in (0, 1):
        rows(page).nth(number).hover()
        rows(page).nth(number).get_by_role("checkbox").check()
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("#toasts")).to_contain_text("2 tickets resolved.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Undone on 2 tickets.")


def test_what_is_missing_of_a_new_ticket_is_listed(at: SignIn, acme: Player) -> None:
    page = at("tickets/new", allow=("422",))
    page.get_by_label("Subject").fill("Invoice shows the wrong VAT")
    page.get_by_role("button", name="Open ticket").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Customer's e-mail").click()
    expect(page.get_by_label("Customer's e-mail")).to_be_focused()
    expect(page.get_by_label("Subject")).to_have_value("Invoice shows the wrong VAT")


def test_a_ticket_is_opened_for_a_customer(at: SignIn, acme: Player) -> None:
    page = at()
    page.get_by_role("link", name="New ticket").first.click()
    page.get_by_label("Customer's e-mail").fill("Carla@Customer.example")
    page.get_by_label("Customer's name").fill("Carla")
    page.get_by_label("Subject").fill("She called about the invoice")
    page.get_by_label("What the customer wants").fill("The invoice of May again.")
    page.get_by_role("button", name="Open ticket").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("She called about the invoice")
    ticket = acme.get("/tickets").data[0]
    assert (ticket["source"], ticket["status"], ticket["priority"]) == ("app", "new", "medium")
    assert acme.get(f"/tickets/{ticket['id']}").data["customer"]["name"] == "Carla"
