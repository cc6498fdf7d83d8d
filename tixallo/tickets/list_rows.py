"""The rows of the inbox's lists: a page of a view under filters, and single rows for those who look at it."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import orjson

from tixallo.kit import clock, sql
from tixallo.kit.sql import Dialect, Statement
from tixallo.tickets import filtering, lists
from tixallo.tickets.lists import Cursor, Place, View
from tixallo.tickets.models import HEAPS
from tixallo.tickets.removing import KEPT_FOR

ROWS_PER_PAGE = 40
MOST_TAGS_SHOWN = 2

# Above every key of the index.
_FIRST_PART = 1 << 62
# A part of a search leads in place of the search.
_LEADING = {"part": "q"}


@dataclass(slots=True)
class Row:
    """A ticket as a list shows it.

    `at` is since when the customer waits, where the list is ordered by that, else the latest activity. `fits` says
    whether the ticket still belongs to the list; `writing` who writes there.
    """

    id: str
    number: int
    subject: str
    status: str
    priority: str
    gone_as: str
    customer_id: str
    customer: str
    company_id: str
    company: str
    assignee_id: str
    assignee: str
    tags: list[str]
    last_words: str
    ours: bool
    waits: bool
    at: datetime
    gone_at: datetime | None
    unread: bool
    drafted: bool
    fits: bool
    place: Place
    shows_status: bool = False
    writing: str = ""

    @property
    def initials(self) -> str:
        """The assignee's initials."""
        names = self.assignee.split()
        return "".join(name[0] for name in (names[:1] + names[1:][-1:])).upper()

    @property
    def shown_tags(self) -> list[str]:
        """The tags that there is room for."""
        return self.tags[:MOST_TAGS_SHOWN]

    @property
    def goes_at(self) -> datetime | None:
        """When a ticket that is gone goes for good."""
        return None if self.gone_at is None else self.gone_at + KEPT_FOR


class Rows(NamedTuple):
    """A page of a list, and where the next one begins, if there is one."""

    rows: list[Row]
    next: Cursor | None


class Looking(NamedTuple):
    """Who looks at which list."""

    workspace_id: str
    person_id: str
    view: View
    filters: Mapping[str, object]


def page(looking: Looking, cursor: Cursor | None, limit: int = ROWS_PER_PAGE) -> Rows:
    """Return a page of a list.

    It can be shorter than `limit`, even empty, with more to come: see `filtering`.
    """
    place = cursor.place if cursor else None
    # A driver gives few tickets, and among them gone ones, which no filter finds that leads; but a text on SQLite does.
    driven = bool(looking.view.driver)
    if set(looking.filters) == {"q"} and not (cursor and cursor.part) and not (driven and filtering.walks_texts()):
        found, fitting = _found_by_text(looking, place, limit + 1)
        if found and fitting < filtering.MOST_FOUND:
            return Rows(found[:limit], Cursor(found[limit - 1].place) if len(found) > limit else None)
    leader = None if driven else filtering.leader(looking.workspace_id, looking.filters)
    if leader is None and "q" in looking.filters and not filtering.walks_texts():
        return _page_of_part(looking, place, cursor.part if cursor and cursor.part else _FIRST_PART, limit)
    led = []
    if leader is not None:
        led = filtering.source_values(looking.workspace_id, leader, looking.filters[leader])
    walked = bool(looking.filters) and leader is None and not driven
    until = _end_of_stretch(looking, place) if walked else None
    rows = _found(looking, leader, led, place, until, limit + 1)
    if len(rows) > limit:
        return Rows(rows[:limit], Cursor(rows[limit - 1].place))
    return Rows(rows, Cursor(until) if until else None)


def _page_of_part(looking: Looking, place: Place | None, first: int, limit: int) -> Rows:
    text = looking.filters["q"]
    end = filtering.next_part(text, first)
    rows = _found(looking, "part", [text, first, end], place, None, limit + 1)
    if len(rows) > limit:
        return Rows(rows[:limit], Cursor(rows[limit - 1].place, first))
    return Rows(rows, Cursor(None, end) if end else None)


