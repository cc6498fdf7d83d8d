"""What pages about keys that stand open learn: what time alone makes of keys, what leaves a tab and what comes into it,
and all that a key's page says of it.
"""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Key, Troupe, add_key, assemble, end_key
from tests.keys.rotating import done
from tests.keys.statements import raw_statements
from tests.pages.conftest import browser_of
from tests.pages.key_stage import keys_of, row_of, tabs_of, text_of, use
from tests.watch import Clock
from tixallo.keys import renaming, rotating
from tixallo.keys.models import ApiKey, Rotation
from tixallo.keys.usage import ledger
from tixallo.workspaces import members
from tixallo.workspaces.models import Membership

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MOMENT = timedelta(seconds=1)


class Open:
    """A page about keys that stands open in somebody's browser."""

    def __init__(self, member: Any, address: str) -> None:
        self.browser = browser_of(member.id)
        page = self.browser.get(address).content.decode()
        found = re.search(r'data-poll="([^"]*)" data-poll-tag="([^"]*)"', page)
        assert found
        self.address, self.tag = (part.replace("&amp;", "&").replace("&quot;", '"') for part in found.groups())

    def poll(self) -> bytes:
        """Ask what is new; nothing when nothing is."""
        answer = self.browser.get(self.address, headers={"if-none-match": self.tag, "x-poll": "1"})
        assert answer.status_code in {200, 204}
        self.tag = answer.headers.get("ETag", self.tag)
        page: bytes = answer.content
        return page

    def hears(self) -> bytes:
        """Ask what is new, which is something, and after it nothing; return it."""
        page = self.poll()
        assert page
        assert self.poll() == self.poll() == b""
        return page


def fresh(page: bytes, which: str = "fits") -> list[str]:
    """The ids that an answer says belong to the tab, or have left it."""
    found = re.search(rf'id="key-fresh"[^>]*data-{which}="([^"]*)"', page.decode())
    assert found
    return found[1].split()


@pytest.fixture
def at_noon(watch: Clock) -> Clock:
    # Not at the end of an hour, which is told anyway.
    watch.at = watch.at.replace(hour=12, minute=10, second=0, microsecond=0)
    return watch


def expiring(acme: Troupe, at: datetime) -> Key:
    key = add_key(acme.id)
    ApiKey.objects.filter(id=key.id).update(expires_at=at)
    return key


# ---- What time alone makes of keys


def test_that_a_key_expires_is_told_though_nothing_happens(at_noon: Clock, acme: Troupe) -> None:
    key = expiring(acme, at_noon.at + timedelta(minutes=5))
    of_list, of_key = Open(acme.owner, keys_of(acme)), Open(acme.owner, f"{keys_of(acme)}/{key.id}")
    at_noon.move(timedelta(minutes=5) - MOMENT)
    for page in (of_list, of_key):
        assert page.poll() == page.poll() == b""
        with CaptureQueriesContext(connection) as captured, raw_statements() as ran:
            assert page.poll() == b""
        assert (len(captured), len(ran)) == (0, 1)
    at_noon.move(MOMENT)
    assert "Expired" in row_of(of_list.hears(), key)
    assert "Expired" in text_of(of_key.hears())


def test_that_a_key_expires_soon_is_told_though_nothing_happens(at_noon: Clock, acme: Troupe) -> None:
    key = expiring(acme, at_noon.at + 14 * DAY + timedelta(minutes=5))
    of_list, of_key = Open(acme.owner, keys_of(acme)), Open(acme.owner, f"{keys_of(acme)}/{key.id}")
    attention = Open(acme.owner, f"{keys_of(acme)}?tab=attention")
    at_noon.move(timedelta(minutes=5) - MOMENT)
    assert of_list.poll() == of_key.poll() == attention.poll() == b""
    at_noon.move(MOMENT)
    told = of_list.hears()
    assert "Expires soon" in row_of(told, key)
    assert tabs_of(told) == [2, 1, 0]
    assert "Expires soon" in text_of(of_key.hears())
    assert fresh(attention.hears()) == [key.id]


def test_that_a_key_was_not_used_for_long_is_told_though_nothing_happens(at_noon: Clock, acme: Troupe) -> None:
    ApiKey.objects.filter(id=acme.key.id).update(created_at=at_noon.at - 90 * DAY + timedelta(minutes=5))
    page = Open(acme.owner, keys_of(acme))
    at_noon.move(timedelta(minutes=5))
    page.poll()
    at_noon.move(MOMENT)
    assert "Not used for 90 days" in row_of(page.hears(), acme.key)
    use(acme, acme.key)
    ledger.flush()
    assert "Not used for 90 days" not in row_of(page.hears(), acme.key)


