"""How a rotation ends: by revoking its old key or its successor, or by going back; and what is left then."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import Troupe, assemble
from tests.keys.rotating import CURL, done, events, fresh, started, use
from tests.watch import Clock
from tixallo.keys import closing, ending, renaming, rotating, unlocking
from tixallo.keys.models import ApiKey, Rotation
from tixallo.kit import clock
from tixallo.kit.errors import Conflict
from tixallo.workspaces.models import Event

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def acme(watch: Clock) -> Troupe:
    return assemble()


def test_revoking_is_refused_while_locked_but_for_the_name(acme: Troupe) -> None:
    rotation = started(acme)
    use(acme, acme.key.id)
    for typed in ("", "Acme key", "acme key (old)"):
        with pytest.raises(Conflict):
            done(acme, rotating.revoke_old, rotation.id, typed)
    done(acme, rotating.revoke_old, rotation.id, " Acme key (old) ")
    assert ended(rotation) == ("finished", "revoked", "active")
    assert events(acme)[-2:] == ["key.revoked", "key.rotation_finished"]


def test_revoking_needs_no_name_once_unlocked(acme: Troupe) -> None:
    rotation = started(acme)
    done(acme, rotating.revoke_old, rotation.id)
    assert ended(rotation) == ("finished", "revoked", "active")
    assert fresh(rotation).old_key.revoked_reason == "replaced"


def test_cancelling_gives_the_old_key_its_name_back_and_ends_the_successor(acme: Troupe) -> None:
    rotation = started(acme)
    done(acme, ending.disable, acme.key.id)
    done(acme, rotating.cancel, rotation.id)
    assert ended(rotation) == ("cancelled", "active", "disabled")
    old = fresh(rotation).old_key
    assert old.name == "Acme key"
    assert not old.replaced_by_id
    assert started(acme).id != rotation.id


def test_nobody_goes_back_to_an_old_key_that_has_expired(acme: Troupe, watch: Clock) -> None:
    rotation = started(acme)
    ApiKey.objects.filter(id=acme.key.id).update(expires_at=clock.now() + HOUR)
    watch.move(2 * HOUR)
    with pytest.raises(Conflict, match="expired"):
        done(acme, rotating.cancel, rotation.id)
    found = fresh(rotation)
    assert (found.state, found.old_key.state(), found.new_key.state()) == ("open", "expired", "active")


def test_a_name_given_meanwhile_is_kept(acme: Troupe) -> None:
    rotation = started(acme)
    done(acme, renaming.rename, acme.key.id, "Do not touch")
    done(acme, rotating.cancel, rotation.id)
    assert fresh(rotation).old_key.name == "Do not touch"


def test_revoking_the_old_key_anywhere_finishes_the_rotation(acme: Troupe) -> None:
    rotation = started(acme)
    done(acme, ending.revoke, acme.key.id, "exposed")
    assert ended(rotation) == ("finished", "revoked", "active")
    assert closing.open_rotation(acme.id, rotation.new_key_id) is None


def test_revoking_the_successor_cancels_the_rotation(acme: Troupe) -> None:
    rotation = started(acme)
    done(acme, ending.revoke, rotation.new_key_id, "exposed")
    assert ended(rotation) == ("cancelled", "active", "revoked")
    assert fresh(rotation).old_key.name == "Acme key"


@pytest.mark.parametrize(("reason", "then", "state"), [("replaced", "enabled", "active"), ("", "disabled", "disabled")])
def test_an_old_key_disabled_as_a_step_works_again_without_its_successor(
    acme: Troupe, reason: str, then: str, state: str
) -> None:
    rotation = started(acme)
    done(acme, ending.disable, acme.key.id, reason)
    told = done(acme, ending.revoke, rotation.new_key_id, "exposed")
    assert ended(rotation) == ("cancelled", state, "revoked")
    assert (told.state, told.left.name, told.then, told.works) == ("cancelled", "Acme key", then, state == "active")
    assert payload_of(acme, "key.rotation_cancelled") == {"successor": rotation.new_key_id, "left": then}
    assert ("key.enabled" in events(acme)) == (state == "active")


def test_an_old_key_that_turns_out_exposed_while_disabled_stays_so(acme: Troupe, watch: Clock) -> None:
    rotation = started(acme)
    done(acme, ending.disable, acme.key.id, "replaced")
    since = watch.at
    watch.move(HOUR)
    done(acme, ending.disable, acme.key.id, "exposed")
    # Who asks once more without a reason takes nothing back.
    done(acme, ending.disable, acme.key.id)
    assert fresh(rotation).old_key.disabled_at == since
    assert payload_of(acme, "key.disabled") == {"reason": "exposed"}
    done(acme, ending.revoke, rotation.new_key_id, "exposed")
    assert ended(rotation) == ("cancelled", "disabled", "revoked")


def test_an_old_key_that_has_expired_is_not_enabled(acme: Troupe, watch: Clock) -> None:
    rotation = started(acme)
    done(acme, ending.disable, acme.key.id, "replaced")
    ApiKey.objects.filter(id=acme.key.id).update(expires_at=clock.now() + HOUR)
    watch.move(2 * HOUR)
    assert done(acme, ending.revoke, rotation.new_key_id).then == "expired"
    assert ended(rotation) == ("cancelled", "expired", "revoked")
    assert "key.enabled" not in events(acme)


def test_revoking_the_old_key_tells_when_its_successor_does_not_work(acme: Troupe) -> None:
    rotation = started(acme)
    done(acme, ending.disable, rotation.new_key_id)
    found = done(acme, ending.revoke, acme.key.id, "exposed")
    assert (found.state, found.left.id, found.then) == ("finished", rotation.new_key_id, "disabled")
    assert done(acme, ending.revoke, rotation.new_key_id) is None


def test_a_person_revokes_the_old_key_as_locked_or_not_whatever_the_page(acme: Troupe) -> None:
    rotation = started(acme)
    use(acme, acme.key.id)
    for reason, typed in (("unused", ""), ("replaced", "Acme key")):
        with pytest.raises(unlocking.Locked):
            done(acme, rotating.revoke, acme.key.id, reason, typed)
    assert fresh(rotation).state == "open"
    done(acme, rotating.revoke, acme.key.id, "exposed")
    assert ended(rotation) == ("finished", "revoked", "active")


def test_a_name_with_blanks_around_it_can_be_typed(acme: Troupe) -> None:
    rotation = started(acme)
    use(acme, acme.key.id)
    done(acme, renaming.rename, acme.key.id, "  Billing ")
    done(acme, rotating.revoke_old, rotation.id, "Billing")
    assert ended(rotation) == ("finished", "revoked", "active")


def test_nothing_is_done_to_a_rotation_that_has_ended(acme: Troupe) -> None:
    rotation = started(acme)
    done(acme, rotating.cancel, rotation.id)
    before = len(events(acme))
    acts: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (rotating.cancel, ()),
        (rotating.choose_quiet, (1,)),
        (rotating.tick_off, ("curl 8", "192.0.2.0/24")),
        (rotating.untick, ("curl 8", "192.0.2.0/24")),
        (rotating.revoke_old, ("Acme key",)),
    ]
    for verb, args in acts:
        with pytest.raises(Conflict, match="cancelled"):
            done(acme, verb, rotation.id, *args)
    assert len(events(acme)) == before


def test_the_log_tells_each_step(acme: Troupe) -> None:
    use(acme, acme.key.id, CURL)
    rotation = started(acme)
    done(acme, rotating.choose_quiet, rotation.id, 1)
    done(acme, rotating.tick_off, rotation.id, "curl 8", "192.0.2.0/24")
    event = Event.objects.filter(workspace_id=acme.id).order_by("revision", "position").last()
    assert event is not None
    assert (event.type, event.subject_id) == ("key.rotation_caller_ticked", acme.key.id)
    assert json.loads(event.payload) == {"client": "curl 8", "network": "192.0.2.0/24"}
    assert events(acme)[-3:] == ["key.rotation_started", "key.rotation_quiet_time", "key.rotation_caller_ticked"]


def payload_of(acme: Troupe, kind: str) -> Any:
    event = Event.objects.filter(workspace_id=acme.id, type=kind).order_by("revision", "position").last()
    assert event is not None
    return json.loads(event.payload)


def ended(rotation: Rotation) -> tuple[str, str, str]:
    found = fresh(rotation)
    assert found.ended_at is not None
    return found.state, found.old_key.state(), found.new_key.state()