def _found(
    looking: Looking, leader: str | None, led: list[object], after: Place | None, until: Place | None, limit: int
) -> list[Row]:
    workspace_id, person_id, view, filters = looking
    asked = {name: value for name, value in filters.items() if name != _LEADING.get(leader or "", leader)}
    statement = _page(view.key, tuple(asked), leader, after is not None, until is not None)
    found = statement.rows(
        *(person_id, *led, *view.source_values(workspace_id, person_id), workspace_id, *view.where_values(person_id)),
        *(*filtering.values(asked), *_values(view, after), *_values(view, until), limit, person_id, workspace_id),
    )
    return [_row(view, values) for values in found]


def _found_by_text(looking: Looking, after: Place | None, limit: int) -> tuple[list[Row], int]:
    # Searched once for both: the rows that the text leads, and how many tickets fit it.
    workspace_id, person_id, view, filters = looking
    found = filtering.source_values(workspace_id, "q", filters["q"])
    listed = [workspace_id, *view.where_values(person_id), *_values(view, after)]
    if filtering.walks_texts() and not view.driver and view.key not in lists.GONE:
        statement = _sought(view.key, after is not None)
        rows = statement.rows(*found, *listed, person_id, *listed, person_id, workspace_id, limit)
    else:
        statement = _page(view.key, (), "q", after is not None, until=False, counted=True)
        source = view.source_values(workspace_id, person_id)
        rows = statement.rows(*found, person_id, *source, *listed, limit, person_id, workspace_id)
    return [_row(view, values[:-1]) for values in rows], rows[0][-1] if rows else 0


def these(looking: Looking, ids: Iterable[str]) -> list[Row]:
    """Return the rows of tickets, whether they belong to the list or not; `fits` says so.

    Nothing fits a search: what it found is found, and looking for a text in each ticket that changes would cost much.
    """
    workspace_id, person_id, view, filters = looking
    fitting: list[object] = []
    if "q" not in filters:
        fitting += view.where_values(person_id) + filtering.values(filters)
        fitting += view.source_values(workspace_id, person_id)
    found = _these(view.key, tuple(filters)).rows(
        person_id, *fitting, person_id, workspace_id, orjson.dumps(list(ids)).decode()
    )
    return [_row(view, values) for values in found]


def that_show(looking: Looking, ids: Set[str], pages: int) -> list[str]:
    """Return which of the tickets on the first pages of a list show one of the customers, companies or people."""
    found: list[str] = []
    cursor = None
    for _ in range(pages):
        rows, cursor = page(looking, cursor)
        found += [row.id for row in rows if not ids.isdisjoint((row.customer_id, row.company_id, row.assignee_id))]
        if cursor is None:
            break
    return found


def _end_of_stretch(looking: Looking, after: Place | None) -> Place | None:
    workspace_id, person_id, view, _ = looking
    row = _stretch(view.key, after is not None).one(workspace_id, *view.where_values(person_id), *_values(view, after))
    return None if row is None else _place(view, row[0], row[1])


def _values(view: View, place: Place | None) -> list[object]:
    return [] if place is None else [view.order.value(place.number), place.id]


def _place(view: View, value: object, identifier: object) -> Place:
    number = value if isinstance(value, int) else clock.microseconds(sql.read_moment(value))
    return Place(number, str(identifier))


def _row(view: View, values: tuple[Any, ...]) -> Row:
    (identifier, number, subject, status, priority, gone_as, *rest) = values
    (customer_id, name, email, company_id, company, assignee_id, assignee, *rest) = rest
    (tags, words, author, waiting_since, said_at, updated_at, gone_at, read_at, drafted, fits, queue) = rest
    waits = view.order.column == "queue" and waiting_since is not None
    moments = {"queue": waiting_since if waits else said_at, "updated_at": updated_at, "gone_at": gone_at or updated_at}
    at = sql.read_moment(moments[view.order.column])
    return Row(
        id=str(identifier),
        number=number,
        subject=subject,
        status=gone_as or status,
        priority=priority,
        gone_as=gone_as,
        customer_id=str(customer_id),
        customer=name or email,
        company_id="" if company_id is None else str(company_id),
        company=company or "",
        assignee_id="" if assignee_id is None else str(assignee_id),
        assignee=assignee or "",
        tags=orjson.loads(tags),
        last_words=words,
        ours=author != "customer",
        waits=waits,
        at=at,
        gone_at=None if gone_at is None else sql.read_moment(gone_at),
        unread=_is_unread(author, status, said_at, read_at),
        drafted=bool(drafted),
        fits=bool(fits),
        place=Place(queue if view.order.column == "queue" else clock.microseconds(at), str(identifier)),
        shows_status=bool(gone_as) or status not in HEAPS.get(view.heap, ()) or status == "closed",
    )


