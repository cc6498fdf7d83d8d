"""The hot reads of tickets: a page of the list under any filters, and one ticket with its conversation."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tixallo.kit import sql
from tixallo.kit.paging import Listing, Place, page
from tixallo.kit.sql import Statement
from tixallo.tickets import found, searching, stretches
from tixallo.tickets.found import MOST_SORTED
from tixallo.tickets.shapes import CONVERSATION, MESSAGE, TICKET
from tixallo.tickets.stretches import Stretch

_EMPTY = b'{"data":[],"next_cursor":null}'
# unscoped: every use adds the condition on the workspace
_TICKETS = "tickets_ticket t LEFT JOIN workspaces_person p ON p.id = t.assignee_id"
_LIST = Listing(TICKET, _TICKETS, "t")
_CHOSEN = Listing(TICKET, _TICKETS, "t", chosen_first=True)
# The tag's own index has its tickets in order; CROSS tells SQLite to begin there.
# unscoped: every use adds the condition on the workspace
_TAGGED = Listing(TICKET, f"tickets_tagging g CROSS JOIN {_TICKETS}", "t", order=("g.ticket_created_at", "g.ticket_id"))
# What matches a search comes from the index in the order of its keys, which is that of the list.
# unscoped: every use adds the condition on the workspace
_FOUND = Listing(
    TICKET,
    f"tickets_search s CROSS JOIN {_TICKETS}",
    "t",
    by="s.rowid DESC",
    from_place=(
        "s.rowid <= (SELECT c.search_id FROM tickets_ticket c WHERE c.workspace_id = ? AND c.gone_as = '' "
        "AND c.search_id > 0 AND (c.created_at, c.id) <= (?, ?) ORDER BY c.created_at DESC, c.id DESC LIMIT 1)"
    ),
)
# unscoped: a listing adds the condition on the workspace
_MESSAGES = Listing(MESSAGE, "tickets_message m", "m", ascending=True)

# As the indexes of the lists have it, word for word.
_LISTED = "t.gone_as = ''"

# A ticket's own messages and those of what was merged into it.
_CONVERSED = (
    "m.ticket_id IN (SELECT id FROM tickets_ticket WHERE workspace_id = ? AND id = ? UNION ALL "
    "SELECT id FROM tickets_ticket WHERE workspace_id = ? AND merged_into_id = ? AND gone_as = 'merged')"
)

_CONDITIONS = {
    "status": "t.status = ?",
    "priority": "t.priority = ?",
    "customer_id": "t.customer_id = ?",
    "customer_email": (
        "t.customer_id = (SELECT c.id FROM customers_customer c WHERE c.workspace_id = ? AND c.email_key = ?)"
    ),
    "tag": "t.id IN (SELECT g.ticket_id FROM tickets_tagging g WHERE g.workspace_id = ? AND g.tag = ?)",
}

_THIS_TAG = "g.workspace_id = ? AND g.tag = ? AND t.id = g.ticket_id"


def list_tickets(workspace_id: str, filters: Mapping[str, Any], after: Place | None, limit: int) -> bytes:
    """Return a page of the workspace's tickets, newest first, that meet every one of `filters`."""
    leader = next((name for name in found.LEADERS if name in filters), None)
    cut: list[Stretch] = []
    if leader is not None and sql.current().vendor == "postgresql":
        cut = stretches.from_place(workspace_id, None if after is None else after.moment)
    given = {name: _values(workspace_id, name, value, cut) for name, value in filters.items()}
    if given.get("q") == [None]:
        return _EMPTY
    walked = False
    if leader is not None and cut:
        others = {name: taken for name, taken in given.items() if name != leader}
        conditions = tuple(_condition(sql.dialect(), name) for name in others)
        tries = _tries(workspace_id, leader, filters[leader], cut)
        shown = found.page(workspace_id, leader, tries, conditions, _flat(others), after, limit)
        if shown is not None:
            return shown
        walked = True
    elif leader == "q":
        (asked,) = given["q"]
        if len(given) == 1 and searching.is_in_order(asked):
            return page(_found(after is not None), [workspace_id, asked, *[workspace_id] * bool(after)], after, limit)
        walked = not searching.are_few(asked, MOST_SORTED)
    elif leader is not None:
        walked = not _are_few(workspace_id, *given[leader])
    names = tuple(f"{name}_walked" if walked and name == leader else name for name in given)
    return page(_list(names, after is not None), [workspace_id, *_flat(given)], after, limit)


def list_messages(workspace_id: str, ticket_id: str, after: Place | None, limit: int) -> bytes | None:
    """Return a page of a ticket's messages, oldest first; None for an unknown ticket."""
    if _EXISTS.one(workspace_id, ticket_id) is None:
        return None
    values = [workspace_id, workspace_id, ticket_id, workspace_id, ticket_id]
    return page(_messages(after is not None), values, after, limit)


def list_customer_tickets(workspace_id: str, customer_id: str, after: Place | None, limit: int) -> bytes | None:
    """Return a page of a customer's tickets, newest first; None for an unknown customer."""
    if _CUSTOMER_EXISTS.one(workspace_id, customer_id) is None:
        return None
    return list_tickets(workspace_id, {"customer_id": customer_id}, after, limit)


