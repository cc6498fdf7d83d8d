"""A passkey at http://localhost, from a device that chromium pretends to have."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible
from tests.browser.test_coming_in import PASSWORD, welcome
from tests.conftest import NewServer

pytestmark = [pytest.mark.browser, pytest.mark.once]


def give_device(page: Page) -> None:
    """Let the browser have a device that keeps passkeys and knows its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def test_a_passkey_signs_in_without_a_password(new_server: NewServer, new_page: Watched) -> None:
    server, page = new_server(), new_page()
    give_device(page)
    home = welcome(page, server)
    site = f"http://localhost:{server.port}"

    page.goto(f"{site}/account/second-factor/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add a passkey")
    assert_accessible(page)
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.goto(f"{site}/account/second-factor/webauthn/")
    expect(page.get_by_role("row", name="Laptop")).to_be_visible()
    assert_accessible(page)

    page.goto(f"{site}/account/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{site}/account/login/")
    assert_accessible(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{home}/**")


def test_a_passkey_is_the_second_factor_and_confirms(new_server: NewServer, new_page: Watched) -> None:
    server, page = new_server(), new_page()
    give_device(page)
    home = welcome(page, server)
    site = f"http://localhost:{server.port}"
    page.goto(f"{site}/account/second-factor/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.goto(f"{site}/account/logout/")
    page.get_by_role("button", name="Sign out").click()

    page.goto(f"{site}/account/login/")
    page.locator("[name=login]").fill("ada@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{home}/**")

    page.goto(f"{site}/account/second-factor/webauthn/reauthenticate/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{home}/**")
    page.goto(f"{site}/account/second-factor/recovery-codes/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
