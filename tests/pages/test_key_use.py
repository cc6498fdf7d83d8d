"""What the pages say of the use of keys, and what a page that stands open is told of it."""

import re
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Troupe, add_key, assemble, end_key
from tests.keys.statements import raw_statements
from tests.pages.conftest import new_browser
from tests.pages.key_stage import count, keys_of, row_of, signed_in, tabs_of, text_of, use
from tixallo.keys import key_page
from tixallo.keys.models import KeyTurn
from tixallo.keys.tallies import OUTCOMES
from tixallo.keys.usage import Ledger, ledger
from tixallo.kit import standing
from tixallo.workspaces.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(acme: Troupe) -> Client:
    return signed_in(acme.owner)


def test_the_last_24_hours_are_a_chart_and_a_number(acme: Troupe, owner: Client) -> None:
    key = add_key(acme.id)
    count(key, passed=1_204)
    count(key, ago=timedelta(hours=3), passed=602)
    count(key, ago=timedelta(hours=25), passed=9_000)

    page = owner.get(keys_of(acme)).content

    assert "1,806" in row_of(page, key)
    assert f'd="M0 20{"m4 0" * 20}v-10h3v10h1{"m4 0" * 2}v-20h3v20h1"' in page.decode()


def test_a_request_shows_at_once(acme: Troupe, owner: Client) -> None:
    key = add_key(acme.id)
    use(acme, key)
    use(acme, key, OUTCOMES["scope"])

    row = row_of(owner.get(keys_of(acme)).content, key)
    page = text_of(owner.get(f"{keys_of(acme)}/{key.id}").content)

    for told in ("203.0.113.0/24", "node 22", "GET /tickets", "1 refused (403)"):
        assert told in row
    for told in ("203.0.113.0/24", "scope missing (403) 1", "Passed 1", "Refused 1"):
        assert told in page


def test_the_list_is_told_of_a_request_and_then_of_nothing(acme: Troupe, owner: Client) -> None:
    used, quiet = add_key(acme.id), add_key(acme.id)
    page = owner.get(keys_of(acme)).content.decode()
    tag = re.findall(r'data-poll-tag="([^"]+)"', page)[0].replace("&quot;", '"')
    address = f"{keys_of(acme)}/news"

    assert owner.get(address, headers={"If-None-Match": tag}).status_code == 204
    use(acme, used)
    told = owner.get(address, headers={"If-None-Match": tag})

    assert "1 s ago" in row_of(told.content, used)
    assert not row_of(told.content, quiet)
    assert tabs_of(told.content) == [3, 0, 0]
    assert owner.get(address, headers={"If-None-Match": told["ETag"]}).status_code == 204
    ledger.flush()
    assert owner.get(address, headers={"If-None-Match": told["ETag"]}).status_code == 204


class Open:
    """A page about keys that stands open in a browser, and has asked once what is new."""

    def __init__(self, browser: Client, address: str) -> None:
        page = browser.get(address).content.decode()
        self.browser = browser
        self.address = re.findall(r'data-poll="([^"]+)"', page)[0].replace("&amp;", "&")
        self.tag = re.findall(r'data-poll-tag="([^"]+)"', page)[0].replace("&quot;", '"')
        assert self.poll() == 204

    def poll(self, browser: Client | None = None) -> int:
        """Ask what is new, and return the status of the answer."""
        headers = {"If-None-Match": self.tag, "X-Poll": "1"}
        return (browser or self.browser).get(self.address, headers=headers).status_code


@pytest.mark.parametrize("of", ["list", "key"])
def test_a_poll_that_is_repeated_asks_the_database_once(acme: Troupe, owner: Client, of: str) -> None:
    page = Open(owner, keys_of(acme) if of == "list" else f"{keys_of(acme)}/{acme.key.id}")

    with CaptureQueriesContext(connection) as captured, raw_statements() as ran:
        assert page.poll() == 204

    assert (len(captured), len(ran)) == (0, 1)


@pytest.mark.parametrize("of", ["list", "key"])
def test_a_poll_that_is_remembered_is_told_what_happens(acme: Troupe, owner: Client, of: str) -> None:
    address = keys_of(acme) if of == "list" else f"{keys_of(acme)}/{acme.key.id}"

    page = Open(owner, address)
    use(acme, acme.key)
    assert page.poll() == 200
    ledger.flush()
    assert page.poll() == 200

    page = Open(owner, address)
    elsewhere = Ledger()
    elsewhere.note(acme.id, acme.key.id, "192.0.2.1", "curl/8", "GET /key")
    assert page.poll() == 204
    elsewhere.flush()
    assert page.poll() == 200

    page = Open(owner, address)
    end_key(acme.id, acme.key.id, "disable")
    assert page.poll() == 200