def _is_unread(author: str, status: str, said_at: object, read_at: object) -> bool:
    # What a customer said last and nobody has settled; colleagues' words are the colleagues'.
    if author != "customer" or status in HEAPS["done"]:
        return False
    return read_at is None or sql.read_moment(read_at) < sql.read_moment(said_at)


def _columns(dialect: Dialect, fits: str) -> str:
    times = ("t.waiting_since", "t.last_message_at", "t.updated_at", "t.gone_at", "r.read_at")
    return (
        "SELECT t.id, t.number, t.subject, t.status, t.priority, t.gone_as, t.customer_id, c.name, c.email, "
        "c.company_id, o.name, t.assignee_id, "
        f"a.name, t.tags, t.last_words, t.last_author, {', '.join(dialect.moment(name) for name in times)}, "
        "EXISTS (SELECT 1 FROM tickets_draft d "
        f"WHERE d.workspace_id = t.workspace_id AND d.person_id = ? AND d.ticket_id = t.id), {fits}, t.queue"
    )


# Left joins, though every ticket has a customer: a list is to begin with its tickets, in order.
_BESIDE = (
    "LEFT JOIN customers_customer c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id "
    "LEFT JOIN customers_company o ON o.workspace_id = t.workspace_id AND o.id = c.company_id "
    "LEFT JOIN workspaces_person a ON a.id = t.assignee_id "
    "LEFT JOIN tickets_readmark r ON r.workspace_id = t.workspace_id AND r.person_id = ? AND r.ticket_id = t.id"
)


@cache
def _page(
    key: str, names: tuple[str, ...], leader: str | None, after: bool, until: bool, *, counted: bool = False
) -> Statement:
    view = lists.BY_KEY[key]

    def text(dialect: Dialect) -> str:
        source, led, count = view.source(), "", ""
        where = ["t.workspace_id = ?", view.where(), *(filtering.condition(name, dialect) for name in names)]
        if leader is not None:
            leading = filtering.part(dialect) if leader == "part" else filtering.source(leader, dialect)
            if counted:
                led, count, leading = (
                    f"WITH lead AS ({leading}) ",
                    ", (SELECT count(*) FROM lead)",
                    "SELECT id FROM lead",
                )
            source = f"({leading}) lead CROSS JOIN {source}"
            where.append(filtering.leads(_LEADING.get(leader, leader)))
        where += [_compared(view, "after")] * after + [_compared(view, "until")] * until
        chosen = f"{source} WHERE {' AND '.join(where)}"
        if leader is not None:
            # All that it finds, rather than a walk in the list's order in search of them.
            keys = "t.id, t.assignee_id, t.queue, t.updated_at"
            chosen = f"({dialect.apart(f'SELECT {keys} FROM {chosen}')}) t"
        # First the ids, so that only what is shown is sorted with all its columns.
        ids = dialect.limited(f"SELECT t.id FROM {chosen} ORDER BY {view.order.by}", ROWS_PER_PAGE + 1)
        return (
            f"{led}{_columns(dialect, '1')}{count} FROM ({ids}) page CROSS JOIN tickets_ticket t {_BESIDE} "
            f"WHERE t.workspace_id = ? AND t.id = page.id ORDER BY {view.order.by}"
        )

    return Statement(text, hot=True)


