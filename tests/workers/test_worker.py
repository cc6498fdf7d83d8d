"""The worker beside a running server: it does what is due, records expiries, and is not missed while it is down."""

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cast import NewPlayer, Player, end_key
from tests.conftest import NewServer
from tixallo.events.verifying import verify
from tixallo.keys import ending
from tixallo.keys.models import ApiKey
from tixallo.kit import clock, transactions
from tixallo.kit.models import Due
from tixallo.workspaces.models import Event, KeptAnswer, Workspace

PATIENCE = 15


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for what the worker will do and return what the condition gave."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, f"Not within {PATIENCE} seconds: {what}"
        time.sleep(0.1)
    return found


def expiries(workspace_id: str) -> list[tuple[str, str]]:
    found = Event.objects.filter(workspace_id=workspace_id, type="key.expired")
    return list(found.values_list("subject_id", "actor_kind"))


def is_whole(workspace_id: str) -> bool:
    return not verify(Workspace.objects.get(id=workspace_id)).findings


def end_life(workspace_id: str, key_id: str) -> None:
    """Let the life of a key be over, as it will be one day, and its due row with it."""
    ApiKey.objects.filter(workspace_id=workspace_id, id=key_id).update(expires_at=clock.now())
    with transactions.change():
        ending.schedule_expiry(key_id, clock.now())


def rows(kind: str, key: str) -> int:
    return Due.objects.filter(kind=kind, key=key).count()


def schedules() -> dict[str, Any]:
    return dict(Due.objects.filter(key="").values_list("kind", "due_at"))


def age_answer(workspace_id: str) -> None:
    KeptAnswer.objects.filter(workspace_id=workspace_id).update(created_at=clock.now() - timedelta(hours=24))
    Due.objects.filter(kind="retries.forget").update(due_at=clock.now())


def kept(workspace_id: str) -> int:
    return KeptAnswer.objects.filter(workspace_id=workspace_id).count()


def test_the_expiry_of_a_key_is_recorded_once_and_is_felt_at_once(acme: Player) -> None:
    other = acme.another_key(expires_in=timedelta(days=1))
    assert other.get("/key").status == 200
    acme.backstage(end_life, acme.id, other.key.id)
    refused = acme.client.send("GET", "/api/v1/key", headers={"Authorization": f"Bearer {other.key.text}"})
    assert (refused.status, refused.body) == (401, b'{"error": "Unauthorized"}')
    found = until(lambda: acme.backstage(expiries, acme.id), "the expiry")
    assert found == [(other.key.id, "system")]
    acme.backstage(end_life, acme.id, other.key.id)
    until(lambda: not acme.backstage(rows, "keys.expiry", other.key.id), "the second row")
    assert acme.backstage(expiries, acme.id) == found
    assert acme.backstage(is_whole, acme.id)


def test_a_revoked_key_does_not_expire(acme: Player) -> None:
    other = acme.another_key(expires_in=timedelta(days=1))
    acme.backstage(end_key, acme.id, other.key.id, "revoke")
    acme.backstage(end_life, acme.id, other.key.id)
    until(lambda: not acme.backstage(rows, "keys.expiry", other.key.id), "the row")
    assert acme.backstage(expiries, acme.id) == []


def test_old_answers_are_swept(acme: Player) -> None:
    body = {"subject": "x", "description": "y", "customer_email": "a@b.example"}
    acme.post("/tickets", body, headers={"Idempotency-Key": "k"})
    until(lambda: "retries.forget" in acme.backstage(schedules), "the schedule")
    acme.backstage(age_answer, acme.id)
    until(lambda: acme.backstage(kept, acme.id) == 0, "the sweep")
    later = clock.now() + timedelta(minutes=4)
    until(lambda: acme.backstage(schedules)["retries.forget"] > later, "the next sweep")


@pytest.mark.slow
def test_what_came_while_the_worker_was_down_is_done_when_it_is_back(
    new_server: NewServer, new_player: NewPlayer
) -> None:
    server = new_server()
    acme = new_player(on=server)
    made = acme.ticket(customer_email="carla@customer.example")
    worker = find_worker(server.processes())
    os.kill(worker, signal.SIGSTOP)
    try:
        acme.patch(f"/customers/{made['customer_id']}", {"name": "Renamed"})
        time.sleep(1.5)
        assert acme.get("/tickets", q="renamed").data == []
        assert acme.backstage(rows, "customers.changed", made["customer_id"]) == 1
    finally:
        os.kill(worker, signal.SIGKILL)
    until(lambda: acme.get("/tickets", q="renamed").data, "the index by the next worker")


def find_worker(processes: list[int]) -> int:
    """Return the id of the worker among a server's processes."""
    for process in processes:
        if b"worker" in Path(f"/proc/{process}/cmdline").read_bytes():
            return process
    raise AssertionError(f"No worker among {processes}")
