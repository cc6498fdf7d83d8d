"""The end of a rotation: finished when its old key is revoked, cancelled when its successor is.

Revoking leaves the workspace with the other key of the two. What becomes of that one is said before and after.
"""

from typing import NamedTuple

from django.db.models import Q

from tixallo.keys.models import REPLACED, ApiKey, Rotation
from tixallo.workspaces.changes import Change, Subject
from tixallo.workspaces.models import LONGEST_NAME


def open_rotation(workspace_id: str, key_id: str) -> Rotation | None:
    """Return the open rotation that a key is the old or the new one of, with both keys."""
    found = Rotation.objects.filter(workspace_id=workspace_id, state="open")
    return found.filter(Q(old_key_id=key_id) | Q(new_key_id=key_id)).select_related("old_key", "new_key").first()


class Ending(NamedTuple):
    """How a rotation ends with one of its keys: finished or cancelled, the key that is left, and what that one is then:
    active, disabled, expired, revoked, or `enabled` when it is switched on by this.
    """

    state: str
    left: ApiKey
    then: str

    @property
    def works(self) -> bool:
        """Whether one of the two keys still opens something."""
        return self.then in {"active", "enabled"}


def ending_with(rotation: Rotation, key_id: str) -> Ending:
    """Return how an open rotation ends when one of its keys is revoked.

    An old key that was disabled as a step of the rotation works again, as nobody had anything against it. One that was
    disabled for another reason, or for none that was said, stays so.
    """
    if rotation.old_key_id == key_id:
        return Ending("finished", rotation.new_key, rotation.new_key.state())
    old = rotation.old_key
    stepped = old.state() == "disabled" and old.disabled_reason == REPLACED
    return Ending("cancelled", old, "enabled" if stepped else old.state())


def can_go_back(rotation: Rotation) -> bool:
    """Tell whether an open rotation can be cancelled: not once its old key has expired, as no key would work then."""
    return rotation.old_key.state() != "expired"


def close(change: Change, rotation: Rotation, state: str, **payload: object) -> None:
    """End a rotation; one that is cancelled gives the old key the name back that it took."""
    rotation.state, rotation.ended_at, rotation.ended_by = state, change.now, change.actor.label
    rotation.save(update_fields=["state", "ended_at", "ended_by"])
    old = rotation.old_key
    if state == "cancelled":
        _give_back(rotation, old)
    change.record(
        f"key.rotation_{state}", Subject("key", old.id, old.name), {"successor": rotation.new_key_id, **payload}
    )


def old_name(name: str) -> str:
    """Return what a key is called whose name goes to its successor."""
    return f"{name[: LONGEST_NAME - len(_OLD)]}{_OLD}"


def name_given_back(rotation: Rotation) -> str:
    """Return what the old key of an open rotation is called once it is cancelled: as before, unless it was renamed."""
    now = rotation.old_key.name
    return rotation.old_name if now == old_name(rotation.old_name) else now


def _give_back(rotation: Rotation, old: ApiKey) -> None:
    old.name = name_given_back(rotation)
    old.replaced_by = None
    old.save(update_fields=["name", "replaced_by"])


_OLD = " (old)"
