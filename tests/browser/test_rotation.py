"""A rotation in the browser: from the list to the revoked key, live, on phones, in the dark, and without script."""

import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible, assert_fits
from tests.browser.signing_in import home, sign_in, sign_in_with_password
from tests.cast import COMMAND, Key, Player
from tixallo.keys import rotating
from tixallo.workspaces.changes import change

pytestmark = [pytest.mark.browser, pytest.mark.once]

LIVE = 2_500

Enter = Callable[..., Page]


def start(workspace_id: str, key_id: str) -> Key:
    """Start to rotate a key, and return its successor (runs backstage)."""
    with change(workspace_id, COMMAND) as opened:
        rotation, text = rotating.start(opened, key_id)
    return Key(rotation.new_key.id, rotation.new_key.public_id, str(text))


@pytest.fixture
def at(acme: Player, new_page: Watched) -> Enter:
    """A page of a rotation as an admin of Acme sees it: `at("/end", width=320)`."""

    def go(rest: str = "", **options: Any) -> Page:
        page = new_page(**options)
        sign_in(page.context, acme, acme.admin)
        page.goto(f"{home(acme)}/keys/{acme.key.id}/rotate{rest}")
        return page

    return go


def curl(page: Page, key: str) -> int:
    """Use a key with curl, and return the status of the answer."""
    origin = page.url.partition("/w/")[0]
    command = (
        f"curl -s -o /dev/null -w '%{{http_code}}' {origin}/api/v1/key -H \"Authorization: Bearer $TIXALLO_API_KEY\""
    )
    environment = {**os.environ, "TIXALLO_API_KEY": key}
    told = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=True)
    return int(told.stdout)


def test_a_key_is_replaced_from_its_page_to_the_end(acme: Player, new_page: Watched) -> None:
    page = new_page()
    sign_in_with_password(page, acme, acme.admin)
    old = acme.key.text
    assert curl(page, old) == 200

    page.goto(f"{home(acme)}/keys/{acme.key.id}")
    page.get_by_role("link", name="Rotate", exact=True).click()
    page.get_by_role("button", name="Create the new key").click()
    new = page.get_by_label("Your new key").input_value()
    assert new != old
    page.get_by_role("button", name="I have stored it").click()

    callers = page.locator("#rotation-callers")
    expect(callers).to_contain_text("Not seen")
    assert curl(page, old) == 200
    expect(callers).to_contain_text("Still on old", timeout=LIVE)
    assert curl(page, new) == 200
    expect(callers).to_contain_text("Moved", timeout=LIVE)
    assert new not in page.content()

    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Disable old key").click()
    expect(page.locator("#rotation-disabling")).to_contain_text("Nobody has knocked since.")
    assert curl(page, old) == 401
    expect(page.locator("#rotation-disabling")).to_contain_text("Refused since then:", timeout=LIVE)
    page.get_by_role("button", name="Enable old key").click()
    expect(page.get_by_role("button", name="Disable old key")).to_be_visible()
    assert curl(page, old) == 200

    page.get_by_role("link", name="Revoke old key").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Locked: old key used")
    assert_accessible(page)
    dialog.get_by_label("Its name").fill("Acme key (old)")
    dialog.get_by_role("button", name="Revoke key").click()
    expect(page.get_by_text("The rotation was finished")).to_be_visible()
    assert (curl(page, old), curl(page, new)) == (401, 200)


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(1280, "light", "en-GB"), (1280, "dark", "en-GB"), (320, "dark", "de-DE"), (320, "light", "de-DE")],
)
def test_every_step_is_accessible_and_fits(acme: Player, at: Enter, width: int, theme: str, language: str) -> None:
    acme.get("/key", headers={"User-Agent": "a-client-with-a-long-name-of-its-own/1.2"})
    acme.backstage(start, acme.id, acme.key.id)
    page = at(width=width, theme=theme, language=language)
    page.locator("summary", has_text="As a table" if language == "en-GB" else "Tabelle").click()
    for rest in ("", "/end", "/revoke", "/cancel"):
        if rest:
            page.goto(f"{home(acme)}/keys/{acme.key.id}/rotate{rest}")
        assert_fits(page)
        assert_accessible(page)


def test_it_goes_without_script(acme: Player, at: Enter) -> None:
    acme.get("/key", headers={"User-Agent": "curl/8.5.0"})
    acme.backstage(start, acme.id, acme.key.id)
    page = at(scripts=False)
    page.get_by_role("button", name="No longer needed").click()
    expect(page.get_by_role("button", name="Needed after all")).to_be_visible()
    page.get_by_label("Unlock after").select_option("72")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Disable old key").click()
    expect(page.get_by_role("button", name="Enable old key")).to_be_visible()
    page.get_by_role("link", name="Cancel rotation").click()
    page.get_by_role("button", name="Cancel rotation").click()
    assert acme.get("/key").data["name"] == "Acme key"


def test_a_choice_and_a_focus_outlast_a_poll(acme: Player, at: Enter) -> None:
    acme.get("/key", headers={"User-Agent": "curl/8.5.0"})
    new = acme.backstage(start, acme.id, acme.key.id)
    page = at()
    page.get_by_label("Unlock after").select_option("72")
    page.get_by_role("button", name="No longer needed").focus()
    assert acme.with_key(new).get("/key", headers={"User-Agent": "node/22"}).status == 200
    expect(page.locator("#rotation-traffic tbody tr").nth(1)).to_contain_text("s ago", timeout=LIVE)
    assert page.evaluate("document.activeElement.innerText") == "No longer needed"
    assert page.get_by_label("Unlock after").input_value() == "72"
