"""Merging a ticket into another one, and undoing it: its messages show there and keep their own ticket."""

from tixallo.kit.errors import Conflict, Invalid, NotFound
from tixallo.kit.sql import Statement
from tixallo.tickets import editing, log, rows
from tixallo.tickets.rows import Held
from tixallo.workspaces.changes import Change


def merge(change: Change, ticket_id: str, into_id: str) -> None:
    """Merge a ticket, and whatever was merged into it before, into another one.

    Raises `NotFound` for either, `Conflict` when either is merged already, `Invalid` for a ticket and itself.
    """
    if ticket_id == into_id:
        raise Invalid({"into": ["A ticket cannot be merged into itself"]})
    ticket = rows.held(change, ticket_id)
    into = rows.held(change, into_id)
    ticket.gone_as, ticket.gone_at, ticket.merged_into = "merged", change.now, into.id
    rows.write(change, ticket)
    _TAKE_ALONG.run(into.id, ticket.id, change.workspace_id, ticket.id)
    into.recount(change)
    rows.write(change, into)
    log.merged(change, ticket.entry, into.id)


def unmerge(change: Change, ticket_id: str) -> None:
    """Take a merged ticket out again, with what it had taken along.

    Raises `NotFound`, and `Conflict` when it is not merged, or was taken along by another one that is.
    """
    ticket = rows.held_in_any_state(change, ticket_id)
    if ticket.gone_as in ("deleted", "spam"):
        raise NotFound
    if ticket.merged_into is None:
        raise Conflict("Ticket is not merged")
    if ticket.merged_via is not None:
        raise Conflict("Ticket was merged along with another one: undo that merge first")
    _take_out(change, ticket, ticket.merged_into)


def part(change: Change, ticket_id: str) -> None:
    """Undo every merge that a ticket has a part in, so that it can go for good. Raises `NotFound`."""
    ticket = rows.held_in_any_state(change, ticket_id)
    if ticket.merged_into is not None:
        _take_out(change, ticket, ticket.merged_into)
    for (other_id,) in _DIRECTLY.rows(change.workspace_id, ticket_id):
        _take_out(change, rows.held_in_any_state(change, str(other_id)), ticket_id)


def _take_out(change: Change, ticket: Held, into_id: str) -> None:
    into = rows.held_in_any_state(change, into_id)
    ticket.gone_as, ticket.gone_at, ticket.merged_into, ticket.merged_via = "", None, None, None
    rows.write(change, ticket)
    here = (change.workspace_id, into.id)
    _GIVE_BACK.run(ticket.id, ticket.id, *here, *here, ticket.id, *here)
    for each in (ticket, into):
        each.recount(change)
        rows.write(change, each)
    log.unmerged(change, ticket.entry, into.id)
    editing.let_go(change, ticket.id)


_DIRECTLY = Statement(
    lambda dialect: (
        "SELECT id FROM tickets_ticket WHERE workspace_id = ? AND merged_into_id = ? AND gone_as = 'merged' "
        f"AND merged_via_id IS NULL ORDER BY {dialect.unindexed('number')}"
    )
)
# What came with an earlier merge goes along, and remembers by which ticket, so that undoing that one returns it.
_TAKE_ALONG = Statement(
    "UPDATE tickets_ticket SET merged_into_id = ?, merged_via_id = coalesce(merged_via_id, ?) "
    "WHERE workspace_id = ? AND merged_into_id = ? AND gone_as = 'merged'"
)
# All that the ticket had taken along, also by way of another one; of that, the link to the other one stays.
_GIVE_BACK = Statement(
    "UPDATE tickets_ticket SET merged_into_id = ?, "
    "merged_via_id = CASE WHEN merged_via_id = ? THEN NULL ELSE merged_via_id END "
    "WHERE workspace_id = ? AND merged_into_id = ? AND gone_as = 'merged' AND id IN ("
    "WITH RECURSIVE along (id) AS (SELECT t.id FROM tickets_ticket t "
    "WHERE t.workspace_id = ? AND t.merged_into_id = ? AND t.gone_as = 'merged' AND t.merged_via_id = ? "
    "UNION SELECT t.id FROM along JOIN tickets_ticket t ON t.merged_via_id = along.id "
    "WHERE t.workspace_id = ? AND t.merged_into_id = ? AND t.gone_as = 'merged') SELECT id FROM along)"
)
