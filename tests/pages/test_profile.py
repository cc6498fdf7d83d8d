"""One's profile: name, address and password, language, zone, and how one likes to work."""

import re
from dataclasses import replace

import pytest
from django.conf import settings

from tests.cast import Troupe
from tests.pages.conftest import browser_of, new_browser
from tixallo.workspaces import letters
from tixallo.workspaces.models import Letter, Person

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def profile_of(person: Person, **edits: object) -> dict[str, object]:
    fields = ("name", "email", "language", "time_zone", "theme", "after_resolving", "hold_seconds")
    return {**{name: getattr(person, name) or "auto" for name in fields}, "shortcuts": "on", **edits}


def test_the_profile_is_saved(acme: Troupe) -> None:
    person = Person.objects.get(id=acme.agent.id)

    answer = browser_of(person.id).post(
        f"/w/{acme.slug}/profile",
        profile_of(person, language="de", time_zone="Europe/Berlin", hold_seconds=0, after_resolving="list"),
    )
    person.refresh_from_db()

    assert answer.status_code == 302
    assert (person.language, person.time_zone, person.hold_seconds) == ("de", "Europe/Berlin", 0)
    assert (person.shortcuts, person.mail_on_answer, person.after_resolving) == (True, False, "list")
    assert 'lang="de"' in browser_of(person.id).get("/profile").content.decode()


def test_another_address_takes_the_password(acme: Troupe) -> None:
    person = Person.objects.get(id=acme.agent.id)
    person.set_password(PASSWORD)
    person.save()
    browser = browser_of(person.id)

    refused = browser.post("/profile", profile_of(person, email="Other@acme.example", password="wrong"))
    taken = browser.post("/profile", profile_of(person, email=acme.admin.email, password=PASSWORD))
    saved = browser.post("/profile", profile_of(person, email="Other@acme.example", password=PASSWORD))
    person.refresh_from_db()

    assert (refused.status_code, taken.status_code, saved.status_code) == (422, 422, 302)
    assert (person.email, person.email_key) == ("Other@acme.example", "other@acme.example")
    assert person.check_password(PASSWORD)
    assert [letter.recipient for letter in Letter.objects.filter(workspace_id=None)] == [acme.agent.email]
    signing_in = new_browser().post("/account/login/", {"login": "other@acme.example", "password": PASSWORD})
    assert signing_in.status_code == 302


@pytest.mark.parametrize("within", [False, True])
def test_the_letter_that_confirms_an_address_is_sent_again(
    acme: Troupe, monkeypatch: pytest.MonkeyPatch, within: bool
) -> None:
    monkeypatch.setattr(settings, "TIXALLO", replace(settings.TIXALLO, smtp_url="smtp://mail.example"))
    browser = browser_of(acme.agent.id)
    profile = f"/w/{acme.slug}/profile" if within else "/profile"
    (address,) = re.findall(r'action="([^"]*confirm-address)"', browser.get(profile).content.decode())

    sent = browser.post(address, follow=True)
    again = browser.post(address, follow=True)

    assert sent.redirect_chain == again.redirect_chain == [(profile, 302)]
    assert "A link to confirm the address is on its way." in sent.content.decode()
    assert "A letter has gone out in the last minutes." in again.content.decode()
    (letter,) = Letter.objects.filter(recipient=acme.agent.email)
    (link,) = re.findall(r"/account/confirm-email/\S+", letters.compose(letter).get_content())
    browser.post(link)
    assert "confirm-address" not in browser.get(profile).content.decode()
    assert "is confirmed already" in browser.post(address, follow=True).content.decode()


def test_without_a_mail_server_no_letter_is_offered(acme: Troupe) -> None:
    page = browser_of(acme.agent.id).get("/profile").content.decode()
    assert "confirm-address" not in page
    assert "That needs a mail server" in page


def test_a_hold_is_sixty_seconds_at_most(acme: Troupe) -> None:
    person = Person.objects.get(id=acme.agent.id)

    assert browser_of(person.id).post("/profile", profile_of(person, hold_seconds=61)).status_code == 422
