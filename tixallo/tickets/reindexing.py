"""Keeping the index true to what changed outside a ticket: a customer's name or address stands in all their tickets."""

from tixallo.customers.editing import CHANGED
from tixallo.kit import due, transactions
from tixallo.kit.sql import Statement
from tixallo.tickets.editing import reindex
from tixallo.workspaces.changes import lock

_AT_ONCE = 100
_FIRST = "00000000-0000-0000-0000-000000000000"


@due.kind(CHANGED)
def reindex_customer(customer_id: str) -> None:
    """Write the documents of a customer's tickets anew, a hundred a transaction."""
    found = _WORKSPACE.one(customer_id)
    if found is None:
        return
    workspace_id, after = str(found[0]), _FIRST
    while True:
        with transactions.change():
            # A message that is added between the reading and the writing of a document would be missing from it.
            lock(workspace_id)
            rows = _NEXT.rows(*(workspace_id, customer_id) * 2, after, _AT_ONCE)
            for (ticket_id,) in rows:
                reindex(workspace_id, str(ticket_id))
        if len(rows) < _AT_ONCE:
            return
        after = str(rows[-1][0])


# unscoped: a due row names the customer alone
_WORKSPACE = Statement("SELECT workspace_id FROM customers_customer WHERE id = ?")
_OF_CUSTOMER = "SELECT id FROM tickets_ticket WHERE workspace_id = ? AND customer_id = ?"
# Those of the list and those that are gone have an index each.
_NEXT = Statement(
    f"SELECT id FROM ({_OF_CUSTOMER} AND gone_as = '' UNION ALL {_OF_CUSTOMER} AND NOT gone_as = '') every "
    "WHERE id > ? ORDER BY id LIMIT ?"
)
