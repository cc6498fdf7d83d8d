"""Deleting a ticket or calling it spam: it is left out everywhere, can be brought back for thirty days, then goes."""

from datetime import timedelta

from tixallo.kit import due
from tixallo.kit.errors import Conflict
from tixallo.kit.sql import Statement
from tixallo.tickets import editing, log, rows, searching
from tixallo.workspaces.changes import SYSTEM, Change, Subject
from tixallo.workspaces.changes import change as open_change

KEPT_FOR = timedelta(days=30)


def remove(change: Change, ticket_id: str, *, spam: bool = False) -> None:
    """Take a ticket away. Raises `NotFound`, and `Conflict` for a merged one."""
    ticket = rows.held(change, ticket_id)
    if _COUNT_MERGED.one(change.workspace_id, ticket_id) != (0,):
        raise Conflict("Other tickets are merged into this one: undo that first")
    ticket.gone_as, ticket.gone_at = "spam" if spam else "deleted", change.now
    rows.write(change, ticket)
    due.enqueue("tickets.purge", ticket_id, change.now + KEPT_FOR)
    log.deleted(change, ticket.entry, spam=spam)


def restore(change: Change, ticket_id: str) -> None:
    """Bring a ticket back. Raises `NotFound`, and `Conflict` when it is not gone."""
    ticket = rows.held_in_any_state(change, ticket_id)
    if ticket.gone_as not in ("deleted", "spam"):
        raise Conflict("Ticket is not deleted")
    ticket.gone_as, ticket.gone_at = "", None
    rows.write(change, ticket)
    log.restored(change, ticket.entry)
    editing.let_go(change, ticket_id)


@due.kind("tickets.purge")
def purge(ticket_id: str) -> None:
    """Delete for good a ticket that has been gone for thirty days; its number is never used again."""
    found = _GONE.one(ticket_id)
    if found is None:
        return
    workspace_id = str(found[0])
    with open_change(workspace_id, SYSTEM) as opened:
        ticket = rows.held_in_any_state(opened, ticket_id)
        if ticket.gone_at is None or ticket.gone_at + KEPT_FOR > opened.now:
            return
        erase(opened, ticket_id, ticket.number, ticket.search_id)


def erase(change: Change, ticket_id: str, number: int, search_id: int) -> None:
    """Delete a ticket for good, with all that belongs to it; its number is never used again."""
    for statement in _PURGE:
        statement.run(change.workspace_id, ticket_id)
    searching.remove(search_id)
    change.record("ticket.purged", Subject("ticket", ticket_id, f"#{number}"), {"number": number})


_COUNT_MERGED = Statement(
    "SELECT count(*) FROM tickets_ticket WHERE workspace_id = ? AND merged_into_id = ? AND gone_as = 'merged'"
)
# unscoped: a due row names the ticket alone
_GONE = Statement("SELECT workspace_id FROM tickets_ticket WHERE id = ? AND gone_as IN ('deleted', 'spam')")
_PARTS = ("message", "note", "tagging", "samplemark", "draft", "readmark", "heldreply", "presence")
_PURGE = [Statement(f"DELETE FROM tickets_{part} WHERE workspace_id = ? AND ticket_id = ?") for part in _PARTS] + [
    Statement("DELETE FROM tickets_ticket WHERE workspace_id = ? AND id = ?")
]
