"""Who changes two keys at once, while what keys were used for is being written: nobody waits for the other for ever."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from tests.cast import Troupe, assemble
from tests.keys.rotating import done, fresh, started, use
from tixallo.keys import ending, rotating, storing, traffic, unlocking
from tixallo.keys.models import ApiKey, Rotation
from tixallo.keys.usage import ledger
from tixallo.kit import clock, transactions
from tixallo.workspaces import changes
from tixallo.workspaces.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def revoke_new(acme: Troupe, rotation: Rotation) -> None:
    done(acme, ending.revoke, rotation.new_key_id)


def cancel(acme: Troupe, rotation: Rotation) -> None:
    done(acme, rotating.cancel, rotation.id)


def revoke_old(acme: Troupe, rotation: Rotation) -> None:
    done(acme, rotating.revoke_old, rotation.id, rotation.old_key.name)


@pytest.mark.parametrize("verb", [revoke_new, cancel, revoke_old])
def test_the_keys_of_a_rotation_are_held_in_the_order_of_their_ids(verb: Callable[[Troupe, Rotation], None]) -> None:
    acme = assemble()
    rotation = started(acme)
    held = threading.Event()

    def write() -> None:
        """Hold both keys as the writer of use does, the second one only when the other side is at work."""
        with transactions.change():
            storing.hold([rotation.old_key_id])
            held.set()
            wait_until_somebody_waits()
            storing.hold([rotation.new_key_id])

    def end() -> None:
        assert held.wait(10)
        verb(acme, rotation)

    with ThreadPoolExecutor(2) as pool:
        for outcome in [pool.submit(alone, write), pool.submit(alone, end)]:
            outcome.result()
    assert fresh(rotation).state != "open"


def test_who_keeps_a_flush_waiting_does_not_wait_for_it() -> None:
    acme = assemble()
    rotation = started(acme)
    ledger.flush()
    use(acme, rotation.old_key_id)
    with ThreadPoolExecutor(1) as pool, transactions.change():
        storing.hold([rotation.old_key_id])
        flush = pool.submit(alone, ledger.flush)
        wait_until_somebody_waits()
        began = time.monotonic()
        waiting = unlocking.standing(rotation, clock.now()).waiting
        took = time.monotonic() - began
    flush.result()
    assert waiting == 1
    # Less than one look more would take, of the twenty that there are.
    assert took < traffic._TRIES * traffic._PAUSE_SECONDS / 2
    assert unlocking.standing(rotation, clock.now()).waiting == 1


@pytest.mark.parametrize("revoked", [False, True])
def test_an_expiry_is_recorded_once_by_two_workers_and_not_of_a_key_revoked_meanwhile(revoked: bool) -> None:
    acme = assemble()
    with ThreadPoolExecutor(2) as pool:
        with transactions.change():
            changes.lock(acme.id)
            workers = [pool.submit(alone, lambda: ending.record_expiry(acme.key.id)) for _ in range(2)]
            wait_until_somebody_waits(2)
            if revoked:
                ApiKey.objects.filter(id=acme.key.id).update(revoked_at=clock.now())
        for worker in workers:
            worker.result()
    found = Event.objects.filter(workspace_id=acme.id, type="key.expired").count()
    assert found == (0 if revoked else 1)


def alone(act: Callable[[], Any]) -> None:
    try:
        act()
    finally:
        connections.close_all()


def wait_until_somebody_waits(number: int = 1) -> None:
    if connection.vendor != "postgresql":
        # There one writer at a time is let in, which nobody can see from outside.
        time.sleep(0.2)
        return
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            # Within a transaction it would go on showing what it did first.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            row = cursor.fetchone()
        if row and row[0] >= number:
            return
        time.sleep(0.02)
    raise AssertionError("nobody waited")
