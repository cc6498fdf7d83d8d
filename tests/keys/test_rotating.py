"""A rotation as it is stored: what the successor inherits, who has moved, when the old key unlocks, how it ends."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from tests.cast import Troupe, assemble
from tests.keys.rotating import CURL, NODE, done, events, fresh, started, use
from tests.watch import Clock
from tixallo.keys import ending, moving, renaming, rotating, unlocking
from tixallo.keys.making import make_key
from tixallo.keys.models import ApiKey, Rotation
from tixallo.keys.tallies import OUTCOMES, PASSED
from tixallo.kit import clock
from tixallo.kit.errors import Conflict, Invalid, NotFound

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def acme(watch: Clock) -> Troupe:
    return assemble()


def states(rotation: Rotation) -> dict[str, str]:
    return {caller.client: caller.state for caller in moving.callers(fresh(rotation))}


def is_open(rotation: Rotation) -> bool:
    return unlocking.standing(fresh(rotation), clock.now()).open


# ---- Starting


def test_the_successor_inherits_everything_and_takes_the_name(acme: Troupe, watch: Clock) -> None:
    old, _ = done(
        acme,
        make_key,
        name="Billing sync",
        environment="staging",
        expires_in=90 * DAY,
        limit=7,
        allowed=["events:read"],
    )
    watch.move(60 * DAY)
    rotation, text = done(acme, rotating.start, old.id)
    new = rotation.new_key
    old.refresh_from_db()
    assert (new.name, old.name) == ("Billing sync", "Billing sync (old)")
    assert (new.environment, new.rate_limit, new.scopes) == ("staging", 7, ["events:read"])
    assert new.expires_at == watch.at + 90 * DAY
    assert old.replaced_by_id == new.id
    assert text.public_id == new.public_id
    assert (rotation.state, rotation.quiet_hours) == ("open", 24)
    assert events(acme)[-3:] == ["key.renamed", "key.created", "key.rotation_started"]


def test_a_name_of_full_length_stays_within_it(acme: Troupe) -> None:
    done(acme, renaming.rename, acme.key.id, "x" * 120)
    rotation = started(acme)
    assert rotation.new_key.name == "x" * 120
    assert rotation.old_key.name == "x" * 114 + " (old)"


@pytest.mark.parametrize(
    ("stored", "name"), [("Billing\n \tsync", "Billing sync"), ("\x1b[31mred\u2028", "[31mred"), ("\x07", "{id}")]
)
def test_a_name_from_before_there_were_rules_is_mended(acme: Troupe, stored: str, name: str) -> None:
    ApiKey.objects.filter(id=acme.key.id).update(name=stored)
    mended = name.format(id=acme.key.public_id)
    rotation = started(acme)
    assert (rotation.new_key.name, rotation.old_key.name) == (mended, f"{mended} (old)")
    done(acme, rotating.cancel, rotation.id)
    assert fresh(rotation).old_key.name == mended


@pytest.mark.parametrize("how", ["disable", "revoke"])
def test_only_an_active_key_is_rotated(acme: Troupe, how: str) -> None:
    done(acme, getattr(ending, how), acme.key.id)
    with pytest.raises(Conflict):
        done(acme, rotating.start, acme.key.id)


def test_an_expired_key_is_not_rotated(acme: Troupe, watch: Clock) -> None:
    old, _ = done(acme, make_key, name="Short", expires_in=HOUR)
    watch.move(HOUR)
    with pytest.raises(Conflict, match="expired"):
        done(acme, rotating.start, old.id)


def test_a_key_has_one_open_rotation(acme: Troupe) -> None:
    rotation = started(acme)
    with pytest.raises(Conflict, match="already"):
        done(acme, rotating.start, acme.key.id)
    with pytest.raises(Conflict, match="successor"):
        done(acme, rotating.start, rotation.new_key_id)


def test_a_foreign_key_is_not_there(acme: Troupe) -> None:
    globex = assemble("Globex")
    with pytest.raises(NotFound):
        done(globex, rotating.start, acme.key.id)
    rotation = started(acme)
    for verb, args in ((rotating.cancel, ()), (rotating.choose_quiet, (1,)), (rotating.revoke_old, ("x",))):
        with pytest.raises(NotFound):
            done(globex, verb, rotation.id, *args)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_start_at_once_one_does() -> None:
    acme = assemble()
    together = threading.Barrier(2)

    def start() -> str:
        together.wait()
        try:
            done(acme, rotating.start, acme.key.id)
        except Conflict:
            return "conflict"
        finally:
            connections.close_all()
        return "started"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(each.result() for each in [pool.submit(start), pool.submit(start)])
    assert outcomes == ["conflict", "started"]
    assert Rotation.objects.filter(workspace_id=acme.id).count() == 1
    assert ApiKey.objects.filter(workspace_id=acme.id).count() == 2


# ---- Moving


def test_a_caller_is_not_seen_then_on_old_then_moved(acme: Troupe, watch: Clock) -> None:
    use(acme, acme.key.id)
    watch.move(DAY)
    rotation = started(acme)
    assert states(rotation) == {"node 22": "unseen"}
    watch.move(HOUR)
    use(acme, acme.key.id)
    assert states(rotation) == {"node 22": "old"}
    watch.move(HOUR)
    use(acme, rotation.new_key_id)
    assert states(rotation) == {"node 22": "moved"}
    watch.move(HOUR)
    use(acme, acme.key.id)
    assert states(rotation) == {"node 22": "old"}


def test_who_is_refused_with_the_new_key_has_not_moved(acme: Troupe, watch: Clock) -> None:
    use(acme, acme.key.id)
    rotation = started(acme)
    watch.move(HOUR)
    use(acme, rotation.new_key_id, outcome=OUTCOMES["limit"])
    assert states(rotation) == {"node 22": "old"}


# ---- Unlocking


def test_it_unlocks_after_the_quiet_time_once_everybody_moved(acme: Troupe, watch: Clock) -> None:
    rotation = started(acme)
    use(acme, acme.key.id)
    watch.move(HOUR)
    use(acme, rotation.new_key_id)
    found = unlocking.standing(rotation, watch.at)
    assert (found.opens_at, found.waiting, found.works) == (watch.at + 23 * HOUR, 0, True)
    watch.move(23 * HOUR - timedelta(microseconds=1))
    assert not is_open(rotation)
    watch.move(timedelta(microseconds=2))
    assert is_open(rotation)


def test_a_refused_knock_breaks_the_quiet(acme: Troupe, watch: Clock) -> None:
    rotation = started(acme)
    use(acme, acme.key.id)
    watch.move(HOUR)
    use(acme, rotation.new_key_id)
    watch.move(2 * DAY)
    assert is_open(rotation)
    done(acme, ending.disable, acme.key.id)
    assert not unlocking.standing(fresh(rotation), watch.at).refused
    use(acme, acme.key.id, outcome=OUTCOMES["disabled"])
    assert unlocking.standing(fresh(rotation), watch.at).refused
    assert not is_open(rotation)
    assert states(rotation) == {"node 22": "old"}


def test_a_use_after_a_refusal_is_no_refusal(acme: Troupe, watch: Clock) -> None:
    rotation = started(acme)
    for caller, outcome in ((NODE, OUTCOMES["limit"]), (CURL, PASSED)):
        use(acme, acme.key.id, caller, outcome)
        watch.move(timedelta(seconds=1))
    found = unlocking.standing(rotation, watch.at)
    assert (found.asked_at, found.refused) == (watch.at - timedelta(seconds=1), False)
    use(acme, acme.key.id, NODE, OUTCOMES["limit"])
    assert unlocking.standing(rotation, watch.at).refused


def test_who_was_not_seen_is_ticked_off_until_it_calls_again(acme: Troupe, watch: Clock) -> None:
    use(acme, acme.key.id, CURL)
    watch.move(18 * DAY)
    rotation = started(acme)
    assert unlocking.standing(rotation, watch.at).waiting == 1
    done(acme, rotating.tick_off, rotation.id, "curl 8", "192.0.2.0/24")
    assert is_open(rotation)
    done(acme, rotating.untick, rotation.id, "curl 8", "192.0.2.0/24")
    assert not is_open(rotation)
    done(acme, rotating.tick_off, rotation.id, "curl 8", "192.0.2.0/24")
    watch.move(HOUR)
    use(acme, acme.key.id, CURL)
    watch.move(2 * DAY)
    found = unlocking.standing(fresh(rotation), watch.at)
    assert (found.opens_at, found.waiting) == (None, 1)


def test_nobody_unknown_is_ticked_off(acme: Troupe) -> None:
    rotation = started(acme)
    with pytest.raises(NotFound):
        done(acme, rotating.tick_off, rotation.id, "curl 8", "192.0.2.0/24")


@pytest.mark.parametrize("hours", [1, 72, 720])
def test_the_quiet_time_can_be_chosen(acme: Troupe, watch: Clock, hours: int) -> None:
    rotation = started(acme)
    use(acme, acme.key.id)
    watch.move(timedelta(seconds=1))
    use(acme, rotation.new_key_id)
    done(acme, rotating.choose_quiet, rotation.id, hours)
    watch.move(hours * HOUR - timedelta(seconds=2))
    assert not is_open(rotation)
    watch.move(timedelta(seconds=2))
    assert is_open(rotation)


def test_no_other_quiet_time_is_taken(acme: Troupe) -> None:
    rotation = started(acme)
    for hours in (0, 2, -24, 10**9):
        with pytest.raises(Invalid):
            done(acme, rotating.choose_quiet, rotation.id, hours)


def test_a_successor_that_opens_nothing_keeps_it_locked(acme: Troupe) -> None:
    rotation = started(acme)
    assert is_open(rotation)
    done(acme, ending.disable, rotation.new_key_id)
    assert not is_open(rotation)
