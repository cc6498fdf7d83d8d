"""Giving a key another name: what uses it, in the team's own words. Programs do not see it change anything."""

from tixallo.keys.ending import held
from tixallo.keys.making import is_name
from tixallo.kit.errors import Invalid
from tixallo.workspaces.changes import Change, Subject
from tixallo.workspaces.models import LONGEST_NAME


def rename(change: Change, key_id: str, name: str) -> None:
    """Name a key. Raises `NotFound`, `Invalid`, and `Conflict` for a revoked key."""
    key = held(change, key_id)
    if not is_name(name):
        raise Invalid({"name": [f"Must have 1 to {LONGEST_NAME} characters"]})
    if name != key.name:
        before, key.name = key.name, name
        key.save(update_fields=["name"])
        change.record("key.renamed", Subject("key", key.id, name), {"name": name, "before": before})
