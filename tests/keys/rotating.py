"""What the tests of rotations share: a rotation that has started, uses of keys, and what the log says of keys."""

from collections.abc import Callable
from typing import Any

from tests.cast import COMMAND, Troupe
from tixallo.keys import rotating
from tixallo.keys.models import Rotation
from tixallo.keys.tallies import PASSED
from tixallo.keys.usage import ledger
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Event

NODE, CURL = ("node/22", "203.0.113.7"), ("curl/8.5.0", "192.0.2.7")


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


def events(acme: Troupe) -> list[str]:
    """The types of all events about keys, in their order."""
    found = Event.objects.filter(workspace_id=acme.id).order_by("revision", "position")
    return [event.type for event in found if event.type.startswith("key.")]