def test_other_keys_and_other_workspaces_expire_unheard(at_noon: Clock, acme: Troupe) -> None:
    for troupe in (acme, assemble("Globex")):
        expiring(troupe, at_noon.at + timedelta(minutes=5))
    page = Open(acme.owner, f"{keys_of(acme)}/{acme.key.id}")
    end_key(acme.id, add_key(acme.id).id, "revoke")
    page.hears()
    at_noon.move(timedelta(minutes=6))
    assert page.poll() == b""


# ---- What leaves a tab, and what comes into it


def test_a_key_that_is_revoked_changes_its_row_where_it_stands(acme: Troupe) -> None:
    key = add_key(acme.id)
    end_key(acme.id, add_key(acme.id).id, "revoke")
    pages = [Open(acme.owner, f"{keys_of(acme)}{query}") for query in ("", "?tab=attention", "?tab=revoked")]
    end_key(acme.id, key.id, "revoke")
    told = [page.hears() for page in pages]
    for page in told:
        assert "Revoked" in row_of(page, key)
    assert [fresh(page) for page in told] == [[], [], [key.id]]
    assert [fresh(page, "leaves") for page in told] == [[key.id], [key.id], []]


def test_a_key_that_somebody_made_is_told_where_it_belongs(acme: Troupe) -> None:
    everywhere, staging = Open(acme.owner, keys_of(acme)), Open(acme.owner, f"{keys_of(acme)}?environment=staging")
    key = add_key(acme.id)
    assert ApiKey.objects.get(id=key.id).environment != "staging"
    assert fresh(everywhere.hears()) == [key.id]
    told = staging.hears()
    assert fresh(told) == []
    assert row_of(told, key) == ""


def test_an_ended_rotation_is_told_of_both_keys(acme: Troupe) -> None:
    made, _ = done(acme, rotating.start, acme.key.id)
    successor = ApiKey.objects.get(id=Rotation.objects.get(id=made.id).new_key_id)
    page = Open(acme.owner, keys_of(acme))
    done(acme, rotating.cancel, made.id)
    told = page.hears().decode()
    rows = re.findall(r'<tr id="key-([^"]+)".*?</tr>', told, re.DOTALL)
    assert sorted(rows) == sorted([acme.key.id, successor.id])
    assert "Being rotated" not in told


def test_that_the_maker_of_a_key_has_left_is_told(acme: Troupe) -> None:
    key, other = add_key(acme.id), add_key(acme.id)
    ApiKey.objects.filter(id=key.id).update(maker_id=acme.admin.id)
    ApiKey.objects.filter(id=other.id).update(maker_id=acme.owner.id)
    page = Open(acme.owner, keys_of(acme))
    by = Membership.objects.get(workspace_id=acme.id, person_id=acme.owner.id)
    done(acme, members.remove, by, acme.admin.id)
    told = page.hears()
    assert "Its maker has left" in row_of(told, key)
    assert row_of(told, other) == ""


# ---- All that a key's page says


def test_a_key_s_page_is_told_of_its_name_and_of_what_can_be_done_with_it(acme: Troupe) -> None:
    page = Open(acme.owner, f"{keys_of(acme)}/{acme.key.id}")
    done(acme, renaming.rename, acme.key.id, "Sample sync")
    told = page.hears().decode()
    assert "<h1>Sample sync</h1>" in told
    assert f'<title id="title">Sample sync · {acme.name}</title>' in told
    assert f'action="{keys_of(acme)}/{acme.key.id}/disable"' in told
    made, _ = done(acme, rotating.start, acme.key.id)
    successor = Rotation.objects.get(id=made.id).new_key_id
    assert f'<dt>Successor</dt><dd><a href="{keys_of(acme)}/{successor}">' in page.hears().decode()
    end_key(acme.id, acme.key.id, "disable")
    told = page.hears().decode()
    assert f'action="{keys_of(acme)}/{acme.key.id}/enable"' in told
    end_key(acme.id, acme.key.id, "revoke")
    told = page.hears().decode()
    assert "/revoke" not in told
    assert "/enable" not in told
