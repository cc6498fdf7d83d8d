"""What the last step of a rotation says of keys that have expired, are disabled, knocked with or renamed meanwhile."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from tests.cast import Troupe
from tests.keys.rotating import CURL, done, started, use
from tests.pages.key_stage import keys_of, signed_in, text_of
from tests.watch import Clock
from tixallo.keys import ending, renaming
from tixallo.keys.models import ApiKey
from tixallo.keys.tallies import OUTCOMES

# Stopped before Acme is made.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watch")]


@pytest.fixture
def admin(acme: Troupe) -> Client:
    return signed_in(acme.admin)


def said(browser: Client, acme: Troupe, rest: str = "/end") -> str:
    return unescape(text_of(browser.get(f"{keys_of(acme)}/{acme.key.id}/rotate{rest}").content))


def expire(key_id: str, watch: Clock) -> None:
    ApiKey.objects.filter(id=key_id).update(expires_at=watch.at)
    watch.move(timedelta(minutes=1))


def test_an_old_key_that_has_expired_is_not_to_be_disabled(acme: Troupe, admin: Client, watch: Clock) -> None:
    started(acme)
    use(acme, acme.key.id)
    expire(acme.key.id, watch)
    page = said(admin, acme)
    assert "The old key has expired" in page
    assert "Nobody has knocked since." in page
    assert "Disable" not in page

    use(acme, acme.key.id, CURL, OUTCOMES["expired"])
    page = said(admin, acme)
    assert "Refused since then: curl 8 · 192.0.2.0/24" in page
    assert "node 22" not in page
    assert "a request with the old key was refused" in page


def test_a_disabled_old_key_that_expires_cannot_be_enabled(acme: Troupe, admin: Client, watch: Clock) -> None:
    started(acme)
    done(acme, ending.disable, acme.key.id)
    use(acme, acme.key.id, CURL, OUTCOMES["disabled"])
    expire(acme.key.id, watch)
    page = said(admin, acme)
    assert "The old key has expired" in page
    assert "Refused since then: curl 8" in page
    assert "Enable old key" not in page


def test_a_new_key_that_has_expired_is_not_to_be_enabled(acme: Troupe, admin: Client, watch: Clock) -> None:
    rotation = started(acme)
    use(acme, acme.key.id)
    expire(rotation.new_key_id, watch)
    for rest in ("/end", "/revoke"):
        page = said(admin, acme, rest)
        assert "Locked: the new key has expired and opens nothing." in page
        assert "Enable it" not in page


@pytest.mark.parametrize("rest", ["rotate/end", "rotate/revoke", "revoke"])
def test_a_request_that_was_refused_is_no_use(acme: Troupe, admin: Client, watch: Clock, rest: str) -> None:
    started(acme)
    address = f"{keys_of(acme)}/{acme.key.id}/{rest}"
    use(acme, acme.key.id)
    assert "Locked: old key used" in text_of(admin.get(address).content)
    watch.move(timedelta(hours=1))
    use(acme, acme.key.id, outcome=OUTCOMES["disabled"])
    page = text_of(admin.get(address).content)
    assert "Locked: old key used" not in page
    assert "Locked: a request with the old key was refused" in page


@pytest.mark.parametrize(("renamed", "name"), [("", "Acme key"), ("Invoices", "Invoices")])
def test_before_it_is_cancelled_the_name_is_told_that_the_old_key_will_have(
    acme: Troupe, admin: Client, renamed: str, name: str
) -> None:
    started(acme)
    if renamed:
        done(acme, renaming.rename, acme.key.id, renamed)
    assert f"The old key is called “{name}”, and works." in said(admin, acme, "/cancel")
    admin.post(f"{keys_of(acme)}/{acme.key.id}/rotate/cancel")
    assert ApiKey.objects.get(id=acme.key.id).name == name


@pytest.mark.parametrize(
    ("how", "advice"), [("disable", "Enable this one first"), ("revoke", "is revoked."), ("expire", "has expired.")]
)
def test_what_can_be_done_instead_of_rotating_fits_the_key(
    acme: Troupe, admin: Client, watch: Clock, how: str, advice: str
) -> None:
    if how == "expire":
        expire(acme.key.id, watch)
    else:
        done(acme, getattr(ending, how), acme.key.id)
    page = said(admin, acme, "")
    assert advice in page
    assert ("Enable this one first" in page) is (how == "disable")


def test_a_client_without_a_name_leaves_no_gap(acme: Troupe, admin: Client) -> None:
    started(acme)
    use(acme, acme.key.id, ("", "203.0.113.7"))
    done(acme, ending.disable, acme.key.id)
    use(acme, acme.key.id, ("", "203.0.113.7"), OUTCOMES["disabled"])
    page = text_of(admin.get(f"{keys_of(acme)}/{acme.key.id}").content)
    assert "203.0.113.0/24 · GET /tickets" in page
    assert "Refused since then: 203.0.113.0/24 ·" in said(admin, acme)
    assert "\N{EN DASH} 203.0.113.0/24" in said(admin, acme, "")
