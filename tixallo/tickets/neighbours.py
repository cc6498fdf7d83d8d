"""The tickets before and after one in a list, wherever in the list it stands; found by its place, as a page is."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from tixallo.kit import clock, sql
from tixallo.kit.sql import Dialect, Statement
from tixallo.tickets import filtering, lists
from tixallo.tickets.list_rows import Looking
from tixallo.tickets.lists import Place, View


class Beside(NamedTuple):
    """What a list looks for, and the filter that leads there."""

    looking: Looking
    leader: str | None


def place(looking: Looking, number: int) -> tuple[Beside, Place] | None:
    """Return where the ticket of this number stands in a list, and what `before` and `after` take beside it.

    None where it is not in the list, or where the list has no one order: a text that fits many is taken in parts, on
    SQLite.
    """
    workspace_id, person_id, view, filters = looking
    leader = filtering.leader(workspace_id, filters)
    if "q" in filters and leader is None and not filtering.walks_texts():
        return None
    row = _place(view.key, tuple(filters)).one(
        *view.source_values(workspace_id, person_id),
        *(workspace_id, number, *view.where_values(person_id), *filtering.values(filters)),
    )
    if row is None:
        return None
    at = row[0] if isinstance(row[0], int) else clock.microseconds(sql.read_moment(row[0]))
    return Beside(looking, leader), Place(at, str(row[1]))


def before(beside: Beside, place: Place) -> int | None:
    """Return the number of the ticket before a place, as far as a stretch of the list shows one that fits."""
    return _next(beside, place, back=True)


def after(beside: Beside, place: Place) -> int | None:
    """Return the number of the ticket after a place, as far as a stretch of the list shows one that fits."""
    return _next(beside, place, back=False)


def _next(beside: Beside, place: Place, *, back: bool) -> int | None:
    (workspace_id, person_id, view, filters), leader = beside
    led = [] if leader is None else filtering.source_values(workspace_id, leader, filters[leader])
    rest: Mapping[str, object] = {name: value for name, value in filters.items() if name != leader}
    row = _side(view.key, tuple(rest), leader, back=back).one(
        *(*led, *view.source_values(workspace_id, person_id), workspace_id, *view.where_values(person_id)),
        *(view.order.value(place.number), place.id, *filtering.values(rest)),
    )
    return None if row is None else int(row[0])


@cache
def _place(key: str, names: tuple[str, ...]) -> Statement:
    view = lists.BY_KEY[key]

    def text(dialect: Dialect) -> str:
        column = f"t.{view.order.column}"
        shown = column if view.order.column == "queue" else dialect.moment(column)
        where = [view.where(), *(filtering.condition(name, dialect) for name in names)]
        return (
            f"SELECT {shown}, t.id FROM {view.source()} "
            f"WHERE t.workspace_id = ? AND t.number = ? AND {' AND '.join(where)}"
        )

    return Statement(text, hot=True)


@cache
def _side(key: str, names: tuple[str, ...], leader: str | None, *, back: bool) -> Statement:
    view = lists.BY_KEY[key]

    def text(dialect: Dialect) -> str:
        source, order = view.source(), _order(view, back=back)
        beyond = "<" if view.order.descending != back else ">"
        where = ["t.workspace_id = ?", view.where(), f"(t.{view.order.column}, t.id) {beyond} (?, ?)"]
        fits = [filtering.condition(name, dialect) for name in names]
        if leader is not None:
            source = f"({filtering.source(leader, dialect)}) lead CROSS JOIN {source}"
            found = f"SELECT t.* FROM {source} WHERE {' AND '.join([*where, filtering.leads(leader), *fits])}"
            return f"SELECT t.number FROM ({dialect.apart(found)}) t ORDER BY {order} LIMIT 1"
        walked = f"SELECT t.* FROM {source} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT"
        if not fits:
            return f"SELECT t.number FROM ({walked} 1) t"
        return f"SELECT t.number FROM ({walked} {filtering.STRETCH}) t WHERE {' AND '.join(fits)} LIMIT 1"

    return Statement(text, hot=True)


def _order(view: View, *, back: bool) -> str:
    if not back:
        return view.order.by
    if view.order.descending:
        return view.order.by.replace(" DESC", "")
    return ", ".join(f"{column} DESC" for column in view.order.by.split(", "))