def test_a_poll_of_a_key_that_is_remembered_is_not_told_of_others(acme: Troupe, owner: Client) -> None:
    other, globex = add_key(acme.id), assemble("Globex")
    page, of_list = Open(owner, f"{keys_of(acme)}/{acme.key.id}"), Open(owner, keys_of(acme))
    use(acme, other)
    use(globex, globex.key)
    assert page.poll() == 204
    ledger.flush()
    assert page.poll() == 204
    assert of_list.poll() == 200
    turns = KeyTurn.objects.filter(workspace_id__in=[acme.id, globex.id]).values_list("turn", flat=True)
    assert list(turns) == [1, 1]


def test_a_poll_is_remembered_for_one_session_and_passes(
    acme: Troupe, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Open(owner, keys_of(acme))
    assert page.poll(new_browser()) == 302
    assert page.poll(signed_in(acme.agent)) == 403
    assert page.poll(signed_in(assemble("Globex").owner)) == 404

    Membership.objects.filter(workspace_id=acme.id, person_id=acme.owner.id).update(role="agent")
    later = time.monotonic() + standing.REMEMBERED_SECONDS + 1
    monkeypatch.setattr("tixallo.kit.standing.time.monotonic", lambda: later)
    assert page.poll() == 403


@pytest.mark.alone
@pytest.mark.once
def test_a_poll_that_is_repeated_costs_less_than_a_millisecond(acme: Troupe, owner: Client) -> None:
    page, costs = Open(owner, keys_of(acme)), []
    for _ in range(50):
        began = time.thread_time()
        assert page.poll() == 204
        costs.append(time.thread_time() - began)
    assert sorted(costs)[25] < 0.001


def test_the_list_is_told_of_a_change(acme: Troupe, owner: Client) -> None:
    key = add_key(acme.id)
    tag = owner.get(f"{keys_of(acme)}/news")["ETag"]
    end_key(acme.id, key.id, "disable")

    told = owner.get(f"{keys_of(acme)}/news", headers={"If-None-Match": tag}).content

    assert "Disabled" in row_of(told, key)
    assert not row_of(told, acme.key)


@pytest.mark.parametrize("tag", ['"1.2"', '"x.y.z"', '"0.0.0"', "", '"1.99999999999999999999999.3"'])
def test_who_brings_no_good_tag_is_told_everything(acme: Troupe, owner: Client, tag: str) -> None:
    told = owner.get(f"{keys_of(acme)}/news", headers={"If-None-Match": tag})
    assert row_of(told.content, acme.key)


def test_a_key_s_page_is_told_of_a_request(acme: Troupe, owner: Client) -> None:
    page = owner.get(f"{keys_of(acme)}/{acme.key.id}").content.decode()
    tag = re.findall(r'data-poll-tag="([^"]+)"', page)[0].replace("&quot;", '"')
    address = f"{keys_of(acme)}/{acme.key.id}/news"

    assert owner.get(address, headers={"If-None-Match": tag}).status_code == 204
    use(acme, acme.key)
    told = owner.get(address, headers={"If-None-Match": tag})

    assert "Last used 1 s ago · 203.0.113.0/24 · node 22 · GET /tickets" in text_of(told.content)
    assert owner.get(address, headers={"If-None-Match": told["ETag"]}).status_code == 204


@pytest.mark.parametrize(("period", "passed"), [("24h", 1), ("7d", 11), ("90d", 111), ("moon", 1)])
def test_a_key_s_page_shows_a_day_a_week_or_a_quarter(acme: Troupe, owner: Client, period: str, passed: int) -> None:
    count(acme.key, passed=1)
    count(acme.key, ago=timedelta(days=3), passed=10)
    count(acme.key, ago=timedelta(days=60), passed=100)

    page = text_of(owner.get(f"{keys_of(acme)}/{acme.key.id}", {"period": period}).content)

    assert f"Passed {passed} " in page


@pytest.mark.parametrize("period", key_page.PERIODS)
def test_a_chart_is_as_wide_as_its_bars(acme: Troupe, period: key_page.Period) -> None:
    assert key_page.usage(acme.id, acme.key.id, period).width == period.hours // period.step * 4


def test_a_revoked_key_still_counts_who_knocks(acme: Troupe, owner: Client) -> None:
    end_key(acme.id, acme.key.id, "revoke")
    use(acme, acme.key, OUTCOMES["revoked"])

    page = text_of(owner.get(f"{keys_of(acme)}/{acme.key.id}").content)

    for told in ("revoked (401) 1", "203.0.113.0/24", "node 22"):
        assert told in page
