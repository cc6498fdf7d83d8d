"""What an open page of a rotation is told when nothing has happened, without gathering all that it shows."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from tixallo.keys import watching
from tixallo.keys.models import Rotation
from tixallo.keys.rotation_page import Shown, gather
from tixallo.keys.usage import ledger
from tixallo.kit import clock

# Some 300 bytes each.
MOST_KEPT = 500


class State(NamedTuple):
    """How a rotation stood: the tag of what its pages showed, what `tell` returned just before, and what to ask again.

    `shown` is all of it, unless the tag was known already.
    """

    tag: str
    told: str
    tell: Callable[[], str]
    shown: Shown | None


class _Kept(NamedTuple):
    tag: str
    told: str
    until: datetime | None


_lock = threading.Lock()
_kept: dict[str, _Kept] = {}


def state(rotation: Rotation, known: str) -> State:
    """Return how an open rotation stands for who knows the tag `known`."""
    kept = _kept.get(rotation.id)
    if kept is not None and kept.tag == known:
        tell = _teller(rotation, kept.until)
        if tell() == kept.told:
            return State(known, kept.told, tell, None)
    # Before the rest is read, so that what happens meanwhile tells another thing next time.
    now = clock.now()
    told = _sign(rotation.workspace_id, rotation.old_key_id, rotation.new_key_id)
    shown = gather(rotation)
    until = _until(rotation, shown, now)
    with _lock:
        _kept.pop(rotation.id, None)
        while len(_kept) >= MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[rotation.id] = _Kept(shown.tag, told, until)
    return State(shown.tag, told, _teller(rotation, until), shown)


def _teller(rotation: Rotation, until: datetime | None) -> Callable[[], str]:
    ids = rotation.workspace_id, rotation.old_key_id, rotation.new_key_id
    return lambda: "" if until is not None and until <= clock.now() else _sign(*ids)


def _sign(workspace_id: str, old_id: str, new_id: str) -> str:
    # What is not written yet comes first, as in `watching.sign`.
    unwritten = ledger.unwritten(workspace_id, new_id)
    return f"{watching.sign(workspace_id, old_id)}.{unwritten}"


def _until(rotation: Rotation, shown: Shown, now: datetime) -> datetime | None:
    """Return when the pages show something else even if nothing happens."""
    moments = (
        shown.standing.opens_at,
        rotation.old_key.expires_at,
        rotation.new_key.expires_at,
        # From then on by the week.
        rotation.started_at + timedelta(days=1),
    )
    return min((moment for moment in moments if moment is not None and moment > now), default=None)
