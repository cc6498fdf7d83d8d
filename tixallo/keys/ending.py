"""The ends of a key: disabled for a while, revoked for good, expired. Each shows at the next request on every node."""

from datetime import datetime

from tixallo.keys import closing, storing
from tixallo.keys.closing import Ending
from tixallo.keys.models import CANCELLED, ApiKey, Rotation
from tixallo.kit import due
from tixallo.kit.errors import Conflict, NotFound
from tixallo.kit.ids import is_id
from tixallo.workspaces.changes import SYSTEM, Change, Subject, change


def find_anywhere(identifier: str) -> ApiKey:
    """Return the key with the id or public id, for who may see every workspace. Raises `NotFound`."""
    # unscoped: a command names the key alone
    key = ApiKey.objects.filter(public_id=identifier).first()
    if key is None and is_id(identifier):
        # unscoped: a command names the key alone
        key = ApiKey.objects.filter(id=identifier).first()
    if key is None:
        raise NotFound(f"There is no key “{identifier}”.")
    return key


def disable(change: Change, key_id: str, reason: str = "") -> None:
    """Switch a key off until it is enabled, or say another reason why it is off already.

    Raises `NotFound`, and `Conflict` for a revoked key.
    """
    key = held(change, key_id)
    if key.disabled_at is None or reason not in ("", key.disabled_reason):
        key.disabled_at, key.disabled_reason = key.disabled_at or change.now, reason
        key.save(update_fields=["disabled_at", "disabled_reason"])
        change.record("key.disabled", _subject(key), {"reason": reason})


def enable(change: Change, key_id: str, reason: str = "") -> None:
    """Switch a disabled key on again. Raises `NotFound`, and `Conflict` for a revoked key."""
    key = held(change, key_id)
    if key.disabled_at is not None:
        key.disabled_at = None
        key.save(update_fields=["disabled_at"])
        change.record("key.enabled", _subject(key), {"reason": reason})


def revoke(change: Change, key_id: str, reason: str = "") -> Ending | None:
    """End a key for good, and its open rotation with it, if it has one: return how that ended.

    Raises `NotFound`, and `Conflict` when it is revoked already.
    """
    rotation = closing.open_rotation(change.workspace_id, key_id)
    if rotation is not None:
        storing.hold((rotation.old_key_id, rotation.new_key_id))
    key = held(change, key_id)
    key.revoked_at, key.revoked_by, key.revoked_reason = change.now, change.actor.label, reason
    key.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    change.record("key.revoked", _subject(key), {"reason": reason})
    return None if rotation is None else _end_rotation(change, rotation, key.id)


def schedule_expiry(key_id: str, at: datetime) -> None:
    """Have the expiry recorded when it comes; that the key no longer opens anything does not wait for this."""
    due.enqueue("keys.expiry", key_id, at)


@due.kind("keys.expiry")
def record_expiry(key_id: str) -> None:
    """Write into the log that a key has expired, once; one that was revoked before has not."""
    # unscoped: a due row names the key alone
    due_keys = ApiKey.objects.filter(id=key_id, expiry_recorded=False, revoked_at=None)
    found = due_keys.first()
    if found is None:
        return
    with change(found.workspace_id, SYSTEM) as opened:
        # Another worker, or who revoked it, may have been quicker.
        key = due_keys.first()
        if key is not None:
            key.expiry_recorded = True
            key.save(update_fields=["expiry_recorded"])
            opened.record("key.expired", _subject(key), {"expires_at": key.expires_at})


def held(change: Change, key_id: str) -> ApiKey:
    """Return a key of the workspace that is not revoked. Raises `NotFound`, and `Conflict` for a revoked key."""
    key = ApiKey.objects.filter(workspace_id=change.workspace_id, id=key_id).first()
    if key is None:
        raise NotFound
    if key.revoked_at is not None:
        raise Conflict("Key has been revoked")
    return key


def _end_rotation(change: Change, rotation: Rotation, key_id: str) -> Ending:
    found = closing.ending_with(rotation, key_id)
    if found.then == "enabled":
        enable(change, rotation.old_key_id, CANCELLED)
        rotation.old_key.disabled_at = None
    closing.close(change, rotation, found.state, left=found.then)
    return found


def _subject(key: ApiKey) -> Subject:
    return Subject("key", key.id, key.name)