@cache
def _sought(key: str, after: bool) -> Statement:
    # On PostgreSQL: of many that a text finds, the first are met sooner in the list than all are put in its order.
    view, full = lists.BY_KEY[key], ROWS_PER_PAGE + 1
    listed = " AND ".join([view.where(), *([_compared(view, "after")] * after)])
    # An index of the order has the ids of tickets, but not of documents.
    ordered = f"SELECT t.id FROM tickets_ticket t WHERE t.workspace_id = ? AND {listed} ORDER BY {view.order.by}"
    passed = f"CASE WHEN count(*) < {filtering.FEWEST_SOUGHT} THEN 0 ELSE {filtering.MOST_PASSED} END"
    # Not a bare IN, which would be planned as a join that does not end with the page.
    sought = (
        f"SELECT t.id FROM (SELECT * FROM ({ordered} LIMIT {filtering.MOST_PASSED}) ordered "
        f"LIMIT (SELECT {passed} FROM lead)) t "
        f"WHERE coalesce(t.id IN (SELECT ticket_id FROM lead), false) LIMIT {full}"
    )

    def text(dialect: Dialect) -> str:
        # All that one index has, before the view is asked for: its own index would lead through the whole view.
        each = dialect.apart(
            "SELECT t.id, t.assignee_id, t.queue, t.updated_at, t.heap, t.gone_as "
            "FROM (SELECT id FROM lead) lead CROSS JOIN tickets_ticket t "
            "WHERE NOT (SELECT is_full FROM full_page) AND t.workspace_id = ? AND t.gone_as = '' "
            f"AND {filtering.leads('q')}"
        )
        sorted_all = f"SELECT t.id FROM ({each}) t WHERE {listed} ORDER BY {view.order.by}"
        return (
            f"WITH lead AS MATERIALIZED ({filtering.tickets_of_text()}), sought AS MATERIALIZED ({sought}), "
            f"full_page AS (SELECT count(*) = {full} AS is_full FROM sought) "
            f"{_columns(dialect, '1')}, (SELECT count(*) FROM lead) FROM ("
            "SELECT id FROM sought WHERE (SELECT is_full FROM full_page) UNION ALL "
            f"(SELECT id FROM ({sorted_all} LIMIT {full}) each)) page CROSS JOIN tickets_ticket t {_BESIDE} "
            f"WHERE t.workspace_id = ? AND t.id = page.id ORDER BY {view.order.by} LIMIT ?"
        )

    return Statement(text, hot=True)


@cache
def _stretch(key: str, after: bool) -> Statement:
    view = lists.BY_KEY[key]

    def text(dialect: Dialect) -> str:
        column = f"t.{view.order.column}"
        shown = column if view.order.column == "queue" else dialect.moment(column)
        where = " AND ".join([view.where(), *([_compared(view, "after")] * after)])
        return (
            f"SELECT {shown}, t.id FROM tickets_ticket t WHERE t.workspace_id = ? AND {where} "
            f"ORDER BY {view.order.by} LIMIT 1 OFFSET {filtering.STRETCH}"
        )

    return Statement(text, hot=True)


def _compared(view: View, side: str) -> str:
    comparison = {("after", False): ">", ("after", True): "<", ("until", False): "<=", ("until", True): ">="}
    return f"(t.{view.order.column}, t.id) {comparison[side, view.order.descending]} (?, ?)"


@cache
def _these(key: str, names: tuple[str, ...]) -> Statement:
    view = lists.BY_KEY[key]

    def text(dialect: Dialect) -> str:
        conditions = [view.condition, *(filtering.condition(name, dialect) for name in names)]
        if view.driver:
            conditions.append(f"t.id IN ({view.driver})")
        fits = "0" if "q" in names else f"CASE WHEN {' AND '.join(conditions)} THEN 1 ELSE 0 END"
        ids = "SELECT value FROM json_each(?)"
        if dialect.name == "postgresql":
            ids = "SELECT value::uuid FROM json_array_elements_text(?::json) given (value)"
        shown = _columns(dialect, fits)
        return f"{shown} FROM tickets_ticket t {_BESIDE} WHERE t.workspace_id = ? AND t.id IN ({ids})"

    return Statement(text, hot=True)
