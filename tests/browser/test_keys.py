"""Keys in the browser: made, copied, used by a real HTTP client and seen to be; shown once and nowhere after that."""

import os
import re
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Dialog, Error, Page, expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible, assert_fits
from tests.browser.signing_in import PASSWORD, give_password, home, sign_in, sign_in_with_password
from tests.browser.test_passkeys import give_device
from tests.cast import Member, Player, add_key, end_key
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.once]

# What comes nearer to the right side of a narrow window than 16 pixels; tabs have room for their focus around them.
_BEYOND_THE_MARGIN = """
[...document.querySelectorAll(".page, .page *")]
  .filter((each) => !each.matches(".tabs") && !each.closest(".visually-hidden, thead, dialog"))
  .map((each) => [each.getBoundingClientRect(), each])
  .filter(([box, each]) => box.width && (each.matches(".page")
    ? parseFloat(getComputedStyle(each).paddingRight) < 16
    : box.right > innerWidth - 15.5))
  .map(([box, each]) => `${each.localName} ${each.getAttribute("class")} ${box.right} ${each.textContent}`)
"""

Enter = Callable[..., Page]


@pytest.fixture
def entered(acme: Player, new_page: Watched) -> Enter:
    """A page of a member who has just signed in with a password: `entered(acme.owner, width=320)`."""

    def enter(member: Member, **options: Any) -> Page:
        page = new_page(**options)
        sign_in_with_password(page, acme, member)
        return page

    return enter


def make_key(page: Page, acme: Player, name: str = "Billing sync") -> str:
    """Create a key by keyboard, and return it."""
    page.goto(f"{home(acme)}/keys")
    page.keyboard.press("c")
    page.wait_for_url("**/keys/new")
    page.keyboard.type(name)
    page.get_by_label("production").check()
    page.get_by_role("button", name="Create key").click()
    field = page.get_by_label("Your new key")
    expect(field).to_be_visible()
    return field.input_value()


def walk(page: Page, step: Callable[[], object]) -> None:
    """Go a step through the history. The browser may have kept nothing, and ask whether to send the form again."""
    try:
        step()
    except Error as refused:
        if "ERR_CACHE_MISS" not in str(refused):
            raise
        # The browser's own page about it is on its way.
        page.wait_for_timeout(500)


def curl(lines: str, key: str) -> int:
    """Run what the page says in a shell that has the key, and return the status of the answer."""
    command = lines.split("\n", 1)[1].replace("curl ", "curl -s -o /dev/null -w '%{http_code}' ")
    told = subprocess.run(
        ["bash", "-c", command], env={**os.environ, "TIXALLO_API_KEY": key}, capture_output=True, text=True, check=True
    )
    return int(told.stdout)


def test_a_key_is_made_copied_used_and_seen_to_be_used(acme: Player, entered: Enter) -> None:
    page = entered(acme.owner)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = make_key(page, acme)
    assert_accessible(page)

    page.get_by_role("button", name="Copy key").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text
    expect(page.locator("#key-first")).to_contain_text("Waiting for the first request")
    lines = page.locator("pre.code").inner_text()
    assert lines.startswith("read -rs TIXALLO_API_KEY; export TIXALLO_API_KEY\n")
    assert text not in lines
    assert curl(lines, text) == 200
    expect(page.locator("#key-first")).to_have_text(re.compile(r"First request \d+ s ago, 200\."))

    page.get_by_role("button", name="I have stored it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Billing sync")
    expect(page.locator("#key-callers")).to_contain_text("curl")
    assert curl(lines, text) == 200
    expect(page.locator("#key-usage dd").first).to_have_text("2")
    assert_accessible(page)


@pytest.mark.alone
def test_the_list_shows_a_request_within_two_seconds_and_moves_no_row(acme: Player, entered: Enter) -> None:
    used = acme.another_key(name="Hourly sync")
    acme.backstage(add_key, acme.id, name="Yearly report")
    page = entered(acme.admin)
    page.goto(f"{home(acme)}/keys")
    expect(page.get_by_role("row", name="Hourly sync")).to_contain_text("never used")
    names = page.locator("[data-row-link]").all_inner_texts()

    used.get("/tickets")

    expect(page.get_by_role("row", name="Hourly sync")).to_contain_text("s ago", timeout=2_000)
    expect(page.get_by_role("row", name="Yearly report")).to_contain_text("never used")
    assert page.locator("[data-row-link]").all_inner_texts() == names


