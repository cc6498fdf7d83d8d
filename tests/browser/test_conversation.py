"""A conversation as people have it: two at once, by keyboard alone, on a phone, without script, and taken back."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible, assert_fits
from tests.browser.signing_in import home, sign_in
from tests.cast import COMMAND, Member, Player
from tixallo.tickets import conversing, noting
from tixallo.tickets.conversing import Author
from tixallo.tickets.models import Message, Note
from tixallo.workspaces.changes import Actor, change
from tixallo.workspaces.models import Event, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.once]


class At:
    """A person at a ticket's page."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        page.goto(address)

    @property
    def reply(self) -> Any:
        return self.page.locator("#reply-body")

    def fact(self, name: str) -> Any:
        return self.page.locator("#choices").get_by_label(name)

    @property
    def timeline(self) -> Any:
        return self.page.locator("#timeline")


@pytest.fixture
def visit(new_page: Watched, acme: Player) -> Callable[..., At]:
    """Open a ticket's page as a member: `visit(ticket, acme.agent, width=…)`."""

    def go(ticket: Any, member: Member | None = None, **options: Any) -> At:
        page = new_page(**options)
        sign_in(page.context, acme, member or acme.agent)
        return At(page, f"{home(acme)}/tickets/{ticket['ticket_number']}")

    return go


@pytest.fixture
def ticket(acme: Player) -> Any:
    return acme.ticket(
        subject="Invoice shows the wrong VAT",
        description="The invoice of May has 7 %. It should be 19 %.",
        customer_name="Globex Billing",
        customer_email="billing@globex.example",
    )


def what_there_is(workspace_id: str) -> tuple[int, int, int]:
    """How many messages, notes and events there are (runs backstage)."""
    rows = (model.objects.filter(workspace_id=workspace_id).count() for model in (Message, Note, Event))
    messages, notes, events = rows
    return messages, notes, events


def furnished(workspace_id: str, ticket_id: str, agent: tuple[str, str]) -> None:
    """Let a conversation have some of everything (runs backstage)."""
    actor = Actor("person", *agent)
    customer = Workspace.objects.get(id=workspace_id).tickets.get(id=ticket_id).customer
    for _ in range(3):
        with change(workspace_id, actor) as opened:
            author = Author("agent", *agent)
            conversing.add_message(opened, ticket_id, body="We have found it.\n\nIt was the rate.", author=author)
        with change(workspace_id, actor) as opened:
            noting.add_note(opened, ticket_id, "The tax table changed in April.")
        with change(workspace_id, COMMAND) as opened:
            words = "Thank you.\n\nOn Monday, you wrote:\n> We have found it."
            conversing.add_message(opened, ticket_id, body=words, author=Author("customer", customer.id, customer.name))


def furnish(acme: Player, ticket: Any) -> None:
    acme.backstage(furnished, acme.id, ticket["id"], (acme.agent.id, acme.agent.name))
    for priority in ("low", "high", "urgent", "high"):
        acme.patch(f"/tickets/{ticket['id']}", {"priority": priority})
    acme.patch(f"/tickets/{ticket['id']}", {"tags": ["invoice", "vat"], "assignee_id": acme.agent.id})
    acme.ticket(subject="Export stops at row 5,000", customer_email="billing@globex.example")


# ---- How it looks


@pytest.mark.parametrize(
    ("theme", "width"), [("light", 320), ("light", 1000), ("light", 1440), ("dark", 1440), ("dark", 390)]
)
def test_it_can_be_seen_and_read(
    acme: Player, ticket: Any, visit: Callable[..., At], theme: str, width: int, tmp_path: Path
) -> None:
    furnish(acme, ticket)
    at = visit(ticket, theme=theme, width=width, height=900)
    expect(at.page.get_by_role("heading", level=1)).to_contain_text("Invoice shows the wrong VAT")
    assert_fits(at.page)
    assert_accessible(at.page)
    at.page.screenshot(path=tmp_path / f"ticket-{theme}-{width}.png")
    at.reply.fill("Dear customer")
    at.page.get_by_role("button", name="Send", exact=True).click()
    expect(at.page.locator(".entry-held")).to_be_visible()
    assert_fits(at.page)
    assert_accessible(at.page)
    at.page.screenshot(path=tmp_path / f"held-{theme}-{width}.png")


