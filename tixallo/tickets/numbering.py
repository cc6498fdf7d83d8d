"""Ticket numbers: they count up within a workspace, without gap or repeat, as they are taken under its lock."""

from tixallo.kit.sql import Statement
from tixallo.workspaces.changes import Change


def next_number(change: Change) -> int:
    """Take the next number; a change that is undone gives it back."""
    row = _TAKE.one(change.workspace_id)
    assert row is not None, "the change holds the workspace's row"
    number: int = row[0]
    return number


_TAKE = Statement("UPDATE workspaces_workspace SET ticket_count = ticket_count + 1 WHERE id = ? RETURNING ticket_count")
