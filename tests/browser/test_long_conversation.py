"""A long conversation in a browser: one comes to what is left out, and stays where one was reading."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible, assert_fits
from tests.browser.signing_in import home, sign_in
from tests.cast import COMMAND, Member, Player
from tixallo.kit import clock
from tixallo.kit.ids import new_id
from tixallo.tickets import removing
from tixallo.tickets.models import Message, Ticket
from tixallo.workspaces.changes import change

pytestmark = [pytest.mark.browser, pytest.mark.once]

_COUNT = 300


def lengthened(ticket_id: str, agent: tuple[str, str], count: int) -> list[str]:
    """Let a conversation have so many messages, in turns, one a minute; return their ids (runs backstage)."""
    ticket = Ticket.objects.get(id=ticket_id)
    start = clock.now() - timedelta(minutes=count)
    Ticket.objects.filter(id=ticket_id).update(created_at=start - timedelta(minutes=1))
    authors = (("agent", *agent), ("customer", ticket.customer_id, "Globex Billing"))
    made = []
    for number in range(count):
        kind, author_id, name = authors[number % 2]
        made.append(
            Message(
                id=new_id(),
                workspace_id=ticket.workspace_id,
                ticket_id=ticket_id,
                body=f"Message {number}.\n\n" + "It has a second paragraph. " * (number % 5),
                author_kind=kind,
                author_id=author_id,
                author_name=name,
                created_at=start + timedelta(minutes=number),
            )
        )
    Message.objects.bulk_create(made)
    return [message.id for message in made]


def deleted(workspace_id: str, ticket_id: str) -> None:
    """Delete a ticket (runs backstage)."""
    with change(workspace_id, COMMAND) as opened:
        removing.remove(opened, ticket_id)


class Long:
    """A ticket with a long conversation."""

    def __init__(self, acme: Player, ticket: Any, ids: list[str]) -> None:
        self.acme, self.ticket, self.ids = acme, ticket, ids
        self.address = f"{home(acme)}/tickets/{ticket['ticket_number']}"


@pytest.fixture
def long_one(acme: Player) -> Long:
    ticket = acme.ticket(
        subject="Invoice shows the wrong VAT",
        description="The invoice of May has 7 %. It should be 19 %.",
        customer_name="Globex Billing",
        customer_email="billing@globex.example",
    )
    ids = acme.backstage(lengthened, ticket["id"], (acme.agent.id, acme.agent.name), _COUNT)
    return Long(acme, ticket, ids)


@pytest.fixture
def visit(new_page: Watched, long_one: Long) -> Callable[..., Page]:
    """Open the long conversation as a member: `visit(rest_of_the_address, width=…)`."""

    def go(rest: str = "", member: Member | None = None, language: str = "", **options: Any) -> Page:
        page = new_page(**options)
        sign_in(page.context, long_one.acme, member or long_one.acme.agent, language)
        page.goto(long_one.address + rest)
        return page

    return go


def message(page: Page, long_one: Long, number: int) -> Locator:
    return page.locator(f"#e-{long_one.ids[number]}")


def top(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box
    return box["y"]


# ---- More of it


@pytest.mark.parametrize("width", [1280, 390])
def test_what_one_reads_stays_in_its_place_when_more_comes(
    long_one: Long, visit: Callable[..., Page], width: int
) -> None:
    page = visit(width=width)
    expect(message(page, long_one, 250)).to_be_attached()
    expect(message(page, long_one, 249)).not_to_be_attached()
    more = page.get_by_role("link", name="Show 250 earlier messages")
    more.scroll_into_view_if_needed()
    before = top(message(page, long_one, 250))
    more.focus()
    page.keyboard.press("Enter")
    expect(message(page, long_one, 0)).to_be_attached()
    expect(page.locator("#announcer")).to_have_text("250 more messages are shown.")
    assert abs(top(message(page, long_one, 250)) - before) < 2
    expect(message(page, long_one, 249)).to_be_in_viewport()
    expect(page.locator("#conversation")).to_be_focused()
    expect(more).not_to_be_attached()
    expect(page.locator(".timeline > .entry")).to_have_count(_COUNT + 1)


def test_more_comes_on_a_ticket_that_is_gone(long_one: Long, visit: Callable[..., Page]) -> None:
    long_one.acme.backstage(deleted, long_one.acme.id, long_one.ticket["id"])
    page = visit()
    more = page.get_by_role("link", name="Show 250 earlier messages")
    more.scroll_into_view_if_needed()
    before = top(message(page, long_one, 250))
    more.click()
    expect(message(page, long_one, 0)).to_be_attached()
    expect(page.locator("#announcer")).to_have_text("250 more messages are shown.")
    assert abs(top(message(page, long_one, 250)) - before) < 2
    expect(page.locator("#conversation")).to_be_focused()


def test_what_comes_meanwhile_shows_and_a_reload_shows_as_much(long_one: Long, visit: Callable[..., Page]) -> None:
    page = visit()
    page.get_by_role("link", name="Show 250 earlier messages").click()
    expect(message(page, long_one, 0)).to_be_attached()
    long_one.acme.message(long_one.ticket["id"], "Something new", author="customer")
    expect(page.locator("#timeline").get_by_text("Something new")).to_be_attached()
    expect(page.locator("#announcer")).to_have_text("New message from Globex Billing: Something new")
    expect(message(page, long_one, 0)).to_be_attached()
    expect(page).to_have_url(re.compile("before="))
    page.reload()
    expect(message(page, long_one, 0)).to_be_attached()
    page.goto(long_one.address)
    expect(message(page, long_one, 250)).not_to_be_attached()


def test_what_stands_there_stays_when_a_message_comes(long_one: Long, visit: Callable[..., Page]) -> None:
    page = visit()
    expect(message(page, long_one, 250)).to_be_attached()
    long_one.acme.message(long_one.ticket["id"], "Something new", author="customer")
    expect(page.locator("#timeline").get_by_text("Something new")).to_be_attached()
    expect(message(page, long_one, 250)).to_be_attached()
    expect(page.get_by_role("link", name="Show 250 earlier messages")).to_be_attached()


def test_the_palette_shows_more(long_one: Long, visit: Callable[..., Page]) -> None:
    page = visit()
    page.keyboard.press("Control+k")
    page.keyboard.type("earlier")
    page.keyboard.press("Enter")
    expect(message(page, long_one, 0)).to_be_attached()


def test_letters_work_after_more_has_come(long_one: Long, visit: Callable[..., Page]) -> None:
    page = visit()
    page.get_by_role("link", name="Show 250 earlier messages").click()
    expect(message(page, long_one, 0)).to_be_attached()
    page.keyboard.press("n")
    expect(page.locator("#note-body")).to_be_focused()


# ---- Links


def test_a_link_to_a_message_that_is_left_out_lands_on_it(long_one: Long, visit: Callable[..., Page]) -> None:
    identifier = long_one.ids[30]
    page = visit(f"#e-{identifier}")
    expect(message(page, long_one, 30)).to_be_in_viewport()
    expect(page).to_have_url(re.compile(rf"from={identifier}#e-{identifier}$"))
    expect(page.get_by_role("link", name="Show 30 earlier messages")).to_be_attached()
    page.evaluate(f"location.hash = '#e-{long_one.ids[3]}'")
    expect(message(page, long_one, 3)).to_be_in_viewport()


def test_a_message_gives_its_own_link(long_one: Long, visit: Callable[..., Page]) -> None:
    page = visit()
    message(page, long_one, 280).locator(".entry-link").click()
    expect(page).to_have_url(re.compile(rf"from={long_one.ids[280]}#e-{long_one.ids[280]}$"))
    expect(message(page, long_one, 280)).to_be_in_viewport()
    expect(message(page, long_one, 250)).to_be_attached()


def test_a_link_to_nothing_here_shows_the_latest(long_one: Long, visit: Callable[..., Page]) -> None:
    page = visit("#e-00000000-0000-7000-8000-000000000000")
    expect(page).to_have_url(re.compile("from="))
    expect(message(page, long_one, 299)).to_be_attached()


def test_without_script_one_comes_to_all_of_it(long_one: Long, visit: Callable[..., Page]) -> None:
    page = visit(scripts=False)
    expect(message(page, long_one, 249)).not_to_be_attached()
    page.get_by_role("link", name="Show 250 earlier messages").click()
    expect(page.locator(".timeline > .entry")).to_have_count(_COUNT + 1)
    message(page, long_one, 40).locator(".entry-link").click()
    expect(message(page, long_one, 40)).to_be_in_viewport()


def test_paper_says_what_is_left_out(visit: Callable[..., Page]) -> None:
    page = visit()
    told = page.get_by_text("250 messages are not shown here.")
    expect(told).to_be_hidden()
    page.emulate_media(media="print")
    expect(told).to_be_visible()


# ---- Going wrong


def test_signed_out_meanwhile_one_signs_in_and_sees_it(long_one: Long, visit: Callable[..., Page]) -> None:
    page = visit()
    expect(message(page, long_one, 250)).to_be_attached()
    page.context.clear_cookies()
    page.get_by_role("link", name="Show 250 earlier messages").click()
    expect(page).to_have_url(re.compile("/account/login/.*before"))


def test_without_a_connection_all_stays_as_it_is(long_one: Long, visit: Callable[..., Page]) -> None:
    page = visit(allow=("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx"))
    more = page.get_by_role("link", name="Show 250 earlier messages")
    page.context.set_offline(True)
    more.click()
    expect(page.locator("#toasts")).to_contain_text("reached")
    expect(message(page, long_one, 250)).to_be_attached()
    page.context.set_offline(False)
    more.click()
    expect(message(page, long_one, 0)).to_be_attached()


# ---- How it looks


@pytest.mark.parametrize(
    ("theme", "width", "language"), [("light", 1440, ""), ("dark", 1440, "de"), ("light", 320, "de"), ("dark", 390, "")]
)
def test_it_can_be_seen_and_read(
    visit: Callable[..., Page], theme: str, width: int, language: str, tmp_path: Path
) -> None:
    page = visit(theme=theme, width=width, height=900, language=language)
    expect(page.locator(".gap a")).to_have_text(
        "250 frühere Nachrichten anzeigen" if language else "Show 250 earlier messages"
    )
    page.locator(".gap a").scroll_into_view_if_needed()
    assert_fits(page)
    assert_accessible(page)
    page.screenshot(path=tmp_path / f"gap-{theme}-{width}.png")