@pytest.mark.parametrize("width", [320, 1280])
def test_merging_and_what_is_merged_can_be_seen_and_read(
    acme: Player, ticket: Any, visit: Callable[..., At], width: int, tmp_path: Path
) -> None:
    other = acme.ticket(subject="VAT again", customer_email="billing@globex.example")
    at = visit(ticket, width=width)
    for rest in ("/merge", f"/merge?into={other['ticket_number']}", "/subject"):
        at.page.goto(at.address + rest)
        assert_fits(at.page)
        assert_accessible(at.page)
    acme.post(f"/tickets/{ticket['id']}/merge", {"into": other["id"]})
    at.page.goto(at.address)
    expect(at.page.get_by_text("it can be read only")).to_be_visible()
    assert_fits(at.page)
    assert_accessible(at.page)
    at.page.screenshot(path=tmp_path / f"merged-{width}.png")


# ---- Two people


def test_two_people_see_each_other_write_and_what_crosses_is_asked_about(
    acme: Player, ticket: Any, new_page: Watched, visit: Callable[..., At], tmp_path: Path
) -> None:
    one = visit(ticket, acme.agent, allow=("409",))
    two = visit(ticket, acme.admin)
    expect(one.page.locator("#presence")).to_contain_text("Acme Admin is here.", timeout=8_000)
    two.reply.press_sequentially("I have found it.")
    expect(one.page.locator("#presence")).to_contain_text("Acme Admin is writing a reply.", timeout=12_000)
    one.reply.fill("My own answer")
    two.page.get_by_role("button", name="Send", exact=True).click()
    expect(one.timeline.get_by_text("I have found it.")).to_be_visible(timeout=5_000)
    one.page.get_by_role("button", name="Send", exact=True).click()
    alert = one.page.locator("#crossed")
    expect(alert).to_contain_text("Nothing of yours was sent; your text is kept.")
    expect(one.reply).to_have_value("My own answer")
    assert_accessible(one.page)
    expect(alert).to_be_focused()
    one.page.screenshot(path=tmp_path / "crossed.png")
    one.page.get_by_role("button", name="Send anyway").click()
    expect(one.page.locator(".entry-held").get_by_text("My own answer")).to_be_visible()


def test_what_came_and_was_seen_crosses_nothing(acme: Player, ticket: Any, visit: Callable[..., At]) -> None:
    at = visit(ticket, allow=("409",))
    at.reply.fill("My own answer")
    acme.message(ticket["id"], "Is it solved?", author="customer")
    expect(at.timeline.get_by_text("Is it solved?")).to_be_visible()
    at.page.wait_for_timeout(3_000)
    # What is below the edge has not been seen.
    acme.message(ticket["id"], "One\n" * 200, author="customer")
    acme.message(ticket["id"], "STOP", author="customer")
    expect(at.timeline.get_by_text("STOP")).to_be_attached()
    at.page.locator("#conversation").evaluate("element => (element.scrollTop = 0)")
    at.page.wait_for_timeout(3_000)
    at.page.get_by_role("button", name="Send", exact=True).click()
    expect(at.page.locator("#crossed")).to_be_visible()
    at.page.goto(at.address)
    acme.message(ticket["id"], "Is it?", author="customer")
    expect(at.timeline.get_by_text("Is it?")).to_be_attached()
    at.page.locator("#conversation").evaluate("element => (element.scrollTop = element.scrollHeight)")
    at.page.wait_for_timeout(3_000)
    at.page.get_by_role("button", name="Send", exact=True).click()
    expect(at.page.locator(".entry-held").get_by_text("My own answer")).to_be_visible()


def test_a_colleagues_change_leaves_text_and_focus_alone(acme: Player, ticket: Any, visit: Callable[..., At]) -> None:
    at = visit(ticket)
    at.reply.press_sequentially("Dear cust")
    acme.patch(f"/tickets/{ticket['id']}", {"assignee_id": acme.admin.id, "tags": ["vat"]})
    acme.message(ticket["id"], "Something new", author="customer")
    expect(at.fact("Assignee")).to_have_value(acme.admin.id)
    expect(at.page.locator("#tag-list")).to_have_text("vat")
    expect(at.timeline.get_by_text("Something new")).to_be_visible()
    expect(at.page.locator("#announcer")).to_have_text("New message from Globex Billing: Something new")
    expect(at.reply).to_be_focused()
    at.page.keyboard.type("omer")
    expect(at.reply).to_have_value("Dear customer")


# ---- Holding, drafts


