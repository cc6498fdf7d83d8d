"""Replacing a key by a successor, step by step: start, move the callers, end the old key; or cancel.

The successor inherits everything but the text. What may end when is for `unlocking` to say.
"""

from tixallo.keys import closing, ending, moving, storing, token, unlocking
from tixallo.keys.closing import Ending
from tixallo.keys.making import make_key
from tixallo.keys.models import CANCELLED, EXPOSED, REPLACED, ApiKey, Rotation
from tixallo.keys.renaming import rename
from tixallo.keys.unlocking import Locked
from tixallo.kit.errors import Conflict, Invalid, NotFound
from tixallo.workspaces.changes import Change, Subject
from tixallo.workspaces.naming import without_controls

QUIET_HOURS = (1, 24, 72, 168, 720)


def start(change: Change, key_id: str, form_value: str | None = None) -> tuple[Rotation, token.Token]:
    """Make a key's successor and return the rotation with the successor's text, which is to be shown once.

    Its life begins anew at equal length. `form_value` is as in `make_key`. Raises `NotFound`, and `Conflict` for a key
    that is not active or already part of an open rotation.
    """
    old = ending.held(change, key_id)
    _check(change, old)
    name = without_controls(old.name) or old.public_id
    rename(change, old.id, closing.old_name(name))
    new, text = make_key(
        change,
        name=name,
        environment=old.environment,
        expires_in=None if old.expires_at is None else old.expires_at - old.created_at,
        limit=old.rate_limit,
        allowed=old.scopes,
        form_value=form_value,
    )
    ApiKey.objects.filter(workspace_id=change.workspace_id, id=old.id).update(replaced_by=new)
    rotation = Rotation(
        workspace_id=change.workspace_id,
        old_key_id=old.id,
        new_key=new,
        old_name=name,
        started_at=change.now,
        started_by=change.actor.label,
    )
    rotation.save(force_insert=True)
    _record(change, rotation, "started", name, successor=new.id)
    return rotation, text


def choose_quiet(change: Change, rotation_id: str, hours: int) -> None:
    """Say for how many of the `QUIET_HOURS` the old key must be without a request before it can be revoked.

    Raises `NotFound`, `Invalid`, and `Conflict` for a rotation that has ended; so do all that follow.
    """
    rotation = held(change, rotation_id)
    if hours not in QUIET_HOURS:
        raise Invalid({"hours": [f"Must be one of {', '.join(map(str, QUIET_HOURS))}"]})
    if hours != rotation.quiet_hours:
        rotation.quiet_hours = hours
        rotation.save(update_fields=["quiet_hours"])
        _record(change, rotation, "quiet_time", rotation.old_key.name, hours=hours)


def tick_off(change: Change, rotation_id: str, client: str, network: str) -> None:
    """Say that a caller no longer needs the old key; that holds until it calls with it again."""
    rotation = held(change, rotation_id)
    if not any((caller.client, caller.network) == (client, network) for caller in moving.callers(rotation)):
        raise NotFound
    ticks = _without(rotation, client, network)
    rotation.ticks = [*ticks, {"client": client, "network": network, "at": change.now.isoformat()}]
    rotation.save(update_fields=["ticks"])
    _record(change, rotation, "caller_ticked", rotation.old_key.name, client=client, network=network)


def untick(change: Change, rotation_id: str, client: str, network: str) -> None:
    """Take a tick back."""
    rotation = held(change, rotation_id)
    ticks = _without(rotation, client, network)
    if ticks != rotation.ticks:
        rotation.ticks = ticks
        rotation.save(update_fields=["ticks"])
        _record(change, rotation, "caller_unticked", rotation.old_key.name, client=client, network=network)


def revoke_old(change: Change, rotation_id: str, typed_name: str = "") -> Ending | None:
    """Revoke the old key as replaced, which finishes the rotation; raises what `revoke` does."""
    return revoke(change, held(change, rotation_id).old_key_id, REPLACED, typed_name)


def revoke(change: Change, key_id: str, reason: str, typed_name: str = "") -> Ending | None:
    """Revoke a key for a person: the old key of an open rotation once `unlocking` allows it, by its name, or as
    exposed; any other at once. Return how its rotation ended, if it has one.

    Raises `Locked`, `NotFound`, and `Conflict` for a key that is revoked already.
    """
    rotation = closing.open_rotation(change.workspace_id, key_id)
    if rotation is not None and rotation.old_key_id == key_id:
        named = typed_name.strip() == rotation.old_key.name.strip()
        if not (named or reason == EXPOSED or unlocking.standing(rotation, change.now).open):
            raise Locked("The old key is locked; type its name to revoke it all the same")
    return ending.revoke(change, key_id, reason)


def cancel(change: Change, rotation_id: str) -> None:
    """Go back to the old key: it is enabled and gets its name back, the successor is disabled.

    Raises `Conflict` when the old key has expired.
    """
    rotation = held(change, rotation_id)
    if not closing.can_go_back(rotation):
        raise Conflict("The old key has expired; there is nothing to go back to")
    storing.hold((rotation.old_key_id, rotation.new_key_id))
    left = "active" if rotation.old_key.disabled_at is None else "enabled"
    ending.enable(change, rotation.old_key_id, CANCELLED)
    ending.disable(change, rotation.new_key_id, CANCELLED)
    closing.close(change, rotation, "cancelled", left=left)


def held(change: Change, rotation_id: str) -> Rotation:
    """Return an open rotation of the workspace with both keys. Raises `NotFound`, and `Conflict` for an ended one."""
    found = Rotation.objects.filter(workspace_id=change.workspace_id, id=rotation_id)
    rotation = found.select_related("old_key", "new_key").first()
    if rotation is None:
        raise NotFound
    if rotation.state != "open":
        raise Conflict(f"The rotation is {rotation.state}")
    return rotation


def _check(change: Change, old: ApiKey) -> None:
    if old.state() != "active":
        raise Conflict(f"Only an active key can be rotated; this one is {old.state()}")
    rotation = closing.open_rotation(change.workspace_id, old.id)
    if rotation is not None and rotation.old_key_id == old.id:
        raise Conflict("This key is being rotated already")
    if rotation is not None:
        raise Conflict(f"This key is the successor of “{rotation.old_key.name}”; finish or cancel that rotation first")


def _without(rotation: Rotation, client: str, network: str) -> list[dict[str, str]]:
    return [tick for tick in rotation.ticks if (tick["client"], tick["network"]) != (client, network)]


def _record(change: Change, rotation: Rotation, what: str, name: str, **payload: object) -> None:
    change.record(f"key.rotation_{what}", Subject("key", rotation.old_key_id, name), payload)
