"""When the old key of a rotation may be revoked without more ado: one rule, which pages ask and a command shows.

Whoever types the key's name, or says that it is exposed, does not wait for it; nor does the command that revokes keys.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tixallo.keys import moving
from tixallo.keys.models import Rotation
from tixallo.keys.moving import Caller
from tixallo.kit.errors import Conflict


class Locked(Conflict):
    """The old key of a rotation may still be needed."""


class Standing(NamedTuple):
    """How it stands: locked while any of the three says so.

    `asked_at` is the last request with the old key, and `refused` whether that was refused; `opens_at` is when it will
    be long enough ago, None when it is. `waiting` counts the callers that have neither moved nor been ticked off.
    `successor` is the state of the new key.
    """

    asked_at: datetime | None
    refused: bool
    opens_at: datetime | None
    waiting: int
    successor: str

    @property
    def works(self) -> bool:
        """Whether the new key opens anything."""
        return self.successor == "active"

    @property
    def open(self) -> bool:
        """Whether the old key may be revoked."""
        return self.opens_at is None and not self.waiting and self.works


def standing(rotation: Rotation, now: datetime) -> Standing:
    """Return how it stands with an open rotation, with the callers of this moment."""
    return judge(rotation, moving.callers(rotation), now)


def judge(rotation: Rotation, callers: Sequence[Caller], now: datetime) -> Standing:
    """Return how it stands with these callers."""
    asked = [(caller.old_at, not caller.refused) for caller in callers if caller.old_at is not None]
    asked_at, passed = max(asked, default=(None, True))
    opens_at = None if asked_at is None else asked_at + timedelta(hours=rotation.quiet_hours)
    return Standing(
        asked_at,
        not passed,
        None if opens_at is None or opens_at <= now else opens_at,
        sum(caller.waits for caller in callers),
        rotation.new_key.state(),
    )
