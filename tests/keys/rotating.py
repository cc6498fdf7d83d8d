"""What the tests of rotations share: a clock that they move, and uses of keys."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cast import COMMAND, Troupe
from tixallo.keys import rotating
from tixallo.keys.models import Rotation
from tixallo.keys.tallies import PASSED
from tixallo.keys.usage import ledger
from tixallo.kit import clock
from tixallo.workspaces.changes import change

NODE, CURL = ("node/22", "203.0.113.7"), ("curl/8.5.0", "192.0.2.7")


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = clock.now()

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    def move(self, by: timedelta) -> None:
        self.at += by


def stop_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Stop the clock of this process for a test; what was noted meanwhile is written before it goes on."""
    stopped = Clock()
    monkeypatch.setattr(clock, "now", stopped.now)
    monkeypatch.setattr(clock, "seconds", stopped.seconds)
    yield stopped
    ledger.flush()


def done(acme: Troupe, verb: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """Run a verb in a change of its own."""
    with change(acme.id, COMMAND) as opened:
        return verb(opened, *args, **named)


def started(acme: Troupe) -> Rotation:
    """Start to rotate the workspace's key."""
    made, _ = done(acme, rotating.start, acme.key.id)
    return fresh(made)


def fresh(rotation: Rotation) -> Rotation:
    """Return a rotation as it is stored."""
    return Rotation.objects.select_related("old_key", "new_key").get(id=rotation.id)


def use(acme: Troupe, key_id: str, caller: tuple[str, str] = NODE, outcome: int = PASSED) -> None:
    """Note a request with a key."""
    agent, address = caller
    ledger.note(acme.id, key_id, address, agent, "GET /tickets", outcome)
