"""Opening a ticket: found or new customer, next number, default inbox, index, event."""

from tixallo.customers import finding
from tixallo.inboxes.models import default_inbox
from tixallo.kit import sql
from tixallo.kit.ids import new_id
from tixallo.kit.sql import Statement
from tixallo.tickets import log, placing, searching
from tixallo.tickets.numbering import next_number
from tixallo.workspaces.changes import Change


def open_ticket(
    change: Change,
    *,
    subject: str,
    description: str,
    customer_email: str,
    customer_name: str | None = None,
    priority: str = "medium",
    source: str = "api",
    is_sample: bool = False,
) -> str:
    """Open a ticket for the customer with the address, who is created if need be, and return its id."""
    customer = finding.find_or_create(change, email=customer_email, name=customer_name, told=not is_sample)
    inbox_id = default_inbox(change)
    ticket = log.Entry(new_id(), next_number(change), subject, "new", priority, source, customer.id, is_sample)
    texts = (subject, description, customer.name, customer.email)
    search_id = searching.index(change.workspace_id, texts, change.now, ticket.id, ticket.number)
    at = sql.moment(change.now)
    _OPEN.run(
        *(ticket.id, change.workspace_id, ticket.number, subject, description, ticket.status, priority, source),
        *(customer.id, inbox_id, "[]", search_id, at, at, at, placing.heap(ticket.status)),
        *(placing.queue(change.now, change.now), "", placing.first_words(description), "customer", at),
    )
    if is_sample:
        _MARK.run(new_id(), change.workspace_id, ticket.id)
    log.created(change, ticket)
    return ticket.id


_MARK = Statement("INSERT INTO tickets_samplemark (id, workspace_id, ticket_id) VALUES (?, ?, ?)")
_OPEN = Statement(
    "INSERT INTO tickets_ticket (id, workspace_id, number, subject, description, status, priority, source, "
    "customer_id, inbox_id, tags, search_id, created_at, updated_at, waiting_since, heap, queue, gone_as, last_words, "
    "last_author, last_message_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
