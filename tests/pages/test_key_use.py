"""What the pages say of the use of keys, and what a page that stands open is told of it."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.cast import Troupe, add_key, assemble, end_key
from tests.pages.key_stage import count, keys_of, row_of, signed_in, tabs_of, text_of, use
from tixallo.keys import key_page
from tixallo.keys.tallies import OUTCOMES
from tixallo.keys.usage import ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.fixture
def owner(acme: Troupe) -> Client:
    return signed_in(acme.owner)


def test_the_last_24_hours_are_a_chart_and_a_number(acme: Troupe, owner: Client) -> None:
    key = add_key(acme.id)
    count(key, passed=1_204)
    count(key, ago=timedelta(hours=3), passed=602)
    count(key, ago=timedelta(hours=25), passed=9_000)

    page = owner.get(keys_of(acme)).content

    assert "1806" in row_of(page, key)
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
