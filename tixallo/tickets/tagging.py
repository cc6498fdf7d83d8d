"""The tags of a ticket: a row each, so that a tag's tickets are found in order."""

from datetime import datetime

from tixallo.kit import sql
from tixallo.kit.ids import new_id
from tixallo.kit.sql import Statement
from tixallo.workspaces.changes import Change


def retag(change: Change, ticket_id: str, opened: datetime, before: list[str], after: list[str]) -> None:
    """Make the rows of a ticket, opened at `opened`, say `after` instead of `before`."""
    for tag in set(before) - set(after):
        _REMOVE.run(change.workspace_id, ticket_id, tag)
    for tag in sorted(set(after) - set(before)):
        _ADD.run(new_id(), change.workspace_id, ticket_id, tag, sql.moment(opened))


_REMOVE = Statement("DELETE FROM tickets_tagging WHERE workspace_id = ? AND ticket_id = ? AND tag = ?")
_ADD = Statement(
    "INSERT INTO tickets_tagging (id, workspace_id, ticket_id, tag, ticket_created_at) VALUES (?, ?, ?, ?, ?)"
)
