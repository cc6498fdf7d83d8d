"""The filters of the inbox, and how a list under them stays quick however many tickets there are.

The filter that fits fewest tickets leads, where these are few: they are found by its index and sorted. Where all fit
many, the list is walked in its order, a bounded stretch at a time: what a stretch does not fill, the next goes on with.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from tixallo.kit import sql
from tixallo.kit.sql import Dialect, Statement

# So many tickets are found and sorted for one page; as many are passed over in one stretch of a walk.
MOST_LED = 3_000
STRETCH = 10_000
# Looking into a ticket's text costs more than looking at its columns.
STRETCH_OF_TEXT = 3_000


class Kind(NamedTuple):
    """A filter: a condition on `t` that takes its value, and the ids that fit, of a workspace and the value."""

    condition: str | Callable[[Dialect], str]
    source: str | Callable[[Dialect], str]
    takes_value: bool = True


def _of_tickets(condition: str) -> str:
    return f"SELECT k.id FROM tickets_ticket k WHERE k.workspace_id = ? AND k.gone_as = '' AND {condition}"


def _text_condition(dialect: Dialect) -> str:
    if dialect.name == "postgresql":
        # unscoped: the value asks for the workspace's word, and the ticket is reached through its workspace
        return "EXISTS (SELECT 1 FROM tickets_search s WHERE s.id = t.search_id AND s.document @@ ?::tsquery)"
    # unscoped: the value asks for the workspace's word, and the ticket is reached through its workspace
    return "EXISTS (SELECT 1 FROM tickets_search s WHERE s.rowid = t.search_id AND s.tickets_search MATCH ?)"


def _text_source(dialect: Dialect) -> str:
    if dialect.name == "postgresql":
        return (
            "SELECT k.id FROM tickets_ticket k JOIN tickets_search s ON s.id = k.search_id "
            "WHERE k.workspace_id = ? AND k.gone_as = '' AND s.document @@ ?::tsquery"
        )
    return (
        "SELECT k.id FROM tickets_search s CROSS JOIN tickets_ticket k "
        "WHERE k.workspace_id = ? AND k.gone_as = '' AND k.search_id = s.rowid AND s.tickets_search MATCH ?"
    )


KINDS: Mapping[str, Kind] = {
    "status": Kind("t.status = ?", _of_tickets("k.status = ?")),
    "priority": Kind("t.priority = ?", _of_tickets("k.priority = ?")),
    "assignee": Kind("t.assignee_id = ?", _of_tickets("k.heap IN ('open', 'pending', 'done') AND k.assignee_id = ?")),
    "nobody": Kind(
        "t.assignee_id IS NULL",
        _of_tickets("k.heap IN ('open', 'pending', 'done') AND k.assignee_id IS NULL"),
        takes_value=False,
    ),
    "tag": Kind(
        "EXISTS (SELECT 1 FROM tickets_tagging g "
        "WHERE g.workspace_id = t.workspace_id AND g.ticket_id = t.id AND g.tag = ?)",
        "SELECT g.ticket_id AS id FROM tickets_tagging g WHERE g.workspace_id = ? AND g.tag = ?",
    ),
    "customer": Kind("t.customer_id = ?", _of_tickets("k.customer_id = ?")),
    "company": Kind(
        "EXISTS (SELECT 1 FROM customers_customer m "
        "WHERE m.workspace_id = t.workspace_id AND m.id = t.customer_id AND m.company_id = ?)",
        "SELECT k.id FROM customers_customer m JOIN tickets_ticket k "
        "ON k.workspace_id = m.workspace_id AND k.gone_as = '' AND k.customer_id = m.id "
        "WHERE m.workspace_id = ? AND m.company_id = ?",
    ),
    "updated": Kind("t.updated_at >= ?", _of_tickets("k.updated_at >= ?")),
    "q": Kind(_text_condition, _text_source),
}


def condition(name: str, dialect: Dialect) -> str:
    """Return the condition of a filter."""
    found = KINDS[name].condition
    return found if isinstance(found, str) else found(dialect)


def source(name: str, dialect: Dialect) -> str:
    """Return the subquery of the ids that fit a filter, at most `MOST_LED`, for a list that it leads."""
    found = KINDS[name].source
    return f"{found if isinstance(found, str) else found(dialect)} LIMIT {MOST_LED}"


def values(filters: Mapping[str, object]) -> list[object]:
    """Return the values of the conditions of filters, in their order."""
    return [value for name, value in filters.items() if KINDS[name].takes_value]


def source_values(workspace_id: str, name: str, value: object) -> list[object]:
    """Return the values of `source`."""
    return [workspace_id, value] if KINDS[name].takes_value else [workspace_id]


def leader(workspace_id: str, filters: Mapping[str, object]) -> str | None:
    """Return the name of the filter that leads; None where each fits many tickets."""
    if not filters:
        return None
    taken = [value for name, given in filters.items() for value in source_values(workspace_id, name, given)]
    row = _fitting(tuple(filters)).one(*taken)
    assert row is not None, "a row of constants is always there"
    fewest, name = min(zip(row, filters, strict=True))
    return name if fewest < MOST_LED else None


def stretch(names: Sequence[str]) -> int:
    """Return how many tickets one page of a walk under these filters passes over at most."""
    return STRETCH_OF_TEXT if "q" in names else STRETCH


@cache
def _fitting(names: tuple[str, ...]) -> Statement:
    def text(dialect: sql.Dialect) -> str:
        return "SELECT " + ", ".join(f"(SELECT count(*) FROM ({source(name, dialect)}) few)" for name in names)

    return Statement(text, hot=True)