def test_a_form_sent_after_all_cookies_have_gone_comes_back_filled_in(acme: Player, new_page: Watched) -> None:
    page = new_page(allow=("403",))
    sign_in_with_password(page, acme, acme.admin)
    page.goto(f"{home(acme)}/keys/new")
    page.locator("#id_name").fill("Invoice export")
    page.get_by_label("staging").check()
    page.get_by_text("Limit what it can do").click()
    page.get_by_label("Requests in 60 seconds").fill("120")
    page.get_by_label("tickets:read").check()
    page.context.clear_cookies()

    page.get_by_role("button", name="Create key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This form has expired")
    assert_accessible(page)
    page.get_by_role("link", name="Open the form again").click()
    page.locator("#id_login").fill(acme.admin.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")

    expect(page.locator("#id_name")).to_have_value("Invoice export")
    expect(page.get_by_label("staging")).to_be_checked()
    expect(page.get_by_label("Requests in 60 seconds")).to_have_value("120")
    expect(page.get_by_label("tickets:read")).to_be_checked()
    page.get_by_role("button", name="Create key").click()
    expect(page.get_by_label("Your new key")).to_be_visible()
    assert page.url.endswith("/keys/new")


def test_a_key_that_was_shown_is_nowhere_any_more(acme: Player, server: Server, entered: Enter) -> None:
    page = entered(acme.owner)
    text = make_key(page, acme)
    canary = text.split("_")[2]

    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("main")).to_contain_text("This key was shown once.")
    assert canary not in page.content()
    expect(page.get_by_role("link", name="Open this key")).to_be_visible()

    page.goto(f"{home(acme)}/keys")
    assert page.locator("[data-row-link]", has_text="Billing sync").count() == 1
    for step in (page.go_back, page.go_back, page.go_forward):
        walk(page, step)
        page.wait_for_load_state()
        assert canary not in page.content()
        assert canary not in page.evaluate("[...document.querySelectorAll('input')].map((one) => one.value).join()")
    page.goto(f"{home(acme)}/keys")
    assert canary not in page.evaluate("JSON.stringify([history.state, {...localStorage}, {...sessionStorage}])")
    assert page.evaluate("indexedDB.databases()") == []
    assert page.evaluate("caches.keys()") == []
    assert canary not in server.log.read_text()
    assert _is_stored(server, text.split("_")[1])
    assert not _is_stored(server, canary)


def test_going_back_to_the_page_that_showed_a_key_shows_none(acme: Player, entered: Enter) -> None:
    page = entered(acme.owner)
    canary = make_key(page, acme).split("_")[2]
    page.get_by_role("button", name="I have stored it").click()
    expect(page.get_by_role("heading", name="Life")).to_be_visible()

    walk(page, page.go_back)
    page.wait_for_load_state()

    assert canary not in page.content()
    assert canary not in page.evaluate("[...document.querySelectorAll('input')].map((one) => one.value).join()")


def test_who_leaves_without_saying_that_it_is_stored_is_asked(acme: Player, entered: Enter) -> None:
    page = entered(acme.owner)
    text = make_key(page, acme)

    page.keyboard.press("g")
    page.keyboard.press("k")
    expect(page.get_by_role("dialog")).to_contain_text("You have not confirmed that the key is stored.")
    assert_accessible(page)
    page.get_by_role("button", name="Stay").click()
    assert page.get_by_label("Your new key").input_value() == text
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", refuse)
    page.evaluate("setTimeout(() => location.reload())")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    page.keyboard.press("g")
    page.keyboard.press("k")
    page.get_by_role("link", name="Leave").click()
    page.wait_for_url("**/keys")


def test_two_clicks_make_one_key(acme: Player, entered: Enter) -> None:
    page = entered(acme.owner)
    page.goto(f"{home(acme)}/keys/new")
    page.get_by_label("Name").fill("Twice")
    page.get_by_label("staging").check()
    page.get_by_role("button", name="Create key").dblclick()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("Twice")
    shown = page.get_by_label("Your new key").or_(page.get_by_role("link", name="Open this key"))
    expect(shown).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(f"{home(acme)}/keys")
    assert page.locator("[data-row-link]", has_text="Twice").count() == 1


def test_identity_is_asked_before_the_form(acme: Player, new_page: Watched) -> None:
    page = new_page()
    acme.backstage(give_password, acme.owner.id)
    sign_in(page.context, acme, acme.owner)
    page.goto(f"{home(acme)}/keys")
    page.get_by_role("link", name="Create key").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Create a key")


