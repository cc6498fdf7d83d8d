"""Keeping the index true to what changed outside a ticket: a customer's name or address stands in all their tickets."""

from tixallo.customers.editing import CHANGED
from tixallo.kit import due, transactions
from tixallo.kit.sql import Statement
from tixallo.tickets.editing import reindex

_AT_ONCE = 100
_FIRST = "00000000-0000-0000-0000-000000000000"


@due.kind(CHANGED)
def reindex_customer(customer_id: str) -> None:
    """Write the documents of a customer's tickets anew, a hundred a transaction."""
    after = _FIRST
    while True:
        with transactions.change():
            rows = _NEXT.rows(customer_id, after, _AT_ONCE)
            for workspace_id, ticket_id in rows:
                reindex(str(workspace_id), str(ticket_id))
        if len(rows) < _AT_ONCE:
            return
        after = str(rows[-1][1])


# A due row names the customer alone; the rows found carry their workspace.
_NEXT = Statement(
    "SELECT t.workspace_id, t.id FROM customers_customer c JOIN tickets_ticket t "
    "ON t.workspace_id = c.workspace_id AND t.customer_id = c.id WHERE c.id = ? AND t.id > ? "
    "ORDER BY t.id LIMIT ?"
)
