"""Coming in, in a real browser: the welcome, an invitation to a second person, and the pages about people."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible, assert_fits
from tests.conftest import NewServer
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.once]

PASSWORD = "correct horse battery"


def welcome(page: Page, server: Server) -> str:
    """Take both steps of the welcome by keyboard, and return the address of the workspace."""
    (link,) = re.findall(r"http://localhost:\d+/welcome/\S+", server.log.read_text())
    page.goto(link.replace("localhost", "127.0.0.1"))
    assert page.url == link
    assert_accessible(page)
    for text in ("Ada Lovelace", "ada@acme.example", PASSWORD):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your workspace")
    assert_accessible(page)
    page.keyboard.type("Acmé & Söhne")
    expect(page.get_by_label("Its address")).to_have_value("acme-sohne")
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/acme-sohne/**")
    return f"http://localhost:{server.port}/w/acme-sohne"


def test_one_person_begins_and_another_joins(new_server: NewServer, new_page: Watched) -> None:
    server = new_server()
    ada, bob = new_page(zone="Europe/Berlin"), new_page(theme="dark", language="de-DE")

    home = welcome(ada, server)
    expect(ada.get_by_role("heading", name="Create a key and make a ticket")).to_be_visible()
    ada.get_by_role("button", name="Load sample data").click()
    expect(ada.get_by_role("button", name="Remove sample data")).to_be_visible()
    ada.goto(f"{home}/people")
    ada.get_by_label("E-mail").fill("bob@acme.example")
    ada.get_by_role("button", name="Send the invitation").click()
    link = ada.get_by_label("Link for bob@acme.example").input_value()
    assert_accessible(ada)

    bob.goto(link)
    assert_accessible(bob)
    bob.get_by_label("Ihr Name").fill("Bob")
    bob.get_by_label("Passwort").fill(PASSWORD)
    bob.get_by_role("button", name="Beitreten").click()
    bob.wait_for_url("**/w/acme-sohne/**")
    bob.goto(f"{home}/people")
    expect(bob.get_by_role("row")).to_have_count(3)
    expect(bob.get_by_role("link", name="Einladen")).to_have_count(0)
    assert_accessible(bob)

    ada.reload()
    ada.get_by_label("Actions for Bob").click()
    ada.get_by_role("button", name="Admin").click()
    expect(ada.get_by_role("row", name="Bob")).to_contain_text("Admin")
    bob.reload()
    expect(bob.get_by_role("link", name="Einladen")).to_be_visible()


def test_the_pages_about_people_are_accessible_and_fit(new_server: NewServer, new_page: Watched) -> None:
    server = new_server()
    wide = new_page()
    home = welcome(wide, server)
    cookies: Any = wide.context.cookies()
    for theme, width in (("light", 1280), ("dark", 320)):
        page = new_page(theme=theme, width=width)
        page.context.add_cookies(cookies)
        for address in ("people", "profile", "settings", "settings/failed", "leave"):
            page.goto(f"{home}/{address}")
            assert_accessible(page)
            assert_fits(page)
        for address in ("account/password/change/", "account/second-factor/", "account/logout/"):
            page.goto(f"http://localhost:{server.port}/{address}")
            assert_accessible(page)
            assert_fits(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_signing_in_are_accessible(server: Server, new_page: Watched, theme: str) -> None:
    page = new_page(theme=theme, width=320, allow=("404",))
    for address in ("account/login/", "account/password/reset/", "account/password/reset/done/", "invitation/none"):
        page.goto(f"http://localhost:{server.port}/{address}")
        assert_accessible(page)
        assert_fits(page)


def test_a_session_that_has_ended_leads_back(server: Server, new_page: Watched) -> None:
    page = new_page(scripts=False)

    page.goto(f"http://localhost:{server.port}/w/acme/people?from=here")

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert page.url.endswith("/account/login/?next=/w/acme/people%3Ffrom%3Dhere")
