"""Giving a key another name: what uses it, in the team's own words. Programs do not see it change anything."""

from tixallo.keys.ending import held
from tixallo.kit.errors import Invalid
from tixallo.workspaces.changes import Change, Subject
from tixallo.workspaces.naming import name_errors


def rename(change: Change, key_id: str, name: str) -> None:
    """Name a key. Raises `NotFound`, `Invalid`, and `Conflict` for a revoked key."""
    key = held(change, key_id)
    if wrong := name_errors(name):
        raise Invalid({"name": wrong})
    if name != key.name:
        before, key.name = key.name, name
        key.save(update_fields=["name"])
        change.record("key.renamed", Subject("key", key.id, name), {"name": name, "before": before})
