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
from tixallo.tickets import searching
from tixallo.tickets.shapes import TICKET

# Up to so many tickets that a search or a time finds are sorted; with more, the list is walked in order.
MOST_SORTED = 10_000


# What each filter finds, in the order in which they lead; `moment` and `identifier` are a ticket's place in the list.
LEADERS = {
    "q": "SELECT s.created_at AS moment, s.ticket_id AS identifier FROM "
    + searching.found("s.created_at, s.ticket_id", "s.workspace_id = ? AND s.listed{from_place}"),
    "updated_since": "SELECT u.created_at AS moment, u.id AS identifier FROM tickets_ticket u WHERE u.updated_at >= ? "
    "AND u.created_at >= ? AND u.workspace_id = ? AND u.gone_as = ''{from_place} ORDER BY u.updated_at DESC",
}
_FROM_PLACE = {
    "q": " AND (s.created_at, s.ticket_id) <= (?, ?)",
    "updated_since": " AND (u.created_at, u.id) <= (?, ?)",
}


def page(
    workspace_id: str,
    leader: str,
    tries: Sequence[Sequence[Any]],
    conditions: tuple[str, ...],
    values: Sequence[Any],
    after: Place | None,
    limit: int,
) -> bytes | None:
    """Return a page of the tickets that the leader's values find and that meet conditions on `t`.

    The `tries` are values to be taken one after the other until the page is full; the last ones find all. None where
    the leader alone, from the place `after` on, finds more than `MOST_SORTED`.
    """
    place = () if after is None else (sql.moment(after.moment), after.id)
    among = (workspace_id, *values) if conditions else ()
    statement = _page(leader, conditions, after is not None)
    lines, last, count = b"", None, 0
    for sought in tries:
        row = statement.one(*sought, workspace_id, *place, *among, limit + 1, workspace_id)
        assert row is not None, "an aggregate without groups always gives one row"
        lines, last, count, matches = row
        if matches > MOST_SORTED:
            return None
        if count > limit:
            break
    return body(lines, last, count, limit)


@cache
def _page(leader: str, conditions: tuple[str, ...], after: bool) -> Statement:
    def text(dialect: Dialect) -> str:
        found = LEADERS[leader].format(from_place=_FROM_PLACE[leader] if after else "")
        matches = f"{found} LIMIT {MOST_SORTED + 1}"
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
            f"WITH matches AS MATERIALIZED ({matches}) "
            f"SELECT {dialect.lines('line', 'moment DESC, identifier DESC')}, min(moment), count(*), "
            f"(SELECT count(*) FROM matches) FROM ({lines}) page"
        )

    return Statement(text, prepared=True)
