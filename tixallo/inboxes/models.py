"""Inboxes: where a workspace's tickets arrive. Each workspace has one to begin with."""

from django.db import models

from tixallo.kit import clock
from tixallo.kit.ids import IdField, new_id
from tixallo.kit.sql import Statement
from tixallo.workspaces.changes import Change, Subject
from tixallo.workspaces.models import LONGEST_NAME, Workspace


class Inbox(models.Model):
    """A place where tickets arrive; tickets from the API go to the default one.

    `name` is the one that somebody chose. An inbox without one goes by the workspace's, whatever that is at the time.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="inboxes", db_index=False)
    name = models.CharField(max_length=LONGEST_NAME, blank=True, default="")
    is_default = models.BooleanField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "inboxes"
        constraints = (
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(is_default=True), name="one_default_inbox"
            ),
        )
        indexes = (models.Index(fields=["workspace", "created_at", "id"], name="inbox_list"),)


def default_inbox(change: Change) -> str:
    """Return the id of the workspace's default inbox, which is made the first time that it is needed."""
    row = _DEFAULT.one(change.workspace_id)
    if row is not None:
        return str(row[0])
    inbox = Inbox.objects.create(workspace_id=change.workspace_id, is_default=True)
    label = called(inbox, Workspace.objects.get(id=change.workspace_id))
    change.record("inbox.created", Subject("inbox", inbox.id, label), {"name": inbox.name})
    return inbox.id


def called(inbox: Inbox, workspace: Workspace) -> str:
    """Return the name by which an inbox of the workspace goes: its own, or the workspace's where it has none."""
    return inbox.name or workspace.name


_DEFAULT = Statement("SELECT id FROM inboxes_inbox WHERE workspace_id = ? AND is_default")
