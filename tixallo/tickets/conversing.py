"""Adding a public message to a conversation, and what it does to the ticket's status."""

from typing import NamedTuple

from tixallo.kit import due, sql
from tixallo.kit.errors import Conflict
from tixallo.kit.ids import new_id
from tixallo.kit.sql import Statement
from tixallo.tickets import log, rows, searching
from tixallo.tickets.editing import set_status
from tixallo.workspaces.changes import Change

# What the first answer, or the customer's next message, makes of a status.
_AFTER_OURS = {"new": "open"}
_AFTER_THEIRS = {"pending": "open", "resolved": "open"}


class Author(NamedTuple):
    """Who wrote a message: `kind` is one of customer, agent, api and system."""

    kind: str
    id: str
    name: str


def add_message(
    change: Change, ticket_id: str, *, body: str, author: Author | None, then: str = "", message_id: str = ""
) -> str:
    """Append a public message and return its id; without an author it is the ticket's customer who wrote it.

    `then` is the status that the ticket gets with it, instead of the one that follows; `message_id` a fresh id that it
    gets. Raises `NotFound`, and
    `Conflict` for a merged ticket and for a customer's message on a closed one.
    """
    ticket = rows.held(change, ticket_id)
    if author is None and ticket.status == "closed":
        raise Conflict("Ticket is closed")
    writer = author or Author("customer", ticket.customer_id, ticket.customer_name)
    message_id = message_id or new_id()
    _ADD.run(message_id, change.workspace_id, ticket_id, body, *writer, sql.moment(change.now))
    searching.append(change.workspace_id, ticket.search_id, body)
    log.message_created(change, ticket.entry, message_id, body, {"type": writer.kind, "name": writer.name})
    ticket.heard(writer.kind, body, change.now)
    follows = (_AFTER_THEIRS if writer.kind == "customer" else _AFTER_OURS).get(ticket.status, ticket.status)
    set_status(change, ticket, then or follows)
    if author is not None or ticket.assignee_id is not None:
        # Of what a customer writes nobody is told while nobody works on the ticket.
        due.enqueue("tickets.message_added", message_id)
    return message_id


_ADD = Statement(
    "INSERT INTO tickets_message (id, workspace_id, ticket_id, body, author_kind, author_id, author_name, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
