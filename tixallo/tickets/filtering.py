"""The filters of the inbox, and how a list under them stays quick however many tickets there are.

The filter that fits fewest tickets leads, where these are few: they are found by its index and sorted. Where all fit
many, the list is walked in its order, a bounded stretch at a time: what a stretch does not fill, the next goes on with.
SQLite's index cannot be asked ticket by ticket: there a text that fits many is taken in parts, the newest tickets
first, each in the list's order.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from tixallo.kit import sql
from tixallo.kit.sql import Dialect, Statement
from tixallo.tickets import searching

# So many tickets are found and sorted for one page at most, and so many passed over in one stretch of a walk.
MOST_LED = 2_000
STRETCH = 10_000
# The same of a text, which can lead where any other filter would cost more, and the length of its parts.
MOST_FOUND = 10_000
# A text that fits as many tickets fills a page so early in the list's order, as a rule, that on PostgreSQL the list is
# read in search of what was found, this far; each of them is put in its order only where that fills no page.
FEWEST_SOUGHT = 2_000
MOST_PASSED = 30_000


class Kind(NamedTuple):
    """A filter: a condition on `t` that takes its value, and the ids that fit, of a workspace and the value.

    Of a text, these are ids of documents, and of the value alone.
    """

    condition: str | Callable[[Dialect], str]
    source: str | Callable[[Dialect], str]
    takes_value: bool = True
    of_documents: bool = False


def _of_tickets(condition: str) -> str:
    return f"SELECT k.id FROM tickets_ticket k WHERE k.workspace_id = ? AND k.gone_as = '' AND {condition}"


def _text_condition(dialect: Dialect) -> str:
    if dialect.name == "postgresql":
        # Not EXISTS, which could be planned as a join that reads all that match.
        # unscoped: the value asks for the workspace's word, and the ticket is reached through its workspace
        return f"(SELECT {searching.matches_row('s')} FROM tickets_search s WHERE s.id = t.search_id)"
    # All at once, as FTS5 would begin its search anew for each ticket.
    return f"t.search_id IN {searching.matches(dialect)}"


def _text_source(dialect: Dialect) -> str:
    if dialect.name == "postgresql":
        return f"SELECT s.id FROM {searching.found('s.id', 's.listed')}"
    # unscoped: the words asked for carry the workspace's mark, and the keys found are joined to its tickets
    return "SELECT s.rowid AS id FROM tickets_search s WHERE s.tickets_search MATCH ?"


def tickets_of_text() -> str:
    """Return the subquery on PostgreSQL of at most `MOST_FOUND` documents that fit a text, and of their tickets."""
    return f"SELECT s.id, s.ticket_id FROM {searching.found('s.id, s.ticket_id', 's.listed')} LIMIT {MOST_FOUND}"


def walks_texts() -> bool:
    """Tell whether a list is walked for a text that fits many, as for other filters, instead of taken in parts."""
    return sql.current().vendor == "postgresql"


def part(dialect: Dialect) -> str:
    """Return the subquery of the ids in a part of what fits a text: of the text, and two keys."""
    return f"{_text_source(dialect)} AND s.rowid <= ? AND s.rowid > ?"


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
        "SELECT k.id FROM customers_customer m CROSS JOIN tickets_ticket k WHERE m.workspace_id = ? "
        "AND m.company_id = ? AND k.workspace_id = m.workspace_id AND k.gone_as = '' AND k.customer_id = m.id",
    ),
    "updated": Kind("t.updated_at >= ?", _of_tickets("k.updated_at >= ?")),
    "q": Kind(_text_condition, _text_source, of_documents=True),
}


def condition(name: str, dialect: Dialect) -> str:
    """Return the condition of a filter."""
    found = KINDS[name].condition
    return found if isinstance(found, str) else found(dialect)


def source(name: str, dialect: Dialect) -> str:
    """Return the subquery of the ids that fit a filter, at most `most(name)`, for a list that it leads."""
    found = KINDS[name].source
    return f"{found if isinstance(found, str) else found(dialect)} LIMIT {most(name)}"


def most(name: str) -> int:
    """Return how many tickets must not fit a filter if it is to lead."""
    return MOST_FOUND if name == "q" else MOST_LED


def values(filters: Mapping[str, object]) -> list[object]:
    """Return the values of the conditions of filters, in their order."""
    return [value for name, value in filters.items() if KINDS[name].takes_value]


def source_values(workspace_id: str, name: str, value: object) -> list[object]:
    """Return the values of `source`."""
    if KINDS[name].of_documents:
        return [value]
    return [workspace_id, value] if KINDS[name].takes_value else [workspace_id]


def leads(name: str) -> str:
    """Return the condition that `t` is what `lead.id` says, of a list that the filter leads."""
    # One index has all that a list asks of the ticket of a document. The + keeps SQLite from looking for tickets by the
    # bounds of a part instead of one by one.
    return "t.search_id = +lead.id" if KINDS[name].of_documents else "t.id = lead.id"


def leader(workspace_id: str, filters: Mapping[str, object]) -> str | None:
    """Return the name of the filter that leads; None where each fits many tickets."""
    if not filters:
        return None
    taken = [value for name, given in filters.items() for value in source_values(workspace_id, name, given)]
    row = _fitting(tuple(filters)).one(*taken)
    assert row is not None, "a row of constants is always there"
    fitting = dict(zip(filters, row, strict=True))
    if fitting.get("q", MOST_FOUND) < MOST_FOUND:
        # Looking for the text in what another filter found costs more than the other way round.
        return "q"
    fewest = min(fitting, key=fitting.__getitem__)
    return fewest if fitting[fewest] < most(fewest) else None


def next_part(text: object, first: int) -> int:
    """Return where the part of what fits a text ends that begins at `first`, a key of the index; 0 for its end."""
    row = _NEXT_PART.one(text, first, MOST_FOUND)
    return 0 if row is None else int(row[0])


# unscoped: the value asks for the workspace's word
_NEXT_PART = Statement(
    "SELECT s.rowid FROM tickets_search s WHERE s.tickets_search MATCH ? AND s.rowid <= ? "
    "ORDER BY s.rowid DESC LIMIT 1 OFFSET ?",
    hot=True,
)


@cache
def _fitting(names: tuple[str, ...]) -> Statement:
    def text(dialect: sql.Dialect) -> str:
        return "SELECT " + ", ".join(f"(SELECT count(*) FROM ({source(name, dialect)}) few)" for name in names)

    return Statement(text, hot=True)