def test_a_held_reply_taken_back_leaves_the_text_and_sent_again_one_message(
    acme: Player, ticket: Any, visit: Callable[..., At]
) -> None:
    at = visit(ticket)
    messages, notes, events = acme.backstage(what_there_is, acme.id)
    at.reply.fill("Dear customer")
    at.reply.press("Control+Enter")
    expect(at.page.get_by_text("Sends in 10 seconds.")).to_be_visible()
    at.page.locator("h1").click()
    at.page.keyboard.press("z")
    expect(at.page.get_by_text("Not sent. Your text is back.")).to_be_visible()
    expect(at.reply).to_have_value("Dear customer")
    at.page.wait_for_timeout(300)
    assert acme.backstage(what_there_is, acme.id) == (messages, notes, events)
    at.page.get_by_role("button", name="Send", exact=True).click()
    expect(at.page.locator(".entry-held")).to_be_visible()
    expect(at.page.locator(".entry-held")).to_be_hidden(timeout=20_000)
    expect(at.timeline.get_by_text("Dear customer")).to_be_visible()
    assert acme.backstage(what_there_is, acme.id) == (messages + 1, notes, events + 2)


def test_a_draft_survives_a_reload_and_signing_out(acme: Player, ticket: Any, visit: Callable[..., At]) -> None:
    at = visit(ticket)
    at.reply.press_sequentially("Dear customer, this took")
    expect(at.page.locator("#reply [data-draft-state]").last).to_have_text(re.compile("saved", re.IGNORECASE))
    at.page.reload()
    expect(at.reply).to_have_value("Dear customer, this took")
    at.reply.press("End")
    at.page.keyboard.type(" long")
    at.page.goto(home(acme))
    at.page.context.clear_cookies()
    at.page.goto(at.address)
    expect(at.page).to_have_url(re.compile("/account/login/"))
    sign_in(at.page.context, acme, acme.agent)
    at.page.goto(at.address)
    expect(at.reply).to_have_value("Dear customer, this took long")


# ---- Keys


def test_all_is_done_by_keys(acme: Player, ticket: Any, visit: Callable[..., At]) -> None:
    later = acme.ticket(subject="The one after it")
    at = visit(ticket)
    keys = at.page.keyboard
    keys.press("n")
    expect(at.page.locator("#note-body")).to_be_focused()
    keys.type("rnea: not a shortcut")
    keys.press("Control+Enter")
    expect(at.timeline.locator(".entry-note")).to_contain_text("rnea: not a shortcut")
    keys.press("r")
    expect(at.reply).to_be_focused()
    keys.press("r")
    expect(at.reply).to_have_value("r")
    keys.press("Backspace")
    keys.press("Escape")
    for key, label in (("s", "Status"), ("p", "Priority"), ("a", "Assignee")):
        keys.press(key)
        expect(at.fact(label)).to_be_focused()
        keys.press("Escape")
    keys.press("p")
    keys.type("ur")
    expect(at.page.get_by_text("Saved.")).to_be_visible()
    keys.press("Escape")
    expect(at.timeline).to_contain_text("set the priority to Urgent")
    keys.press("t")
    keys.type("vat")
    keys.press("Enter")
    expect(at.page.locator("#tag-list")).to_have_text("vat")
    keys.press("Escape")
    keys.press("j")
    expect(at.page).to_have_url(re.compile(rf"/tickets/{later['ticket_number']}\?"))
    keys.press("k")
    expect(at.page).to_have_url(re.compile(rf"/tickets/{ticket['ticket_number']}\?"))
    keys.press("e")
    expect(at.page).to_have_url(re.compile(rf"/tickets/{later['ticket_number']}\?"))
    expect(at.page.get_by_text("Saved.")).to_be_visible()
    keys.press("z")
    expect(at.page.get_by_text("Undone.")).to_be_visible()
    keys.press("u")
    expect(at.page).to_have_url(re.compile(r"/tickets/open"))


@pytest.mark.parametrize("width", [390, 1000])
def test_keys_open_the_facts_that_are_folded_away(
    acme: Player, ticket: Any, visit: Callable[..., At], width: int
) -> None:
    at = visit(ticket, width=width)
    keys, panel = at.page.keyboard, at.page.locator("#side")
    for key, name in (("a", "Assignee"), ("s", "Status"), ("p", "Priority")):
        expect(panel).to_be_hidden()
        keys.press(key)
        expect(at.fact(name)).to_be_focused()
        keys.press("Escape")
        # What is hidden loses the focus with the next frame; until then a letter would be its own.
        expect(at.fact(name)).not_to_be_focused()
    expect(panel).to_be_hidden()
    keys.press("t")
    expect(at.page.locator("#tags")).to_be_focused()
    keys.type("vat")
    keys.press("Enter")
    expect(at.page.locator("#tag-list")).to_have_text("vat")
    keys.press("Escape")
    expect(panel).to_be_hidden()
    keys.press("Control+k")
    keys.type("set prio")
    keys.press("Enter")
    expect(at.fact("Priority")).to_be_focused()


