"""Signing people of the cast in: by the cookie of a session made backstage, at the server's port, or by a password."""

import re

from playwright.sync_api import BrowserContext, Page

from tests.cast import Member, Player

PASSWORD = "correct horse battery"


def cookie_of(person_id: str, language: str = "") -> tuple[str, str]:
    """Sign a person in, who reads in the language; return the name and value of their cookie (runs backstage)."""
    from django.conf import settings
    from django.test import Client

    from tixallo.workspaces.models import Person

    Person.objects.filter(id=person_id).update(language=language)
    browser = Client()
    browser.force_login(Person.objects.get(id=person_id))
    return settings.SESSION_COOKIE_NAME, browser.cookies[settings.SESSION_COOKIE_NAME].value


def sign_in(context: BrowserContext, player: Player, member: Member, language: str = "") -> None:
    """Let the browser be signed in as the member."""
    name, value = player.backstage(cookie_of, member.id, language)
    port = player.client._port
    # The port stands in the cookie's name; backstage has none.
    name = re.sub(r"\d+", str(port), name)
    context.add_cookies([{"name": name, "value": value, "url": f"http://localhost:{port}"}])


def give_password(person_id: str) -> None:
    """Give a person of the cast the password (runs backstage)."""
    from tixallo.workspaces.models import Person

    person = Person.objects.get(id=person_id)
    person.set_password(PASSWORD)
    person.save()


def sign_in_with_password(page: Page, player: Player, member: Member) -> None:
    """Let the member sign in on the page for it, as somebody who has just proved who they are."""
    player.backstage(give_password, member.id)
    page.goto(f"{home(player).partition('/w/')[0]}/account/login/")
    page.locator("#id_login").fill(member.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url("**/w/**")


def home(player: Player) -> str:
    """The address of the player's workspace, without a slash at its end."""
    return f"http://localhost:{player.client._port}/w/{player.slug}"
