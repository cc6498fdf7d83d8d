"""A page of what a search or a time finds, on PostgreSQL: one pass over the matches, which hold their places.

A search passes over the newest stretches of the list first (see `stretches`), over all if these do not fill the page.
On SQLite the matches of a search come in the list's order, so that it goes another way (see `queries`).
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from tixallo.kit import sql
from tixallo.kit.paging import MOST_ENTRIES, Place, body
from tixallo.kit.sql import Dialect, Statement
from tixallo.tickets import searching, stretches
from tixallo.tickets.shapes import TICKET

# Up to so many tickets that a search or a time finds are sorted; with more, the list is walked in order.
MOST_SORTED = 10_000


# What each filter finds, in the order in which they lead; `moment` and `identifier` are a ticket's place in the list.
LEADERS = {
    "q": "SELECT s.created_at AS moment, s.ticket_id AS identifier FROM tickets_search s "
    "WHERE s.workspace_id = ? AND s.document @@ ?::tsquery AND s.listed",
    "updated_since": "SELECT u.created_at AS moment, u.id AS identifier FROM tickets_ticket u "
    "WHERE u.workspace_id = ? AND u.updated_at >= ? AND u.gone_as = ''",
}
_PLACES = {"q": "(s.created_at, s.ticket_id)", "updated_since": "(u.created_at, u.id)"}
_ORDERS = {"q": "", "updated_since": " ORDER BY u.updated_at DESC"}

# The stretches that a search looks through first, those from a page's place on; none in a workspace of few.
_NEWEST = (
    "newest AS MATERIALIZED (SELECT r.number FROM tickets_stretch r WHERE r.workspace_id = ?{from_place} "
    f"ORDER BY r.number DESC LIMIT {stretches.AT_FIRST}), "
)
_HAS_NO_MORE = f"(SELECT count(*) < {stretches.AT_FIRST} FROM newest)"
_FOUND_IN_NEWEST = (
    "SELECT s.created_at AS moment, s.ticket_id AS identifier FROM tickets_search s "
    "WHERE s.workspace_id = ? AND s.listed AND s.document @@ (SELECT CASE "
    f"WHEN count(*) < {stretches.AT_FIRST} THEN ?::tsquery "
    "ELSE ?::tsquery && string_agg(quote_literal(?::text || newest.number), ' | ')::tsquery END FROM newest)"
)


def page(
    workspace_id: str,
    leader: str,
    sought: Sequence[Any],
    conditions: tuple[str, ...],
    values: Sequence[Any],
    after: Place | None,
    limit: int,
) -> bytes | None:
    """Return a page of the tickets that the leader's values find and that meet conditions on `t`.

    None where the leader alone, from the place `after` on, finds more than `MOST_SORTED`.
    """
    place = () if after is None else (sql.moment(after.moment), after.id)
    among = (workspace_id, *values) if conditions else ()
    rest = (*place, *among, limit + 1, workspace_id)
    if leader == "q":
        (asked,) = sought
        searched = (workspace_id, *place[:1], workspace_id, asked, asked, searching.stretch_words(workspace_id))
        lines, last, count, matches, is_all = _read("newest", conditions, after, (*searched, *rest))
        if matches > MOST_SORTED:
            return None
        if is_all or count > limit:
            return body(lines, last, count, limit)
    lines, last, count, matches, _ = _read(leader, conditions, after, (workspace_id, *sought, *rest))
    return body(lines, last, count, limit) if matches <= MOST_SORTED else None


def _read(leader: str, conditions: tuple[str, ...], after: Place | None, values: Sequence[Any]) -> tuple[Any, ...]:
    row = _page(leader, conditions, after is not None).one(*values)
    assert row is not None, "an aggregate without groups always gives one row"
    return row


@cache
def _page(leader: str, conditions: tuple[str, ...], after: bool) -> Statement:
    def text(dialect: Dialect) -> str:
        newest, found, is_all = "", LEADERS.get(leader, _FOUND_IN_NEWEST), "true"
        if leader == "newest":
            newest, is_all = _NEWEST.format(from_place=" AND r.begins_at <= ?" * after), _HAS_NO_MORE
        from_place = f" AND {_PLACES.get(leader, _PLACES['q'])} <= (?, ?)" if after else ""
        matches = f"{found}{from_place}{_ORDERS.get(leader, '')} LIMIT {MOST_SORTED + 1}"
        among = ""
        if conditions:
            met = " AND ".join(conditions)
            among = f" CROSS JOIN tickets_ticket t WHERE t.workspace_id = ? AND t.id = matches.identifier AND {met}"
        chosen = f"SELECT moment, identifier FROM matches{among} ORDER BY moment DESC, identifier DESC"
        shown = dialect.limited(chosen, MOST_ENTRIES + 1)
        lines = (
            f"SELECT {TICKET.sql(dialect)} AS line, chosen.moment, chosen.identifier FROM ({shown}) chosen "
            "CROSS JOIN tickets_ticket t LEFT JOIN workspaces_person p ON p.id = t.assignee_id "
            "WHERE t.workspace_id = ? AND t.id = chosen.identifier"
        )
        return (
            f"WITH {newest}matches AS MATERIALIZED ({matches}) "
            f"SELECT {dialect.lines('line', 'moment DESC, identifier DESC')}, min(moment), count(*), "
            f"(SELECT count(*) FROM matches), {is_all} FROM ({lines}) page"
        )

    return Statement(text, prepared=True)
