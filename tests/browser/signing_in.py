"""Signing people of the cast in without a password: their session's cookie, made backstage, at the server's port."""

import re

from playwright.sync_api import BrowserContext

from tests.cast import Member, Player


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


def home(player: Player) -> str:
    """The address of the player's workspace, without a slash at its end."""
    return f"http://localhost:{player.client._port}/w/{player.slug}"
