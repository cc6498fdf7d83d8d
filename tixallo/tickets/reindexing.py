"""Keeping the index true to what changed outside a ticket: a customer's name or address stands in all their tickets."""

from tixallo.customers.editing import CHANGED
from tixallo.kit import clock, due, sql, transactions
from tixallo.kit.sql import Dialect, Statement
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
    workspace_id, place = str(found[0]), (sql.moment(clock.EPOCH), _FIRST)
    while True:
        with transactions.change():
            # A message that is added between the reading and the writing of a document would be missing from it.
            lock(workspace_id)
            rows = _NEXT.rows(*(workspace_id, customer_id, *place, _AT_ONCE) * 2, _AT_ONCE)
            for _, ticket_id in rows:
                reindex(workspace_id, str(ticket_id))
        if len(rows) < _AT_ONCE:
            return
        moment, last = rows[-1]
        place = (sql.moment(sql.read_moment(moment)), str(last))


def _next(dialect: Dialect) -> str:
    # Those of the list and those that are gone have an index each. A ticket can become the one or the other meanwhile,
    # so that they are walked together, in an order that stays.
    both = " UNION ALL ".join(
        "SELECT * FROM (SELECT created_at, id FROM tickets_ticket WHERE workspace_id = ? AND customer_id = ? "
        f"AND {which} AND (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?) {name}"
        for which, name in (("gone_as = ''", "listed"), ("NOT gone_as = ''", "gone"))
    )
    return f"SELECT {dialect.moment('created_at')}, id FROM ({both}) every ORDER BY created_at, id LIMIT ?"


# unscoped: a due row names the customer alone
_WORKSPACE = Statement("SELECT workspace_id FROM customers_customer WHERE id = ?")
_NEXT = Statement(_next)
