"""What the tests of the pages about keys share: people who have just proved who they are, and a form to send."""

from typing import Any

from django.core.cache import cache
from django.test import Client

from tests.cast import Member, Troupe
from tests.pages.conftest import new_browser
from tixallo.kit.ids import new_id
from tixallo.workspaces.models import Person

PASSWORD = "correct horse battery"


def signed_in(member: Member) -> Client:
    """Return a browser in which the member has just signed in with a password."""
    person = Person.objects.get(id=member.id)
    person.set_password(PASSWORD)
    person.save()
    # Attempts to sign in are counted for all tests of a process together.
    cache.clear()
    browser = new_browser()
    answer = browser.post("/account/login/", {"login": member.email, "password": PASSWORD})
    assert answer.status_code == 302
    return browser


def proof_is_old(browser: Client) -> None:
    """Let the proof of who is signed in be eleven minutes old."""
    session = browser.session
    session["account_authentication_methods"] = [
        {**record, "at": record["at"] - 660} for record in session["account_authentication_methods"]
    ]
    session.save()


def sent(**fields: Any) -> dict[str, Any]:
    """Return what the form of a new key sends."""
    return {
        "form_value": new_id(),
        "name": "Billing sync",
        "environment": "production",
        "expires": "",
        "limit": "60",
        **fields,
    }


def keys_of(troupe: Troupe) -> str:
    """Return the address of the workspace's keys."""
    return f"/w/{troupe.slug}/keys"
