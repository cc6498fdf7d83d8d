"""The page of a ticket that was deleted: to be read, with what one had begun to write there, and brought back."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible, assert_fits
from tests.browser.signing_in import home, sign_in
from tests.cast import COMMAND, Player
from tixallo.tickets import drafting, removing
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Person, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.once]


def deleted_with_draft(workspace_id: str, number: int, person_id: str) -> None:
    """Let somebody begin a reply on a ticket that is deleted then (runs backstage)."""
    workspace = Workspace.objects.get(id=workspace_id)
    ticket = workspace.tickets.get(number=number)
    drafting.save(workspace, Person.objects.get(id=person_id), ticket.id, "reply", "Dear Carla")
    with change(workspace_id, COMMAND) as opened:
        removing.remove(opened, ticket.id)


@pytest.mark.parametrize(("theme", "width"), [("light", 320), ("dark", 1280)])
def test_a_deleted_ticket_can_be_read_with_what_was_begun_there(
    new_page: Watched, acme: Player, theme: str, width: int
) -> None:
    number = acme.ticket(subject="Invoice shows the wrong VAT")["ticket_number"]
    acme.backstage(deleted_with_draft, acme.id, number, acme.agent.id)
    page = new_page(theme=theme, width=width)
    sign_in(page.context, acme, acme.agent)
    page.goto(f"{home(acme)}/tickets/{number}")
    expect(page.get_by_label("Your draft of a reply, which was not sent")).to_have_value("Dear Carla")
    assert_fits(page)
    assert_accessible(page)
    # It takes no changes, so that no letter offers any of its own.
    page.keyboard.press("?")
    terms = page.get_by_role("dialog", name="Keyboard shortcuts").get_by_role("term").all_inner_texts()
    assert "Back to the list" in terms
    assert not {"Set status", "Set priority", "Reply", "Note", "Change tags"} & set(terms)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Restore").click()
    expect(page.locator("#reply-body")).to_have_value("Dear Carla")
