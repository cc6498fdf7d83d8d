"""A page of what a search or a time finds, on PostgreSQL: one pass over the matches, which hold their places.

It passes over those in the newest stretches of the list first (see `stretches`), over all if these do not fill it.
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

# The same in the newest stretches alone, from a page's place on; in all where there are no more.
_NEWEST = (
    "newest AS MATERIALIZED (SELECT r.number, r.begins_at FROM tickets_stretch r WHERE r.workspace_id = ?{from_place} "
    f"ORDER BY r.number DESC LIMIT {stretches.AT_FIRST}), "
)
# A list of a single stretch, and the old end of one that lacks the words, is searched without them.
_ARE_CUT = f"(count(*) = {stretches.AT_FIRST} OR bool_or(newest.begins_at = '-infinity'))"
_ARE_ALL = f"(SELECT count(*) < {stretches.AT_FIRST} OR bool_or(newest.begins_at = '-infinity') FROM newest)"
_IN_NEWEST = {
    "q": "SELECT s.created_at AS moment, s.ticket_id AS identifier FROM tickets_search s "
    "WHERE s.workspace_id = ? AND s.listed AND s.document @@ "
    f"(SELECT CASE WHEN {_ARE_CUT} THEN ?::tsquery && "
    "string_agg(quote_literal(?::text || newest.number), ' | ')::tsquery ELSE ?::tsquery END FROM newest)",
    "updated_since": f"{LEADERS['updated_since']} AND u.created_at >= "
    f"(SELECT CASE WHEN {_ARE_CUT} THEN min(newest.begins_at) ELSE '-infinity' END FROM newest)",
}


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
    first = (*sought, searching.stretch_words(workspace_id), *sought) if leader == "q" else sought
    values = (workspace_id, *place[:1], workspace_id, *first, *rest)
    lines, last, count, matches, are_all = _read(leader, conditions, after, values, newest=True)
    if not are_all and count <= limit and matches <= MOST_SORTED:
        values = (workspace_id, *sought, *rest)
        lines, last, count, matches, _ = _read(leader, conditions, after, values, newest=False)
    return body(lines, last, count, limit) if matches <= MOST_SORTED else None


def _read(
    leader: str, conditions: tuple[str, ...], after: Place | None, values: Sequence[Any], *, newest: bool
) -> tuple[Any, ...]:
    row = _page(leader, conditions, after is not None, newest=newest).one(*values)
    assert row is not None, "an aggregate without groups always gives one row"
    return row


@cache
def _page(leader: str, conditions: tuple[str, ...], after: bool, *, newest: bool) -> Statement:
    def text(dialect: Dialect) -> str:
        with_newest, found, are_all = "", LEADERS[leader], "true"
        if newest:
            with_newest, found = _NEWEST.format(from_place=" AND r.begins_at <= ?" * after), _IN_NEWEST[leader]
            are_all = _ARE_ALL
        from_place = f" AND {_PLACES[leader]} <= (?, ?)" if after else ""
        matches = f"{found}{from_place}{_ORDERS[leader]} LIMIT {MOST_SORTED + 1}"
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
            f"WITH {with_newest}matches AS MATERIALIZED ({matches}) "
            f"SELECT {dialect.lines('line', 'moment DESC, identifier DESC')}, min(moment), count(*), "
            f"(SELECT count(*) FROM matches), {are_all} FROM ({lines}) page"
        )

    return Statement(text, prepared=True)