def test_the_palette_knows_what_can_be_done_with_a_ticket(acme: Player, ticket: Any, visit: Callable[..., At]) -> None:
    at = visit(ticket)
    at.page.keyboard.press("Control+k")
    at.page.keyboard.type("merge")
    at.page.keyboard.press("Enter")
    expect(at.page).to_have_url(re.compile("/merge"))


def test_a_merge_and_its_undoing(acme: Player, ticket: Any, visit: Callable[..., At]) -> None:
    other = acme.ticket(subject="VAT again", customer_email="billing@globex.example")
    at = visit(ticket)
    at.page.get_by_label("More", exact=True).click()
    at.page.get_by_role("link", name="Merge into…").click()
    at.page.get_by_role("link", name=re.compile("VAT again")).click()
    at.page.get_by_role("button", name=re.compile("Merge #1 into #2")).click()
    expect(at.page.get_by_role("heading", level=1)).to_contain_text("VAT again")
    expect(at.timeline.get_by_text("The invoice of May")).to_be_visible()
    at.page.keyboard.press("z")
    expect(at.page.get_by_role("heading", level=1)).to_contain_text("Invoice shows the wrong VAT")
    assert acme.get(f"/tickets/{other['id']}").data["messages"] == []


# ---- A phone, and no script


def test_on_a_phone_one_reads_and_replies(acme: Player, ticket: Any, visit: Callable[..., At], tmp_path: Path) -> None:
    furnish(acme, ticket)
    at = visit(ticket, width=375, height=700)
    at.page.screenshot(path=tmp_path / "phone.png")
    at.reply.fill("Dear customer")
    at.page.get_by_role("button", name="Send", exact=True).click()
    expect(at.page.locator(".entry-held")).to_be_visible()
    at.page.get_by_role("button", name="Facts").click()
    expect(at.fact("Priority")).to_be_visible()
    assert_accessible(at.page)
    at.page.get_by_role("complementary", name="Facts").get_by_role("button", name="Close").click()
    expect(at.fact("Priority")).to_be_hidden()
    at.page.get_by_role("link", name="Back to the list").click()
    expect(at.page).to_have_url(re.compile("/tickets/open"))


def test_in_a_low_window_a_long_reply_leaves_the_conversation_whole(ticket: Any, visit: Callable[..., At]) -> None:
    at = visit(ticket, width=640, height=400)
    at.reply.fill("One more line\n" * 40)
    pane = at.page.locator("#conversation")
    assert pane.evaluate("(pane) => pane.clientHeight >= pane.scrollHeight")
    at.timeline.get_by_text("The invoice of May").scroll_into_view_if_needed()
    expect(at.timeline.get_by_text("The invoice of May")).to_be_in_viewport(ratio=1)
    assert_fits(at.page)


def test_without_script_one_reads_replies_changes_facts_and_takes_back(
    acme: Player, ticket: Any, visit: Callable[..., At]
) -> None:
    at = visit(ticket, scripts=False)
    expect(at.timeline.get_by_text("The invoice of May")).to_be_visible()
    at.reply.fill("Dear customer")
    at.page.get_by_role("button", name="Send", exact=True).click()
    at.page.locator(".entry-held").get_by_role("button", name="Undo").click()
    expect(at.reply).to_have_value("Dear customer")
    at.page.locator("#note > summary").click()
    at.page.locator("#note-body").fill("Look")
    at.page.get_by_role("button", name="Add note").click()
    expect(at.timeline.locator(".entry-note")).to_contain_text("Look")
    at.fact("Priority").select_option("high")
    at.page.locator("#choices").get_by_role("button", name="Save").click()
    expect(at.timeline).to_contain_text("set the priority to High")


def test_a_saved_reply_goes_where_one_writes(acme: Player, ticket: Any, visit: Callable[..., At]) -> None:
    at = visit(ticket)
    at.page.goto(f"{home(acme)}/replies/new")
    at.page.get_by_label("Name").fill("Thanks")
    at.page.get_by_label("Text").fill("Dear {customer},")
    at.page.get_by_role("button", name="Save reply").click()
    at.page.goto(at.address)
    at.page.keyboard.press("Control+k")
    at.page.keyboard.type("Thanks")
    at.page.keyboard.press("Enter")
    expect(at.reply).to_have_value("Dear Globex Billing,")
