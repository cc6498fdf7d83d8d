"""The second factor: switched on in the profile, asked for at sign-in, sealed in the database."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from tests.cast import assemble
from tests.pages.conftest import new_browser
from tixallo.workspaces.models import Person

pytestmark = pytest.mark.django_db

_STEP_SECONDS, _LEAST_SECONDS = 30, 3

PASSWORD = "correct horse battery"


@pytest.fixture
def person() -> Person:
    found = Person.objects.get(id=assemble().agent.id)
    found.set_password(PASSWORD)
    found.save()
    return found


def sign_in(browser: Client, person: Person) -> str:
    answer = browser.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return str(answer["Location"])


def code_of(secret: str) -> str:
    # Not one that runs out before it has arrived.
    left = _STEP_SECONDS - time.time() % _STEP_SECONDS
    if left < _LEAST_SECONDS:
        time.sleep(left)
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def switch_on(browser: Client) -> str:
    asked = browser.get("/account/second-factor/totp/activate/")
    page = browser.post(asked["Location"], {"password": PASSWORD}, follow=True).content.decode()
    secret = re.findall(r"<code>([A-Z2-7]{16,})</code>", page)[0]
    answer = browser.post("/account/second-factor/totp/activate/", {"code": code_of(secret)})
    assert answer.status_code == 302
    return str(secret)


def test_it_is_asked_for_at_sign_in(browser: Client, person: Person) -> None:
    sign_in(browser, person)
    secret = switch_on(browser)
    other = new_browser()

    asked = sign_in(other, person)
    before = other.get("/profile").status_code
    wrong = other.post(asked, {"code": "000000"})
    codes = browser.get("/account/second-factor/recovery-codes/").content.decode()
    recovery = re.findall(r"<code>(\d{8})</code>", codes)
    right = other.post(asked, {"code": recovery[0]})

    assert asked.startswith("/account/second-factor/authenticate/")
    assert (before, wrong.status_code, right.status_code) == (302, 200, 302)
    assert other.get("/profile").status_code == 200
    assert secret not in str(list(Authenticator.objects.values()))


def test_it_shows_in_the_list_of_people(browser: Client, person: Person) -> None:
    sign_in(browser, person)
    switch_on(browser)
    slug = person.email.partition("@")[2].removesuffix(".example")

    page = browser.get(f"/w/{slug}/people").content.decode()

    cells = re.findall(r'data-label="Two-factor">(\w+)<', page)
    assert sorted(cells) == ["no", "no", "yes"]


@pytest.mark.parametrize(
    "address",
    [
        *("login/", "signup/", "logout/", "password/change/", "password/reset/", "password/reset/done/"),
        *("password/reset/key/done/", "reauthenticate/", "inactive/", "confirm-email/", "confirm-email/no-such-key/"),
        *("second-factor/", "second-factor/totp/activate/", "second-factor/totp/deactivate/"),
        *("second-factor/recovery-codes/", "second-factor/recovery-codes/generate/", "email/", "password/set/"),
    ],
)
def test_every_page_of_accounts_is_one_of_ours(person: Person, address: str) -> None:
    signed_in = new_browser()
    sign_in(signed_in, person)
    for browser in (new_browser(), signed_in):
        page = browser.get(f"/account/{address}", follow=True)

        assert page.status_code in {200, 404}
        assert page.content.count(b'id="main"') == 1
        assert page.content.count(b"<h1>") == 1
        assert b"<style" not in page.content
        assert b" style=" not in page.content
