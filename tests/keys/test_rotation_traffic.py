"""Two programs that call ten times a second through a whole rotation: one changes its key half-way, one never does."""

import threading
import time
from typing import NamedTuple

from tests.cast import COMMAND, Key, Player, end_key
from tixallo.keys import moving, rotating
from tixallo.keys.models import Rotation
from tixallo.keys.usage import FLUSH_SECONDS
from tixallo.workspaces.changes import change

EVERY = 0.1


class Sent(NamedTuple):
    """A request: when it was sent, and what was answered."""

    at: float
    status: int


class Program:
    """Sends a request every tenth of a second until it is stopped; its key can be changed while it runs."""

    def __init__(self, player: Player, name: str) -> None:
        self.player = player
        self._sent: list[Sent] = []
        self._headers = {"User-Agent": name}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> list[Sent]:
        """End it and return what it sent."""
        self._stop.set()
        self._thread.join()
        return self._sent

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stop.wait(max(due - time.monotonic(), 0)):
            due += EVERY
            at = time.monotonic()
            self._sent.append(Sent(at, self.player.get("/tickets", headers=self._headers).status))


def start(workspace_id: str, key_id: str) -> tuple[str, Key]:
    """Start a rotation; return its id and the successor (runs backstage)."""
    with change(workspace_id, COMMAND) as opened:
        rotation, text = rotating.start(opened, key_id)
    return rotation.id, Key(rotation.new_key.id, rotation.new_key.public_id, str(text))


def revoke(workspace_id: str, rotation_id: str, typed: str) -> None:
    """Revoke the old key of a rotation by its name (runs backstage)."""
    with change(workspace_id, COMMAND) as opened:
        rotating.revoke_old(opened, rotation_id, typed)


def states(rotation_id: str) -> dict[str, str]:
    """Return how far each caller is (runs backstage)."""
    rotation = Rotation.objects.select_related("old_key", "new_key").get(id=rotation_id)
    return {caller.client: caller.state for caller in moving.callers(rotation)}


def test_who_changes_its_key_notices_nothing_and_who_does_not_is_refused_from_the_disabling_on(acme: Player) -> None:
    mover, stayer = Program(acme, "mover/1"), Program(acme, "stayer/1")
    time.sleep(2)
    rotation_id, new = acme.backstage(start, acme.id, acme.key.id)
    time.sleep(2)
    mover.player = acme.with_key(new)
    # Longer than a flush, so that backstage, another process, reads what the server has noted.
    time.sleep(FLUSH_SECONDS + 1)
    assert acme.backstage(states, rotation_id) == {"mover 1": "moved", "stayer 1": "old"}
    asked = time.monotonic()
    acme.backstage(end_key, acme.id, acme.key.id, "disable")
    disabled = time.monotonic()
    time.sleep(2)
    acme.backstage(revoke, acme.id, rotation_id, "Acme key (old)")
    time.sleep(2)
    moved, stayed = mover.stop(), stayer.stop()

    # Ten a second for fourteen seconds, on a machine that may be busy.
    assert min(len(moved), len(stayed)) > 70
    assert {sent.status for sent in moved} == {200}
    assert {sent.status for sent in stayed if sent.at < asked - 1} == {200}
    assert {sent.status for sent in stayed if sent.at > disabled} == {401}
    # From the first refusal on there is nothing else.
    statuses = [sent.status for sent in stayed]
    assert set(statuses[statuses.index(401) :]) == {401}
    assert len([status for status in statuses if status == 401]) > 20
