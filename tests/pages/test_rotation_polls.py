"""What the pages of a rotation cost, and what one that stands open is told."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Troupe
from tests.keys.rotating import CURL, done, started, use
from tests.keys.statements import raw_statements
from tests.pages.key_stage import keys_of, signed_in
from tests.watch import Clock
from tixallo.keys import ending, forgetting, rotating, rotation_polls
from tixallo.keys.models import ApiKey
from tixallo.keys.usage import Ledger, ledger
from tixallo.kit import standing

# Stopped before Acme is made.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watch")]

HOUR = timedelta(hours=1)
CANCELLING = r'<span id="rotation-cancelling"><a [^>]*href="[^"]*/rotate/cancel"'


class Page:
    """A page of a rotation that stands open."""

    def __init__(self, acme: Troupe, member: Any) -> None:
        self.browser = signed_in(member)
        self.address = f"{keys_of(acme)}/{acme.key.id}/rotate"
        page = self.browser.get(self.address).content.decode()
        found = re.search(r'data-poll-tag="([^"]+)"', page)
        assert found
        self.tag = found[1].replace("&quot;", '"')

    def poll(self) -> str:
        """Ask for news and return it; empty when there is none."""
        headers = {"if-none-match": self.tag, "x-poll": "1"}
        answer = self.browser.get(f"{self.address}/news", headers=headers)
        assert answer.status_code in {200, 204}
        self.tag = answer.headers.get("ETag", self.tag)
        return answer.content.decode()


def counted(act: Any) -> int:
    """Return how many statements something runs."""
    with CaptureQueriesContext(connection) as queries, raw_statements() as ran:
        act()
    return len(queries) + len(ran)


# ---- Polls.


def test_a_poll_that_brings_nothing_reads_one_row(acme: Troupe) -> None:
    started(acme)
    use(acme, acme.key.id)
    ledger.flush()
    page = Page(acme, acme.admin)
    assert page.poll() == ""
    assert counted(page.poll) == 1
    # Who asks is looked at again after a while, but not all callers.
    standing._standing.clear()
    with raw_statements() as ran:
        assert page.poll() == ""
    assert [text for text in ran if "keys_keycaller" in text] == []
    assert counted(page.poll) == 1


def test_a_proxy_that_compresses_makes_no_poll_louder(acme: Troupe) -> None:
    started(acme)
    page = Page(acme, acme.admin)
    page.tag = f"W/{page.tag}"
    assert page.poll() == ""
    assert counted(page.poll) == 1
    standing._standing.clear()
    assert page.poll() == ""


def test_whatever_happens_is_told(acme: Troupe, watch: Clock) -> None:
    rotation = started(acme)
    page, other = Page(acme, acme.admin), Page(acme, acme.owner)

    def tells(part: str) -> None:
        for each in (page, other):
            assert part in each.poll()
            assert each.poll() == ""
            assert each.poll() == ""

    for each in (page, other):
        assert each.poll() == ""
    use(acme, acme.key.id)
    tells("Still on old")
    ledger.flush()
    for each in (page, other):
        assert each.poll() == ""
    watch.move(HOUR)
    use(acme, rotation.new_key_id)
    tells("Moved")
    # In another process.
    elsewhere = Ledger()
    elsewhere.note(acme.id, rotation.new_key_id, CURL[1], CURL[0], "GET /key")
    for each in (page, other):
        assert each.poll() == ""
    elsewhere.flush()
    tells("curl 8")
    done(acme, rotating.choose_quiet, rotation.id, 1)
    tells("1 hour")
    done(acme, ending.disable, acme.key.id)
    tells("Nobody has knocked since.")
    done(acme, rotating.cancel, rotation.id)
    for each in (page, other):
        assert "This rotation has ended." in each.poll()


def test_that_nothing_is_left_to_go_back_to_is_told_though_nothing_happens(acme: Troupe, watch: Clock) -> None:
    watch.at = watch.at.replace(minute=10, second=0, microsecond=0)
    started(acme)
    ApiKey.objects.filter(id=acme.key.id).update(expires_at=watch.at + timedelta(minutes=5))
    page = Page(acme, acme.admin)
    for shown in ("", "/end"):
        assert re.search(CANCELLING, page.browser.get(page.address + shown).content.decode())
    watch.move(timedelta(minutes=4))
    assert page.poll() == ""
    watch.move(timedelta(minutes=1))
    told = page.poll()
    assert '<span id="rotation-cancelling"></span>' in told
    assert not re.search(CANCELLING, told)


def test_that_the_old_key_unlocks_is_told_though_nothing_happens(acme: Troupe, watch: Clock) -> None:
    rotation = started(acme)
    watch.at = watch.at.replace(minute=10, second=0, microsecond=0) + HOUR
    use(acme, acme.key.id)
    watch.move(timedelta(seconds=1))
    use(acme, rotation.new_key_id)
    done(acme, rotating.choose_quiet, rotation.id, 1)
    # The hour of the clock has ended, that of quiet not yet.
    watch.move(timedelta(minutes=59, seconds=58))
    page = Page(acme, acme.admin)
    assert page.poll() == ""
    assert counted(page.poll) == 1
    watch.move(timedelta(seconds=1))
    assert "You can revoke the old key." in page.poll()
    assert page.poll() == ""


def test_that_the_new_key_expires_is_told_though_nothing_happens(acme: Troupe, watch: Clock) -> None:
    rotation = started(acme)
    watch.at = watch.at.replace(minute=10) + HOUR
    ApiKey.objects.filter(id=rotation.new_key_id).update(expires_at=watch.at + timedelta(minutes=1))
    page = Page(acme, acme.admin)
    assert page.poll() == ""
    watch.move(timedelta(seconds=59))
    assert counted(page.poll) == 1
    watch.move(timedelta(seconds=1))
    assert "the new key has expired and opens nothing" in page.poll()


def test_what_is_kept_of_rotations_is_bounded(acme: Troupe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation_polls, "MOST_KEPT", 2)
    rotation_polls._kept.clear()
    rotation = started(acme)
    for number in range(4):
        rotation.id = f"{number}"
        rotation_polls.state(rotation, "")
    assert list(rotation_polls._kept) == ["2", "3"]


# ---- Pages.


@pytest.mark.parametrize(
    ("rest", "most"), [("", 9), ("/end", 9), ("/news", 10), ("/revoke", 9), ("/cancel", 5), ("own", 7)]
)
def test_pages_take_the_same_few_statements_for_any_number_of_callers(acme: Troupe, rest: str, most: int) -> None:
    rotation = started(acme)
    page = Page(acme, acme.admin)
    address = f"{keys_of(acme)}/{acme.key.id}/revoke" if rest == "own" else f"{page.address}{rest}"

    def ask() -> None:
        rotation_polls._kept.clear()
        assert page.browser.get(address).status_code == 200

    use(acme, acme.key.id)
    ask()
    few = counted(ask)
    for number in range(60):
        for key_id in (acme.key.id, rotation.new_key_id):
            use(acme, key_id, (f"job-{number}/1", f"10.0.{number}.7"))
    ledger.flush()
    # What is not written yet is looked for among the callers that are known.
    assert (few, counted(ask)) == (most + (rest != "/cancel"), most)


def test_the_second_step_says_which_keys_work(acme: Troupe, watch: Clock) -> None:
    rotation = started(acme)
    page = Page(acme, acme.admin)
    assert "Both keys work" in page.browser.get(page.address).content.decode()
    ApiKey.objects.filter(id=rotation.old_key_id).update(expires_at=watch.now() + HOUR)
    done(acme, rotating.choose_quiet, rotation.id, 72)
    assert "Both keys work" in page.poll()
    watch.move(HOUR)
    told = page.poll()
    assert "The old key has expired" in told
    assert "Both keys work" not in told
    ApiKey.objects.filter(id=rotation.old_key_id).update(expires_at=None, disabled_at=watch.now())
    ApiKey.objects.filter(id=rotation.new_key_id).update(disabled_at=watch.now())
    shown = page.browser.get(page.address).content.decode()
    assert "The old key is disabled" in shown
    assert "The new key is disabled" in shown
    assert "Both keys work" not in shown


def test_a_key_that_was_never_used_is_not_called_quiet(acme: Troupe) -> None:
    started(acme)
    page = Page(acme, acme.admin)
    shown = page.browser.get(f"{page.address}/end").content.decode()
    assert "No request came in 90 days. You can revoke the old key." in shown
    assert "Quiet for" not in shown


def test_a_pause_of_seconds_is_less_than_a_minute(acme: Troupe, watch: Clock) -> None:
    started(acme)
    use(acme, acme.key.id, CURL)
    watch.move(timedelta(seconds=20))
    use(acme, acme.key.id, CURL)
    ledger.flush()
    page = Page(acme, acme.admin)
    assert "Longest pause so far: less than a minute." in page.browser.get(page.address).content.decode()


def test_a_use_of_more_than_90_days_ago_is_not_called_never(acme: Troupe, watch: Clock) -> None:
    watch.move(timedelta(days=-100))
    use(acme, acme.key.id, CURL)
    ledger.flush()
    watch.move(timedelta(days=100))
    forgetting.forget_use("")
    started(acme)
    page = Page(acme, acme.admin)
    shown = page.browser.get(page.address).content.decode()
    asked = page.browser.get(f"{page.address}/revoke").content.decode()
    anywhere = page.browser.get(f"{keys_of(acme)}/{acme.key.id}/revoke").content.decode()

    day = f'datetime="{watch.at - timedelta(days=100):%Y-%m-%d}'
    old, new = re.findall(r'data-label="Last request"><div>(.*?)</div>', shown)
    assert day in old
    assert new == "never"
    for dialog in (asked, anywhere):
        assert day in dialog
        assert "It was used" in dialog
        assert "never used" not in dialog


def test_a_use_that_is_not_written_yet_is_not_called_never(acme: Troupe) -> None:
    started(acme)
    page = Page(acme, acme.admin)
    dialogs = f"{page.address}/revoke", f"{keys_of(acme)}/{acme.key.id}/revoke"
    for address in dialogs:
        assert "It was never used." in page.browser.get(address).content.decode()
    use(acme, acme.key.id, CURL)
    for address in dialogs:
        told = page.browser.get(address).content.decode()
        assert "It was used" in told
        assert "never used" not in told
