"""Pages that stand open before two people: what one does, what the worker does and what time does reaches the other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible
from tests.browser.signing_in import home, sign_in
from tests.cast import Member, Player, add_key, end_key
from tests.keys.many import add_keys
from tixallo.keys.models import ApiKey
from tixallo.kit import clock, transactions
from tixallo.kit.models import Due
from tixallo.workspaces import letters
from tixallo.workspaces.models import Letter

pytestmark = [pytest.mark.browser, pytest.mark.once]

Enter = Callable[..., Page]


@pytest.fixture
def enter(new_page: Watched, acme: Player) -> Enter:
    """Open a page of the workspace as a member: `enter("/keys", acme.owner)`."""

    def go(address: str, member: Member, **options: Any) -> Page:
        page = new_page(**options)
        sign_in(page.context, acme, member)
        page.goto(home(acme) + address)
        return page

    return go


def lettered(workspace_id: str, message_id: str) -> str:
    """Let a letter about a message be on its way, which no worker sends (runs backstage)."""
    with transactions.change():
        letter = letters.enqueue(
            workspace_id=workspace_id,
            recipient="billing@globex.example",
            subject="Sample",
            text="Sample",
            about=f"message {message_id}",
        )
        Letter.objects.filter(workspace_id=workspace_id, id=letter).update(state="queued")
        Due.objects.filter(key=letter).delete()
    return letter


def ended(workspace_id: str, letter_id: str) -> None:
    """Let a letter have gone out (runs backstage)."""
    letters._finish(Letter.objects.get(workspace_id=workspace_id, id=letter_id), "sent")


def expiring(workspace_id: str, seconds: float) -> str:
    """Make a key that expires in some seconds and return its id (runs backstage)."""
    key = add_key(workspace_id)
    ApiKey.objects.filter(id=key.id).update(expires_at=clock.now() + timedelta(seconds=seconds))
    return key.id


def test_what_is_no_change_of_a_ticket_reaches_two_who_have_it_open(acme: Player, enter: Enter) -> None:
    ticket = acme.ticket(subject="Wrong VAT", customer_name="Globex Billing", customer_email="billing@globex.example")
    address = f"/tickets/{ticket['ticket_number']}?view=all"
    pages = [enter(address, acme.agent), enter(address, acme.admin, width=1440)]
    pages[0].locator("#reply-body").fill("Half a sentence")
    message = acme.message(ticket["id"], "We look into it.")
    letter = acme.backstage(lettered, acme.id, message["id"])
    for page in pages:
        expect(page.locator("#timeline")).to_contain_text("e-mail is on its way")
    acme.backstage(ended, acme.id, letter)
    for page in pages:
        expect(page.locator("#timeline")).to_contain_text("e-mail sent")

    customer = f"/customers/{ticket['customer_id']}"
    acme.patch(customer, {"name": "Globex Works", "email": "works@globex.example"})
    for page in pages:
        expect(page.locator("#reply-to")).to_have_text("To works@globex.example")
        expect(page.locator(f"#ticket-{ticket['id']}")).to_contain_text("Globex Works")
        expect(page.locator("#side-customer")).to_contain_text("Globex Works")
    other = acme.ticket(subject="Export stops", customer_email="works@globex.example")
    for page in pages:
        expect(page.locator("#others")).to_contain_text(f"#{other['ticket_number']} Export stops")
        assert_accessible(page)
    expect(pages[0].locator("#reply-body")).to_have_value("Half a sentence")


@pytest.mark.parametrize("script", [True, False])
def test_a_merge_is_undone_from_the_ticket_that_stayed(acme: Player, enter: Enter, script: bool) -> None:
    ticket, into = acme.ticket(subject="Twice"), acme.ticket(subject="Once")
    address = f"/tickets/{into['ticket_number']}?view=all"
    acme.post(f"/tickets/{ticket['id']}/merge", {"into": into["id"]})
    page, other = (enter(address, member, scripts=script, allow=("409",)) for member in (acme.agent, acme.admin))
    line = f"merged #{ticket['ticket_number']} into this ticket"
    undo = page.locator(".event", has_text=line).get_by_role("button", name="Undo")
    undo.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Twice")
    assert acme.get(f"/tickets/{ticket['id']}").data["merged_into"] is None
    late = other.locator(".event", has_text=line).get_by_role("button", name="Undo")
    if script:
        expect(late).to_have_count(0)
    else:
        late.click()
        expect(other.get_by_role("main")).to_contain_text("Ticket is not merged")


def test_keys_that_come_go_and_expire_show_in_the_open_list(acme: Player, enter: Enter) -> None:
    key_id = acme.backstage(expiring, acme.id, 6)
    page, of_key = enter("/keys", acme.owner), enter(f"/keys/{key_id}", acme.admin)
    expect(page.locator(f"#key-{key_id}")).to_contain_text("Expires soon")
    expect(page.locator(f"#key-{key_id}")).to_contain_text("Expired", timeout=10_000)
    expect(of_key.locator("#key-standing")).to_contain_text("Expired", timeout=10_000)

    expect(page.locator("#key-news")).to_be_hidden()
    made = acme.backstage(add_key, acme.id)
    expect(page.locator("#key-news")).to_have_text("1 new · Show")
    assert_accessible(page)
    acme.backstage(end_key, acme.id, key_id, "revoke")
    expect(page.locator(f"#key-{key_id}")).to_contain_text("Revoked")
    expect(of_key.get_by_role("link", name="Revoke…")).to_have_count(0)
    page.locator("#key-news").click()
    expect(page.locator(f"#key-{made.id}")).to_be_visible()
    expect(page.locator(f"#key-{key_id}")).to_have_count(0)


def test_a_key_behind_those_that_are_shown_is_not_told_as_a_new_one(acme: Player, enter: Enter) -> None:
    oldest = acme.backstage(add_keys, acme.id, 501)[0]
    page = enter("/keys", acme.owner)
    expect(page.get_by_role("link", name="Load more")).to_be_visible()
    expect(page.locator(f"#key-{oldest}")).to_have_count(0)

    with page.expect_response(lambda answer: "/news" in answer.url and answer.status == 200):
        acme.backstage(end_key, acme.id, oldest, "disable")
    expect(page.locator("#key-fresh")).to_have_attribute("data-fits", oldest)
    expect(page.locator("#key-news")).to_be_hidden()

    acme.backstage(add_key, acme.id)
    expect(page.locator("#key-news")).to_have_text("1 new · Show")
