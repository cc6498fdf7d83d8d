"""Making a key on a page: who may, who they are, the one answer that shows it, and what a form sent twice does."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests.cast import Troupe, assemble
from tests.pages.key_stage import PASSWORD, keys_of, proof_is_old, sent, signed_in, text_of
from tests.pages.test_second_factor import code_of, switch_on
from tixallo.keys import token
from tixallo.keys.models import ApiKey
from tixallo.keys.tallies import OUTCOMES, PASSED
from tixallo.keys.usage import ledger
from tixallo.kit.ids import new_id
from tixallo.workspaces.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.fixture
def admin(acme: Troupe) -> Client:
    return signed_in(acme.admin)


def key_in(page: str) -> str:
    found = re.search(r'id="new-key" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def stored() -> str:
    """Return everything in the database, as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [str(row) for row in cursor.fetchall()]
    return "\n".join(rows)


def test_the_answer_to_the_form_shows_the_key(acme: Troupe, admin: Client) -> None:
    answer = admin.post(f"{keys_of(acme)}/new", sent(expires="90", limit="7", scopes=["tickets:read"]))

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    text = key_in(answer.content.decode())
    assert token.parse(text) is not None
    key = ApiKey.objects.get(workspace_id=acme.id, name="Billing sync")
    assert (key.environment, key.rate_limit, key.scopes) == ("production", 7, ["tickets:read"])
    assert key.expires_at is not None
    assert (key.expires_at - key.created_at).days == 90
    assert (key.made_by, key.maker_id) == (acme.admin.name, acme.admin.id)
    assert text.split("_")[2] not in stored()


@pytest.mark.parametrize(("scopes", "path"), [([], "tickets"), (["tickets:read"], "tickets"), (["events:read"], "key")])
def test_the_line_to_try_is_one_that_the_key_may_ask(acme: Troupe, admin: Client, scopes: list[str], path: str) -> None:
    page = admin.post(f"{keys_of(acme)}/new", sent(scopes=scopes)).content.decode()

    assert f"/api/v1/{path} \\\n  -H" in page


def test_a_form_sent_again_shows_no_key_and_makes_none(acme: Troupe, admin: Client) -> None:
    form = sent()
    first = admin.post(f"{keys_of(acme)}/new", form).content.decode()
    made = ApiKey.objects.get(workspace_id=acme.id, name="Billing sync")
    changes = Event.objects.filter(workspace_id=acme.id).count()

    again = admin.post(f"{keys_of(acme)}/new", form)

    assert key_in(first).split("_")[2] not in again.content.decode()
    assert "This key was shown once." in again.content.decode()
    assert f'href="{keys_of(acme)}/{made.id}"' in again.content.decode()
    assert ApiKey.objects.filter(workspace_id=acme.id, name="Billing sync").count() == 1
    assert Event.objects.filter(workspace_id=acme.id).count() == changes


def test_each_form_has_a_value_of_its_own(acme: Troupe, admin: Client) -> None:
    values = {
        re.findall(r'name="form_value" value="([^"]+)"', admin.get(f"{keys_of(acme)}/new").content.decode())[0]
        for _ in range(2)
    }
    assert len(values) == 2