def conversation(workspace_id: str, ticket_id: str) -> str | None:
    """Return the JSON of a ticket with its customer and its messages."""
    row = _CONVERSATION.one(workspace_id, ticket_id)
    return None if row is None else str(row[0])


def ticket(workspace_id: str, ticket_id: str) -> str | None:
    """Return the JSON of a ticket."""
    row = _TICKET.one(workspace_id, ticket_id)
    return None if row is None else str(row[0])


def message(workspace_id: str, message_id: str) -> str | None:
    """Return the JSON of a message."""
    row = _MESSAGE.one(workspace_id, message_id)
    return None if row is None else str(row[0])


def _tries(workspace_id: str, leader: str, value: Any, cut: list[Stretch]) -> list[list[Any]]:
    parts = [cut[: stretches.AT_FIRST], cut] if len(cut) > stretches.AT_FIRST else [cut]
    if leader == "q":
        return [[searching.asked(workspace_id, value, part)] for part in parts]
    return [[sql.moment(value), part[-1].begins_at] for part in parts]


def _values(workspace_id: str, name: str, value: Any, cut: list[Stretch]) -> list[Any]:
    match name:
        case "q":
            return [searching.asked(workspace_id, value, cut)]
        case "customer_email":
            return [workspace_id, value.lower()]
        case "tag":
            return [workspace_id, value]
        case "updated_since":
            return [sql.moment(value)]
    return [value]


def _flat(given: Mapping[str, list[Any]]) -> list[Any]:
    return [value for values in given.values() for value in values]


def _are_few(workspace_id: str, since: Any) -> bool:
    row = _COUNT_UPDATED.one(workspace_id, since, MOST_SORTED + 1)
    return row is not None and row[0] <= MOST_SORTED


@cache
def _list(names: tuple[str, ...], after: bool) -> Statement:
    # A search may take long; others need not wait for it at the gate.
    hot = not {"q", "q_walked"}.intersection(names)
    return Statement(lambda dialect: _text(dialect, names, after), hot=hot, prepared=True)


@cache
def _found(after: bool) -> Statement:
    # The + keeps SQLite from carrying the bounds of rowid over to search_id, and searching for those instead.
    # unscoped: the listing adds the condition on the workspace
    conditions = [_LISTED, "s.tickets_search MATCH ? AND s.rowid > 0 AND t.search_id = +s.rowid"]
    return Statement(lambda dialect: _FOUND.text(dialect, conditions, after))


def _text(dialect: sql.Dialect, names: tuple[str, ...], after: bool) -> str:
    if not {"q", "updated_since"}.isdisjoint(names):
        return _CHOSEN.text(dialect, [_LISTED, *(_condition(dialect, name) for name in names)], after)
    if "tag" in names:
        conditions = [_LISTED, *(_THIS_TAG if name == "tag" else _condition(dialect, name) for name in names)]
        return _TAGGED.text(dialect, conditions, after)
    return _LIST.text(dialect, [_LISTED, *(_condition(dialect, name) for name in names)], after)


def _condition(dialect: sql.Dialect, name: str) -> str:
    match name:
        case "q" | "q_walked" if dialect.name == "postgresql":
            # Ticket by ticket; planned as a join it could read all that match first.
            # unscoped: the ticket is reached through its workspace
            return f"(SELECT {searching.matches_row('s')} FROM tickets_search s WHERE s.id = t.search_id)"
        case "q" | "q_walked":
            return f"t.search_id IN {searching.matches(dialect)}"
        case "updated_since":
            return "t.updated_at >= ?"
        case "updated_since_walked":
            return f"{dialect.unindexed('t.updated_at')} >= ?"
    return _CONDITIONS[name]


@cache
def _messages(after: bool) -> Statement:
    return Statement(lambda dialect: _MESSAGES.text(dialect, [_CONVERSED], after), hot=True)


_EXISTS = Statement("SELECT 1 FROM tickets_ticket WHERE workspace_id = ? AND id = ? AND gone_as IN ('', 'merged')")
_CUSTOMER_EXISTS = Statement("SELECT 1 FROM customers_customer WHERE workspace_id = ? AND id = ?")
_COUNT_UPDATED = Statement(
    "SELECT count(*) FROM (SELECT 1 FROM tickets_ticket "
    "WHERE workspace_id = ? AND gone_as = '' AND updated_at >= ? LIMIT ?) few"
)
_CONVERSATION = Statement(
    lambda dialect: (
        f"SELECT {dialect.finished(CONVERSATION.sql(dialect))} FROM {_TICKETS} "
        "JOIN customers_customer c ON c.id = t.customer_id LEFT JOIN customers_company o ON o.id = c.company_id "
        "WHERE t.workspace_id = ? AND t.id = ? AND t.gone_as IN ('', 'merged')"
    ),
    hot=True,
)
_TICKET = Statement(
    lambda dialect: (
        f"SELECT {dialect.finished(TICKET.sql(dialect))} FROM {_TICKETS} "
        "WHERE t.workspace_id = ? AND t.id = ? AND t.gone_as IN ('', 'merged')"
    ),
    hot=True,
)
_MESSAGE = Statement(
    lambda dialect: (
        f"SELECT {dialect.finished(MESSAGE.sql(dialect))} FROM tickets_message m WHERE m.workspace_id = ? AND m.id = ?"
    ),
    hot=True,
)
