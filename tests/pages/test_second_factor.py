"""The second factor: switched on in the profile, asked for at sign-in, sealed in the database."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.urls import reverse

from tests.cast import assemble
from tests.pages.conftest import new_browser
from tixallo.kit.sealing import seal
from tixallo.workspaces.models import Person

pytestmark = pytest.mark.django_db

_STEP_SECONDS, _LEAST_SECONDS = 30, 3

PASSWORD = "correct horse battery"
SWITCH_ON = "/account/second-factor/totp/activate/"


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


def offered(browser: Client) -> tuple[str, str]:
    """Return the secret on the page that switches the app on, and how its form carries it."""
    answer = browser.get(SWITCH_ON)
    if answer.status_code == 302:
        answer = browser.post(answer["Location"], {"password": PASSWORD}, follow=True)
    return carried(answer.content.decode())


def carried(page: str) -> tuple[str, str]:
    secret, sealed = re.search(r"<code>([A-Z2-7]{16,})</code>", page), re.search(r'name="sealed" value="([^"]+)"', page)
    assert secret
    assert sealed
    return secret[1], sealed[1]


def switch_on(browser: Client) -> str:
    secret, sealed = offered(browser)
    answer = browser.post(SWITCH_ON, {"code": code_of(secret), "sealed": sealed})
    assert answer.status_code == 302
    return secret


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


@override_settings(MFA_RATE_LIMITS={"passkey_challenge": "3/m/ip"})
def test_one_address_gets_only_so_many_challenges_and_sessions() -> None:
    address = reverse("passkey_to_sign_in")

    said = [Client().post(address).status_code for _ in range(5)]

    assert said == [200, 200, 200, 429, 429]
    assert Session.objects.count() == 3
    assert Client(REMOTE_ADDR="203.0.113.9").post(address).status_code == 200


def test_one_address_may_sign_in_with_passkeys_many_times_a_minute() -> None:
    assert {Client().post(reverse("passkey_to_sign_in")).status_code for _ in range(60)} == {200}


def test_it_shows_in_the_list_of_people(browser: Client, person: Person) -> None:
    sign_in(browser, person)
    switch_on(browser)
    slug = person.email.partition("@")[2].removesuffix(".example")

    page = browser.get(f"/w/{slug}/people").content.decode()

    cells = re.findall(r'data-label="Two-factor">(\w+)<', page)
    assert sorted(cells) == ["no", "no", "yes"]


def test_a_wrong_code_leaves_the_secret_that_the_app_has(browser: Client, person: Person) -> None:
    sign_in(browser, person)
    secret, sealed = offered(browser)
    refused = browser.post(SWITCH_ON, {"code": "000000", "sealed": sealed})

    assert carried(refused.content.decode()) == (secret, sealed)
    assert browser.post(SWITCH_ON, {"code": code_of(secret), "sealed": sealed}).status_code == 302


def test_a_secret_that_was_not_shown_to_this_person_is_not_taken(browser: Client, person: Person) -> None:
    other, stranger = Person.objects.get(id=assemble("Globex").agent.id), new_browser()
    other.set_password(PASSWORD)
    other.save()
    sign_in(stranger, other)
    sign_in(browser, person)
    offered(browser)
    secret, sealed = offered(stranger)
    for brought in (sealed, seal(secret, "second factor"), "", "nothing"):
        refused = browser.post(SWITCH_ON, {"code": code_of(secret), "sealed": brought})
        assert refused.status_code == 200
        assert carried(refused.content.decode())[0] != secret
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        *("login/", "signup/", "logout/", "password/change/", "password/reset/", "password/reset/done/"),
        *("password/reset/key/done/", "reauthenticate/", "inactive/", "confirm-email/", "confirm-email/no-such-key/"),
        *("password/reset/key/none-none/", "password/reset/key/00000000-0000-7000-8000-000000000000-none/"),
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
