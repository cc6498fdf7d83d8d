"""Erasing what events say of people: texts and salt go, the chain over their digests stays."""

from collections.abc import Sequence

from tixallo.kit.errors import Conflict, NotFound
from tixallo.workspaces.changes import Change, Subject
from tixallo.workspaces.models import Event

ERASED = "log.erased"

_TEXTS = (
    *("actor_kind", "actor_id", "actor_label", "origin"),
    *("subject_kind", "subject_id", "subject_label", "payload", "salt"),
)


def erase(change: Change, event_ids: Sequence[str], reason: str) -> None:
    """Empty the events; the erasure itself is an event that names them.

    Raises `NotFound` for a foreign one, and `Conflict` for an erasure: what vouches for an emptied event stays.
    """
    found = Event.objects.filter(workspace_id=change.workspace_id, id__in=event_ids)
    if found.count() != len(set(event_ids)):
        raise NotFound
    if found.filter(type=ERASED).exists():
        raise Conflict("An erasure cannot be erased")
    found.update(**dict.fromkeys(_TEXTS, ""))
    subject = Subject("workspace", change.workspace_id, "log")
    change.record(ERASED, subject, {"events": sorted(set(event_ids)), "reason": reason})
