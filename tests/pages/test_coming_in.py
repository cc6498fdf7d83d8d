"""Coming in: the welcome, signing in and out, forgotten passwords, and who may make an account."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import COMMAND, assemble
from tests.pages.conftest import new_browser
from tixallo.kit import due
from tixallo.kit.errors import NotFound
from tixallo.workspaces import letters, sweeping, welcoming
from tixallo.workspaces.attempts import Attempts
from tixallo.workspaces.models import Attempt, Letter, Membership, Person, WelcomeLink, Workspace
from tixallo.workspaces.opening import open_workspace
from tixallo.workspaces.resetting import link_for

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def path_of(link: str | None) -> str:
    assert link is not None
    assert link.startswith("http://localhost:8000/")
    return link.removeprefix("http://localhost:8000")


def welcome_link() -> str:
    return path_of(welcoming.make_link())


def a_person(email: str = "ada@acme.example") -> Person:
    person = Person(email=email, email_key=email.lower(), name="Ada")
    person.set_password(PASSWORD)
    person.save()
    return person


def test_the_welcome_leads_to_a_workspace_in_two_steps(browser: Client) -> None:
    link = welcome_link()

    first = browser.get(link)
    second = browser.post(link, {"name": "Ada", "email": "Ada@Acme.example", "password": PASSWORD})
    third = browser.post(second["Location"], {"name": "Acme", "slug": "", "time_zone": "Europe/Berlin"})

    assert first.status_code == 200
    assert second["Location"] == f"{link}/workspace"
    assert third.status_code == 302
    assert third["Location"].startswith("/w/acme/")
    member = Membership.objects.filter(workspace__slug="acme").get()
    assert (member.role, member.person.email, member.person.email_key) == (
        "owner",
        "Ada@Acme.example",
        "ada@acme.example",
    )
    assert member.person.time_zone == "Europe/Berlin"
    assert browser.get("/")["Location"] == third["Location"]


def test_a_welcome_link_works_once(browser: Client) -> None:
    link = welcome_link()
    browser.post(link, {"name": "Ada", "email": "ada@acme.example", "password": PASSWORD})
    browser.post(f"{link}/workspace", {"name": "Acme"})

    assert browser.get(link).status_code == 404
    assert new_browser().get(link).status_code == 404
    assert browser.post(f"{link}/workspace", {"name": "Globex"}).status_code == 404
    assert Workspace.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_links_that_are_used_at_once_make_one_workspace() -> None:
    tokens = [welcome_link().rpartition("/")[2] for _ in range(4)]
    people = [a_person(f"ada{number}@acme.example") for number in range(4)]
    for token, person in zip(tokens, people, strict=True):
        welcoming.bind(welcoming.find(token), person)
    together = threading.Barrier(4)

    def press(token: str, person: Person) -> bool:
        together.wait()
        try:
            welcoming.open_by_link(token, person, "", name="Acme", slug=f"acme-{people.index(person)}")
        except NotFound:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(press, tokens, people))

    assert sum(made) == 1
    assert Workspace.objects.count() == 1


def test_a_link_that_was_begun_takes_over_no_account(browser: Client) -> None:
    link = welcome_link()
    browser.post(link, {"name": "Ada", "email": "ada@acme.example", "password": PASSWORD})

    other = new_browser().post(link, {"name": "Eve", "email": "eve@evil.example", "password": PASSWORD})

    assert other["Location"].startswith("/account/login/")
    assert Person.objects.count() == 1


def test_there_is_no_welcome_where_there_is_a_workspace(browser: Client) -> None:
    link = welcome_link()
    open_workspace(COMMAND, name="Acme", owner_email="owner@acme.example")

    assert welcoming.make_link() is None
    assert browser.get(link).status_code == 404
    assert browser.get(path_of(welcoming.make_link(again=True))).status_code == 200


def test_a_database_does_not_give_the_welcome_link_away() -> None:
    token = welcome_link().rpartition("/")[2]

    assert token not in str(list(WelcomeLink.objects.values()))


def test_a_short_password_is_refused_and_what_was_typed_stays(browser: Client) -> None:
    page = browser.post(welcome_link(), {"name": "Ada", "email": "ada@acme.example", "password": "short"})

    assert page.status_code == 422
    assert b"ada@acme.example" in page.content
    assert not Person.objects.exists()


def test_whoever_is_new_here_is_told_how_to_begin(browser: Client) -> None:
    page = browser.get("/")

    assert page.status_code == 200
    assert b"tixallo welcome" in page.content


def test_signing_in_leads_to_the_page_asked_for_under_a_new_session(browser: Client) -> None:
    acme = assemble()
    person = Person.objects.get(id=acme.agent.id)
    person.set_password(PASSWORD)
    person.save()

    asked = browser.get(f"/w/{acme.slug}/people")
    browser.session.save()
    before = browser.session.session_key
    done = browser.post(asked["Location"], {"login": acme.agent.email.upper(), "password": PASSWORD})

    assert asked["Location"] == f"/account/login/?next=/w/{acme.slug}/people"
    assert done["Location"] == f"/w/{acme.slug}/people"
    assert browser.session.session_key != before
    assert browser.get(done["Location"]).status_code == 200


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(browser: Client) -> None:
    a_person()

    wrong = browser.post("/account/login/", {"login": "ada@acme.example", "password": "not this one"})
    unknown = browser.post("/account/login/", {"login": "eve@acme.example", "password": "not this one"})

    hidden = re.compile(rb'(name="csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"|[a-z]+@acme\.example')
    assert hidden.sub(b"", wrong.content) == hidden.sub(b"", unknown.content)
    assert b"not correct" in wrong.content


def test_guessing_is_throttled(browser: Client) -> None:
    a_person("guessed@acme.example")
    guess = {"login": "guessed@acme.example", "password": "not this one"}

    answers = [browser.post("/account/login/", guess).status_code for _ in range(20)]
    right = browser.post("/account/login/", {**guess, "password": PASSWORD})

    assert set(answers) <= {200, 429}
    assert right.status_code != 302


def test_what_was_guessed_counts_in_another_process_and_after_a_restart(browser: Client) -> None:
    a_person("guessed@acme.example")
    for _ in range(30):
        browser.post("/account/login/", {"login": "guessed@acme.example", "password": "not this one"})
    Attempts("one process", {}).set("a count", [1.5], 60)

    assert Attempts("another process", {}).get("a count") == [1.5]
    assert Attempt.objects.count() > 1
    assert not any("guessed" in str(row) for row in Attempt.objects.values_list())
    # What is refused is not counted, so that it writes nothing.
    with CaptureQueriesContext(connection) as captured:
        browser.post("/account/login/", {"login": "guessed@acme.example", "password": PASSWORD})
    written = re.findall(r'(?:UPDATE|INSERT INTO|DELETE FROM) "workspaces_attempt"', str(list(captured)))
    assert written == []


def test_attempts_that_no_longer_count_are_swept_away() -> None:
    attempts = Attempts("any", {})
    attempts.set("old", [1.0], -1)
    attempts.set("new", [1.0], 60)

    assert attempts.get("old") is None
    sweeping.forget_sessions("")

    assert Attempt.objects.count() == 1
    assert not attempts.add("new", "y", 60)
    assert attempts.delete("new")
    assert attempts.add("new", "y", -1)
    assert attempts.add("new", "y", 60)
    assert attempts.delete("new")
    assert attempts.get("new", []) == []


def test_a_session_is_not_kept_as_the_browser_holds_it(browser: Client) -> None:
    browser.force_login(a_person())

    key = browser.session.session_key

    assert Session.objects.count() == 1
    assert not Session.objects.filter(session_key=key).exists()


def test_signing_out_takes_a_post(browser: Client) -> None:
    browser.force_login(a_person())

    browser.get("/account/logout/")
    assert browser.get("/profile").status_code == 200
    browser.post("/account/logout/")
    assert browser.get("/profile").status_code == 302


@pytest.mark.parametrize("address", ["ada@acme.example", "nobody@acme.example"])
def test_asking_for_a_password_gives_the_same_answer_to_everybody(browser: Client, address: str) -> None:
    a_person()

    asked = browser.post("/account/password/reset/", {"email": address})
    page = browser.get(asked["Location"])
    while due.work_once():
        pass

    assert b"If the address belongs to an account" in page.content
    assert Letter.objects.count() == (1 if address == "ada@acme.example" else 0)


def test_a_new_password_is_set_by_the_link_once(browser: Client) -> None:
    person = a_person()
    link = path_of(link_for(person))

    shown = browser.get(link, follow=True)
    where = shown.redirect_chain[-1][0]
    browser.post(where, {"password1": "another good password"})
    again = new_browser().get(link, follow=True)

    person.refresh_from_db()
    assert person.check_password("another good password")
    assert browser.get("/profile").status_code == 200
    assert b"used up" in again.content


def test_an_owner_made_by_a_command_comes_in_by_a_link(browser: Client) -> None:
    owner = Person.objects.get(id=assemble().owner.id)
    assert not owner.has_usable_password()

    shown = browser.get(path_of(link_for(owner)), follow=True)
    browser.post(shown.redirect_chain[-1][0], {"password1": "another good password"})

    assert browser.get("/profile").status_code == 200


def test_who_has_no_password_sets_one_and_goes_on(browser: Client) -> None:
    acme = assemble()
    owner = Person.objects.get(id=acme.owner.id)
    owner.set_unusable_password()
    owner.save()
    browser.force_login(owner)
    asked = f"/w/{acme.slug}/keys/new?name=Billing"
    answer = browser.get(asked, follow=True)
    address = answer.redirect_chain[-1][0]
    assert address.startswith("/account/password/set/?next=")
    assert "You have no password yet." in answer.content.decode()
    assert browser.post(address, {"password1": "short"}).status_code == 200
    set_now = browser.post(address, {"password1": PASSWORD})
    assert set_now["Location"] == asked
    confirm = browser.get(asked)
    assert confirm["Location"].startswith("/account/reauthenticate/?next=")
    assert browser.post(confirm["Location"], {"password": PASSWORD})["Location"] == asked
    assert browser.get(asked).status_code == 200


def test_links_in_mails_lead_to_the_origin_whatever_the_host_says(browser: Client) -> None:
    a_person()

    browser.post("/account/password/reset/", {"email": "ada@acme.example"}, HTTP_HOST="localhost:1")
    due.work_once()

    letter = Letter.objects.get()
    assert "http://localhost:8000/account/password/reset/key/" in letters.compose(letter).get_content()


def test_accounts_are_made_by_invitation_only(browser: Client) -> None:
    answer = {"name": "Eve", "email": "eve@evil.example", "password1": PASSWORD}

    page = browser.post("/account/signup/", answer)

    assert b"by invitation" in page.content
    assert b'href="/account/signup/"' not in browser.get("/account/login/").content
    assert not Person.objects.exists()


def test_an_open_server_lets_everybody_make_an_account_and_a_workspace(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "TIXALLO", replace(settings.TIXALLO, signup="open"))
    answer = {"name": "Ada", "email": "ada@acme.example", "password1": PASSWORD}

    offered = browser.get("/account/login/").content
    made = browser.post("/account/signup/", answer)
    opened = browser.post("/workspaces/new", {"name": "Acme"})

    assert b'href="/account/signup/"' in offered
    assert made.status_code == 302
    assert opened["Location"].startswith("/w/acme/")


def test_a_closed_server_lets_nobody_make_workspaces(browser: Client) -> None:
    browser.force_login(a_person())

    assert browser.get("/workspaces/new").status_code == 403


def test_who_asks_too_often_is_told_when_to_try_again(browser: Client) -> None:
    answers = [browser.post("/account/password/reset/", {"email": "again@acme.example"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [*[302] * 5, 429]
    assert answers[-1]["Retry-After"] == "60"
    assert "Try again in 60 seconds." in answers[-1].content.decode()
    german = browser.post(
        "/account/password/reset/", {"email": "again@acme.example"}, headers={"accept-language": "de"}
    ).content.decode()
    assert "Zu viele Anfragen" in german


def test_german_says_sie_about_passwords(browser: Client) -> None:
    person = a_person()
    browser.force_login(person)
    changed = browser.post(
        "/account/password/change/",
        {"oldpassword": "wrong", "password1": "a new and long one"},
        headers={"accept-language": "de"},
    ).content.decode()
    assert "Das ist nicht Ihr aktuelles Passwort." in changed
    visitor = new_browser()
    wrong = {"login": person.email, "password": "wrong"}
    pages = [visitor.post("/account/login/", wrong, headers={"accept-language": "de"}) for _ in range(6)]
    assert "Versuchen Sie es in einigen Minuten noch einmal." in pages[-1].content.decode()


def test_passwords_are_called_as_all_other_fields_are(browser: Client) -> None:
    browser.force_login(a_person())
    for language, names in (
        ("en", ("Current password", "New password")),
        ("de", ("Aktuelles Passwort", "Neues Passwort")),
    ):
        page = browser.get("/account/password/change/", headers={"accept-language": language}).content.decode()
        assert tuple(re.findall(r'<label class="field-label"[^>]*>([^<]*?)\s*<', page)) == names