def test_a_passkey_is_a_proof_of_identity_before_the_form(acme: Player, new_page: Watched) -> None:
    page = new_page()
    give_device(page)
    acme.backstage(give_password, acme.owner.id)
    sign_in(page.context, acme, acme.owner)
    page.goto(f"{home(acme).partition('/w/')[0]}/account/second-factor/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    # Signed in anew, by nothing that counts as a proof.
    sign_in(page.context, acme, acme.owner)

    page.goto(f"{home(acme)}/keys")
    page.get_by_role("link", name="Create key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    assert_accessible(page)
    page.get_by_role("link", name="Use a passkey").click()
    assert_accessible(page)
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Create a key")
    assert page.url == f"{home(acme)}/keys/new"


def test_what_is_typed_in_the_find_box_never_leaves_the_page(acme: Player, entered: Enter) -> None:
    wanted = acme.backstage(add_key, acme.id, name="Billing sync")
    acme.backstage(add_key, acme.id, name="Monthly export")
    page = entered(acme.owner)
    page.goto(f"{home(acme)}/keys")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))

    page.keyboard.press("/")
    box = page.get_by_label("Find by name or id")
    expect(box).to_be_focused()
    box.fill(wanted.text)
    expect(page.locator("[data-row]:visible")).to_have_count(1)
    expect(page.locator("[data-row]:visible")).to_contain_text("Billing sync")
    box.fill("MONTHLY")
    expect(page.locator("[data-row]:visible")).to_contain_text("Monthly export")
    box.fill("nothing of this")
    expect(page.get_by_text("No key of this tab is called like this.")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_timeout(2_000)

    assert sent
    assert not [line for line in sent if wanted.text.split("_")[2] in line or "MONTHLY" in line or "nothing" in line]
    assert page.url.endswith("/keys")


def test_a_key_is_walked_to_disabled_enabled_renamed_and_revoked_by_keyboard(acme: Player, entered: Enter) -> None:
    key = acme.another_key(name="Billing sync")
    page = entered(acme.admin)
    page.goto(f"{home(acme)}/keys")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Billing sync")

    page.get_by_role("button", name="Disable").click()
    expect(page.locator("#key-standing")).to_contain_text("Its requests get 401 until you enable it.")
    assert key.client.send("GET", "/api/v1/key", headers={"Authorization": f"Bearer {key.key.text}"}).status == 401
    page.get_by_role("button", name="Enable").click()
    assert key.get("/key").status == 200
    page.get_by_role("link", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Monthly export")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Monthly export")
    page.get_by_role("link", name="Revoke…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Revoke “Monthly export”?")
    expect(dialog).to_contain_text("This is final.")
    assert_accessible(page)
    dialog.get_by_label("Reason").select_option("exposed")
    dialog.get_by_role("button", name="Revoke key").click()
    expect(page.locator("#key-standing")).to_contain_text("Exposed")
    assert key.client.send("GET", "/api/v1/key", headers={"Authorization": f"Bearer {key.key.text}"}).status == 401
    expect(page.locator("#key-usage")).to_contain_text("revoked (401)")
    expect(page.get_by_role("link", name="Revoke…")).to_have_count(0)


def test_an_agent_sees_no_keys(acme: Player, new_page: Watched) -> None:
    page = new_page(allow=("403",))
    sign_in(page.context, acme, acme.agent)
    page.goto(f"{home(acme)}/")
    expect(page.get_by_role("link", name="API keys")).to_have_count(0)
    page.goto(f"{home(acme)}/keys")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here for you")


def test_keys_are_made_and_ended_without_scripts(acme: Player, entered: Enter) -> None:
    page = entered(acme.owner, scripts=False)
    page.goto(f"{home(acme)}/keys")
    page.get_by_role("link", name="Create key").click()
    page.get_by_label("Name").fill("Plain")
    page.get_by_label("staging").check()
    page.get_by_role("button", name="Create key").click()
    assert page.get_by_label("Your new key").input_value().startswith("tixstg_")
    page.get_by_role("button", name="I have stored it").click()
    page.get_by_role("link", name="Revoke…").click()
    page.get_by_role("button", name="Revoke key").click()
    expect(page.locator("#key-standing")).to_contain_text("Revoked")


@pytest.mark.parametrize(
    ("theme", "width", "language"),
    [("light", 1280, "en-GB"), ("light", 320, "de-DE"), ("dark", 320, "en-GB"), ("dark", 1440, "de-DE")],
)
def test_the_pages_can_be_seen_and_read(acme: Player, entered: Enter, theme: str, width: int, language: str) -> None:
    key = acme.another_key(name="A key with a rather long name that has to be broken somewhere")
    key.get("/tickets")
    key.get("/tickets")
    gone = acme.backstage(add_key, acme.id, name="Gone")
    acme.backstage(end_key, acme.id, gone.id, "revoke")
    page = entered(acme.owner, theme=theme, width=width, language=language)
    for path in (
        "keys",
        "keys?tab=attention",
        "keys?tab=revoked",
        "keys/new",
        f"keys/{key.key.id}",
        f"keys/{key.key.id}?period=90d",
        f"keys/{gone.id}",
        f"keys/{key.key.id}/name",
        f"keys/{key.key.id}/revoke",
    ):
        page.goto(f"{home(acme)}/{path}")
        assert_accessible(page)
        assert_fits(page)
        if width == 320:
            assert page.evaluate(_BEYOND_THE_MARGIN) == []


def _is_stored(server: Server, text: str) -> bool:
    file = Path(server.data) / "tixallo.sqlite3"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        found = "\n".join(database.iterdump())
    return text in found
