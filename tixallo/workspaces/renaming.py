"""Giving a workspace another name; its address stays, so that links do."""

from tixallo.kit.errors import Invalid
from tixallo.workspaces.changes import Change, Subject
from tixallo.workspaces.models import Workspace
from tixallo.workspaces.naming import name_errors


def rename(opened: Change, name: str) -> None:
    """Give the workspace another name; the same one is no change. Raises `Invalid`."""
    if wrong := name_errors(name):
        raise Invalid({"name": wrong})
    before = Workspace.objects.get(id=opened.workspace_id).name
    if name == before:
        return
    Workspace.objects.filter(id=opened.workspace_id).update(name=name)
    subject = Subject("workspace", opened.workspace_id, name)
    opened.record("workspace.renamed", subject, {"name": name, "before": before})
