"""A page that a browser renders ahead, before anybody has asked for it, marks nothing read and nobody present."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.signing_in import home, sign_in
from tests.cast import Player
from tixallo.tickets.models import Presence, ReadMark

pytestmark = [pytest.mark.browser, pytest.mark.once]


def marks_and_presence(workspace_id: str) -> tuple[int, int]:
    """How many read marks and signs of presence there are (runs backstage)."""
    marks, present = (model.objects.filter(workspace_id=workspace_id).count() for model in (ReadMark, Presence))
    return marks, present


def test_a_page_marks_nothing_until_it_is_shown(acme: Player, new_page: Watched) -> None:
    page = new_page()
    sign_in(page.context, acme, acme.agent)
    # What a browser says while it renders a page ahead.
    page.add_init_script("Object.defineProperty(document, 'prerendering', {get: () => !window.shownNow})")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{home(acme)}/tickets/{acme.ticket()['ticket_number']}")
    page.wait_for_timeout(3_000)
    assert sent == []
    assert acme.backstage(marks_and_presence, acme.id) == (0, 0)
    with page.expect_response(re.compile("/read$")) as answer:
        page.evaluate("window.shownNow = true")
    assert answer.value.status == 204
    expect(page.locator("#timeline")).to_be_visible()
    assert acme.backstage(marks_and_presence, acme.id)[0] == 1