def test_another_workspace_does_not_know_the_form(acme: Troupe, admin: Client) -> None:
    globex, form = assemble("Globex"), sent()
    admin.post(f"{keys_of(acme)}/new", form)

    answer = signed_in(globex.owner).post(f"{keys_of(globex)}/new", form)

    assert key_in(answer.content.decode())


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": " "}, "Name"),
        ({"name": "Billing\nsync"}, "Name"),
        ({"name": "Billing\x1b[31m sync"}, "Name"),
        ({"environment": ""}, "Environment"),
        ({"environment": "moon"}, "Environment"),
        ({"limit": "0"}, "Requests in 60 seconds"),
        ({"scopes": ["tickets:eat"]}, "Scopes"),
        ({"expires": "12"}, "Expires"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(
    acme: Troupe, admin: Client, fields: dict[str, object], told: str
) -> None:
    form = sent(**fields)
    answer = admin.post(f"{keys_of(acme)}/new", form)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f">{told}</a>" in page
    assert str(form["form_value"]) in page
    assert not ApiKey.objects.filter(workspace_id=acme.id, name="Billing sync").exists()


@pytest.mark.parametrize("value", ["", "1", "x" * 36, "<script>"])
def test_a_form_without_its_value_makes_nothing(acme: Troupe, admin: Client, value: str) -> None:
    answer = admin.post(f"{keys_of(acme)}/new", sent(form_value=value))
    assert answer.status_code == 422
    assert not ApiKey.objects.filter(workspace_id=acme.id, name="Billing sync").exists()


def test_who_has_not_proved_lately_who_they_are_does_so_before_the_form(acme: Troupe, admin: Client) -> None:
    proof_is_old(admin)

    asked = admin.get(f"{keys_of(acme)}/new")
    assert asked["Location"] == f"/account/reauthenticate/?next={keys_of(acme).replace('/', '%2F')}%2Fnew"
    back = admin.post(asked["Location"], {"password": PASSWORD})

    assert back["Location"] == f"{keys_of(acme)}/new"
    assert b'name="form_value"' in admin.get(back["Location"]).content


def other_proof(browser: Client, asked: str) -> str:
    """Return the address that the page which asks for a password leads to for another proof."""
    page = browser.get(asked).content.decode()
    return unescape(re.findall(r'href="(/account/second-factor/reauthenticate/[^"]*)"', page)[0])


def test_a_code_of_an_authenticator_app_is_a_proof(acme: Troupe, admin: Client) -> None:
    secret = switch_on(admin)
    proof_is_old(admin)
    asked = admin.get(f"{keys_of(acme)}/new")["Location"]

    address = other_proof(admin, asked)
    page = admin.get(address).content.decode()
    wrong = admin.post(address, {"code": "000000"})
    still_asked = admin.get(f"{keys_of(acme)}/new")
    # A code is good once; the one that switched the app on counts as used for its half minute.
    cache.clear()
    back = admin.post(address, {"code": code_of(secret)})

    assert "Enter the code that your authenticator app shows." in page
    assert (wrong.status_code, still_asked.status_code) == (200, 302)
    assert back["Location"] == f"{keys_of(acme)}/new"
    assert b'name="form_value"' in admin.get(back["Location"]).content


def test_a_recovery_code_is_a_proof_once(acme: Troupe, admin: Client) -> None:
    switch_on(admin)
    code = re.findall(r"<code>(\d{8})</code>", admin.get("/account/second-factor/recovery-codes/").content.decode())[0]
    proof_is_old(admin)
    address = other_proof(admin, admin.get(f"{keys_of(acme)}/new")["Location"])

    back = admin.post(address, {"code": code})
    proof_is_old(admin)
    again = admin.post(address, {"code": code})

    assert back["Location"] == f"{keys_of(acme)}/new"
    assert again.status_code == 200
    assert admin.get(f"{keys_of(acme)}/new").status_code == 302


def test_a_proof_that_runs_out_over_the_form_loses_no_text(acme: Troupe, admin: Client) -> None:
    proof_is_old(admin)

    answer = admin.post(f"{keys_of(acme)}/new", sent(name="Preview <site>", scopes=["tickets:read"], limit="9"))
    asked = admin.get(answer["Location"])
    back = admin.post(asked["Location"], {"password": PASSWORD})
    page = admin.get(back["Location"]).content.decode()

    assert not ApiKey.objects.filter(workspace_id=acme.id, name__startswith="Preview").exists()
    assert 'value="Preview &lt;site&gt;"' in page
    assert re.search(r'value="production"[^>]* checked', page)
    assert re.search(r'value="tickets:read"[^>]* checked', page)
    assert 'value="9"' in page
    assert "Preview" not in admin.get(f"{keys_of(acme)}/new").content.decode()


def strict_browser() -> Client:
    """Return a browser that knows no cookies and meets the check of a form's origin."""
    return Client(enforce_csrf_checks=True, SERVER_NAME="localhost", SERVER_PORT="8000")


WRITTEN = {"name": "Preview <site>", "environment": "staging", "expires": "90", "limit": "9", "scopes": ["events:read"]}


def check_it_is_filled_in(page: str) -> None:
    assert 'value="Preview &lt;site&gt;"' in page
    assert re.search(r'value="staging"[^>]* checked', page)
    assert re.search(r'value="90"[^>]* selected', page)
    assert re.search(r'value="events:read"[^>]* checked', page)
    assert 'value="9"' in page
    assert re.search(r'<details class="key-limits" open', page)
    assert page.count(" checked") == 2


def test_a_form_sent_without_a_session_is_filled_in_after_signing_in(acme: Troupe, admin: Client) -> None:
    admin.logout()

    asked = admin.post(f"{keys_of(acme)}/new", sent(**WRITTEN))
    back = admin.post(asked["Location"], {"login": acme.admin.email, "password": PASSWORD})

    assert not ApiKey.objects.filter(workspace_id=acme.id, name__startswith="Preview").exists()
    check_it_is_filled_in(admin.get(back["Location"]).content.decode())
    assert "Preview" not in admin.get(f"{keys_of(acme)}/new").content.decode()


def test_a_form_sent_without_any_cookie_is_filled_in_when_it_is_opened_again(acme: Troupe, admin: Client) -> None:
    stranger = strict_browser()

    answer = stranger.post(f"{keys_of(acme)}/new", sent(**WRITTEN))
    page = answer.content.decode()
    form = unescape(re.findall(r'href="([^"]*)">Open the form again', page)[0])
    asked = stranger.get(form)
    stranger.cookies = admin.cookies

    assert answer.status_code == 403
    assert "This form has expired" in page
    assert "Your entries are kept" in page
    assert parse_qs(urlsplit(asked["Location"]).query)["next"] == [form]
    check_it_is_filled_in(stranger.get(form).content.decode())


@pytest.mark.parametrize("after", ["was shown", "revoked"])
def test_another_key_is_offered_with_what_the_first_one_was(acme: Troupe, admin: Client, after: str) -> None:
    form = sent(**WRITTEN)
    admin.post(f"{keys_of(acme)}/new", form)
    key = ApiKey.objects.get(workspace_id=acme.id, name=WRITTEN["name"])
    if after == "was shown":
        page = admin.post(f"{keys_of(acme)}/new", form).content.decode()
    else:
        admin.post(f"{keys_of(acme)}/{key.id}/revoke", {"reason": "unused"})
        page = admin.get(f"{keys_of(acme)}/{key.id}/rotate").content.decode()

    address = unescape(re.findall(r'href="([^"]*/new\?[^"]*)"', page)[0])

    check_it_is_filled_in(admin.get(address).content.decode())


def test_no_secret_comes_back_in_an_address(acme: Troupe, admin: Client) -> None:
    secret = str(token.generate("production"))
    form = sent(name=f"Copy of {secret}", note=secret)

    expired = strict_browser().post(f"{keys_of(acme)}/new", form).content.decode()
    proof_is_old(admin)
    unproved = admin.post(f"{keys_of(acme)}/new", form)["Location"]
    admin.logout()
    signed_out = admin.post(f"{keys_of(acme)}/new", form)["Location"]

    for told in (expired, unproved, signed_out):
        assert "Copy" in told
        assert secret.split("_")[2] not in told
        assert "form_value" not in told


@pytest.mark.parametrize(
    "query", ["environment=moon", "scopes=tickets:eat", "expires=12", "limit=many", "name=", "x=1"]
)
def test_an_address_fills_in_nothing_that_there_is_not(acme: Troupe, admin: Client, query: str) -> None:
    page = admin.get(f"{keys_of(acme)}/new?{query}").content.decode()
    assert " checked" not in page
    for invented in ("moon", "tickets:eat", 'value="12"'):
        assert invented not in page


def test_the_line_that_waits_says_when_the_key_was_used(acme: Troupe, admin: Client) -> None:
    admin.post(f"{keys_of(acme)}/new", sent())
    key = ApiKey.objects.get(workspace_id=acme.id, name="Billing sync")
    address = f"{keys_of(acme)}/{key.id}/first-use"

    before = admin.get(address)
    ledger.note(acme.id, key.id, "203.0.113.9", "curl/8", "GET /key", PASSED, 200)
    after = admin.get(address)
    ledger.flush()
    stored = admin.get(address)

    assert before.status_code == 204
    for told in (after, stored):
        assert re.search(r"First request \d+ s ago , 200\.", text_of(told.content))
        assert admin.get(address, headers={"If-None-Match": told["ETag"]}).status_code == 204


def test_the_page_is_told_why_a_request_was_refused_until_one_passes(acme: Troupe, admin: Client) -> None:
    admin.post(f"{keys_of(acme)}/new", sent())
    key = ApiKey.objects.get(workspace_id=acme.id, name="Billing sync")
    address = f"{keys_of(acme)}/{key.id}/first-use"

    ledger.note(acme.id, key.id, "203.0.113.9", "curl/8", "GET /events", OUTCOMES["scope"], 403)
    refused = admin.get(address)
    again = admin.get(address, headers={"If-None-Match": refused["ETag"]})
    ledger.note(acme.id, key.id, "203.0.113.9", "curl/8", "GET /tickets", PASSED, 404)
    used = admin.get(address, headers={"If-None-Match": refused["ETag"]})

    assert "A request was refused: 403, scope missing" in text_of(refused.content)
    assert again.status_code == 204
    assert ", 404." in text_of(used.content)


def test_the_form_speaks_german(acme: Troupe, admin: Client) -> None:
    page = admin.get(f"{keys_of(acme)}/new", headers={"accept-language": "de"}).content.decode()
    assert "Schlüssel erstellen" in page


def test_an_agent_makes_no_key(acme: Troupe) -> None:
    browser = signed_in(acme.agent)
    assert browser.get(f"{keys_of(acme)}/new").status_code == 403
    assert browser.post(f"{keys_of(acme)}/new", sent(form_value=new_id())).status_code == 403
