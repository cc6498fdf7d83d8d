"""Who calls with the old key of a rotation, who with the new one, and who has been heard of with neither."""

from datetime import datetime
from typing import NamedTuple

from tixallo.keys import traffic
from tixallo.keys.models import Rotation
from tixallo.keys.traffic import Move


class Caller(NamedTuple):
    """A client in a network, with its last request with the old key, whether that was refused, and its last use of the
    new one.

    `state` is `moved` when it has used the new key after the old one, `unseen` when it has used neither since the
    rotation began, else `old`. Without client and network it is all those beyond the number that is counted.
    """

    client: str
    network: str
    old_at: datetime | None
    refused: bool
    new_at: datetime | None
    state: str
    ticked: bool

    @property
    def waits(self) -> bool:
        """Whether the old key may still be needed by it."""
        return self.state != "moved" and not self.ticked


def callers(rotation: Rotation) -> list[Caller]:
    """Return the callers of both keys in 90 days by name, so that who moves stays in its place."""
    found = traffic.moves(rotation.workspace_id, rotation.old_key_id, rotation.new_key_id)
    return sorted((_caller(rotation, each) for each in found), key=lambda caller: (caller.client, caller.network))


def state(old_at: datetime | None, new_at: datetime | None, began: datetime) -> str:
    """Return how far a caller is, from its last request with either key and the moment the rotation began."""
    if new_at is not None and (old_at is None or new_at > old_at):
        return "moved"
    return "old" if old_at is not None and old_at >= began else "unseen"


def _caller(rotation: Rotation, move: Move) -> Caller:
    ticks = {(tick["client"], tick["network"]): tick["at"] for tick in rotation.ticks}
    said = ticks.get((move.client, move.network))
    # Who calls again was needed after all.
    ticked = said is not None and (move.old_at is None or move.old_at <= datetime.fromisoformat(said))
    return Caller(*move, state(move.old_at, move.new_at, rotation.started_at), ticked)
