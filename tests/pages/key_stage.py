"""What the tests of the pages about keys share: people who have just signed in, a form, requests, what a page says."""

import re
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.test import Client

from tests.cast import Key, Member, Troupe
from tests.pages.conftest import new_browser
from tixallo.keys.models import REFUSALS, ApiKey, KeyHour
from tixallo.keys.usage import ledger
from tixallo.kit import clock
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


def text_of(page: bytes) -> str:
    """Return what a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.decode()))


def row_of(page: bytes, key: Key) -> str:
    """Return what the list says of a key; nothing if the key is not in it."""
    found = re.search(rf'<tr id="key-{key.id}".*?</tr>', page.decode(), re.DOTALL)
    return "" if found is None else text_of(found[0].encode())


def tabs_of(page: bytes) -> list[int]:
    """Return the counts of the tabs."""
    found = re.search(r'id="key-tabs".*?</nav>', page.decode(), re.DOTALL)
    assert found is not None
    return [int(number) for number in re.findall(r'class="count">(\d+)', found[0])]


def count(key: Key, ago: timedelta = timedelta(0), **counts: int) -> None:
    """Let the key have had requests some time ago."""
    none = {"passed": 0, **{f"refused_{reason}": 0 for reason in REFUSALS}}
    hour = (clock.now() - ago).replace(minute=0, second=0, microsecond=0)
    workspace_id = ApiKey.objects.get(id=key.id).workspace_id
    KeyHour.objects.create(workspace_id=workspace_id, key_id=key.id, hour=hour, **{**none, **counts})


def use(acme: Troupe, key: Key, outcome: int = 0) -> None:
    """Let a request come with the key, that is not written yet."""
    ledger.note(acme.id, key.id, "203.0.113.9", "node/22.1", "GET /tickets", outcome)
