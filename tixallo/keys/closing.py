"""The end of a rotation: finished when its old key is revoked, cancelled when its successor is."""

from django.db.models import Q

from tixallo.keys.models import ApiKey, Rotation
from tixallo.workspaces.changes import Change, Subject
from tixallo.workspaces.models import LONGEST_NAME


def open_rotation(workspace_id: str, key_id: str) -> Rotation | None:
    """Return the open rotation that a key is the old or the new one of, with both keys."""
    found = Rotation.objects.filter(workspace_id=workspace_id, state="open")
    return found.filter(Q(old_key_id=key_id) | Q(new_key_id=key_id)).select_related("old_key", "new_key").first()


def follow_revoked(change: Change, rotation: Rotation, key_id: str) -> None:
    """End the open rotation of a key that has just been revoked."""
    close(change, rotation, "finished" if rotation.old_key_id == key_id else "cancelled")


def close(change: Change, rotation: Rotation, state: str) -> None:
    """End a rotation; one that is cancelled gives the old key the name back that it took."""
    rotation.state, rotation.ended_at, rotation.ended_by = state, change.now, change.actor.label
    rotation.save(update_fields=["state", "ended_at", "ended_by"])
    old = rotation.old_key
    if state == "cancelled":
        _give_back(rotation, old)
    change.record(f"key.rotation_{state}", Subject("key", old.id, old.name), {"successor": rotation.new_key_id})


def old_name(name: str) -> str:
    """Return what a key is called whose name goes to its successor."""
    return f"{name[: LONGEST_NAME - len(_OLD)]}{_OLD}"


def _give_back(rotation: Rotation, old: ApiKey) -> None:
    if old.name == old_name(rotation.old_name):
        old.name = rotation.old_name
    old.replaced_by = None
    old.save(update_fields=["name", "replaced_by"])


_OLD = " (old)"
