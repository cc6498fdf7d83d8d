"""Tickets and their conversations at the machines' door."""

from typing import cast

from tixallo.kit.errors import Invalid, NotFound
from tixallo.kit.paging import Page
from tixallo.tickets import conversing, editing, merging, opening, queries
from tixallo.tickets.conversing import Author
from tixallo.tickets.editing import Edits
from tixallo.tickets.inputs import Merge, NewMessage, NewTicket, TicketEdits, TicketFilter
from tixallo.tickets.shapes import CONVERSATION, MESSAGE, TICKET
from tixallo.workspaces.changes import Change
from tixallo.workspaces.operations import About, Call, Nothing, deletes, one, reads, writes

_MERGED = "Ticket has been merged"
_ALONG = "Ticket was merged along with another one: undo that merge first"


@reads(About("listTickets", TICKET, many=True), TicketFilter)
def list_tickets(call: Call, query: TicketFilter) -> bytes:
    """List tickets, newest first."""
    return queries.list_tickets(call.workspace_id, query.filters(), query.cursor, query.limit)


@writes(About("createTicket", TICKET, status=201), NewTicket)
def create_ticket(call: Call, change: Change, body: NewTicket) -> bytes:
    """Open a ticket."""
    ticket_id = opening.open_ticket(change, **body.model_dump())
    return one(queries.ticket(call.workspace_id, ticket_id))


@reads(About("getTicket", CONVERSATION), Nothing)
def get_ticket(call: Call, query: Nothing, id: str) -> bytes:
    """Get a ticket with its customer and conversation."""
    return one(queries.conversation(call.workspace_id, id))


@writes(About("updateTicket", TICKET, clashes=(_MERGED,)), TicketEdits, of=get_ticket)
def update_ticket(call: Call, change: Change, body: TicketEdits, id: str) -> bytes:
    """Change a ticket."""
    editing.edit(change, id, cast(Edits, body.model_dump(exclude_unset=True)))
    return one(queries.ticket(call.workspace_id, id))


@writes(About("mergeTicket", TICKET, status=201, clashes=(_MERGED,)), Merge, of=get_ticket)
def merge_ticket(call: Call, change: Change, body: Merge, id: str) -> bytes:
    """Merge a ticket into another one, and get that one."""
    if queries.ticket(call.workspace_id, body.into) is None:
        raise Invalid({"into": ["Unknown ticket"]})
    merging.merge(change, id, body.into)
    return one(queries.ticket(call.workspace_id, body.into))


@deletes(About("unmergeTicket", TICKET, clashes=("Ticket is not merged", _ALONG)), of=get_ticket)
def unmerge_ticket(call: Call, change: Change, id: str) -> bytes:
    """Undo a merge, and get the ticket that is on its own again."""
    merging.unmerge(change, id)
    return one(queries.ticket(call.workspace_id, id))


@reads(About("listMessages", MESSAGE, many=True), Page)
def list_messages(call: Call, query: Page, id: str) -> bytes:
    """List a ticket's messages, oldest first."""
    found = queries.list_messages(call.workspace_id, id, query.cursor, query.limit)
    if found is None:
        raise NotFound
    return found


@writes(About("createMessage", MESSAGE, status=201, clashes=("Ticket is closed", _MERGED)), NewMessage, of=get_ticket)
def create_message(call: Call, change: Change, body: NewMessage, id: str) -> bytes:
    """Append a public message."""
    author = Author("api", change.actor.id, change.actor.label) if body.author == "workspace" else None
    message_id = conversing.add_message(change, id, body=body.body, author=author)
    return one(queries.message(call.workspace_id, message_id))


@reads(About("listCustomerTickets", TICKET, many=True), Page)
def list_customer_tickets(call: Call, query: Page, id: str) -> bytes:
    """List a customer's tickets, newest first."""
    found = queries.list_customer_tickets(call.workspace_id, id, query.cursor, query.limit)
    if found is None:
        raise NotFound
    return found
