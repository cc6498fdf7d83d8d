"""The views of the inbox: what each one holds, in which order, and how much."""

from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from tixallo.kit import clock, sql
from tixallo.kit.errors import Invalid
from tixallo.kit.ids import is_id
from tixallo.kit.sql import Statement

# Counts are exact up to here; a page says 99+ for the next one.
MOST_COUNTED = 100
# Tickets that were searched are counted exactly up to here.
MOST_SEARCHED = 100_000

# Who waits is before this place of the queue (see `placing`).
_AFTER_WAITING = 1 << 61


class Order(NamedTuple):
    """An order of a list: what it is sorted by, as the index has it, its last column but the id being `column`."""

    column: str
    by: str
    way: str = "ASC"

    def place(self, value: int) -> object:
        """Return a place's number as a value of the column."""
        return value if self.column == "queue" else sql.moment(clock.from_microseconds(value))

    def number(self, value: object) -> int:
        """Return a value of the column as the number of a place."""
        return value if isinstance(value, int) else clock.microseconds(sql.read_moment(value))


# PostgreSQL does not take `assignee_id IS NULL` for a constant, so that the order names the column.
_LONGEST_OF_ONE = Order("queue", "t.assignee_id, t.queue, t.id")
_LONGEST = Order("queue", "t.queue, t.id")
_LATEST = Order("updated_at", "t.updated_at DESC, t.id DESC", "DESC")
_LAST_GONE = Order("gone_at", "t.gone_at DESC, t.id DESC", "DESC")

_LISTED = "t.gone_as = ''"
_GONE = "NOT t.gone_as = ''"


class View(NamedTuple):
    """One list of the inbox. `own` says that its condition takes the person's id; `heap` is the one it shows, if one.

    The conditions are written as the partial indexes have theirs, word for word.
    """

    key: str
    name: str | Promise
    condition: str
    order: Order
    heap: str = ""
    own: bool = False
    shortcut: str = ""


VIEWS = (
    View(
        "unassigned",
        pgettext_lazy("view", "Unassigned"),
        f"{_LISTED} AND t.heap = 'open' AND t.assignee_id IS NULL",
        _LONGEST_OF_ONE,
        "open",
        shortcut="g u",
    ),
    View(
        "mine",
        pgettext_lazy("view", "Mine"),
        f"{_LISTED} AND t.heap = 'open' AND t.assignee_id = ?",
        _LONGEST_OF_ONE,
        "open",
        own=True,
        shortcut="g m",
    ),
    View(
        "open",
        pgettext_lazy("view", "Open"),
        f"{_LISTED} AND t.heap = 'open'",
        _LONGEST,
        "open",
        shortcut="g o",
    ),
    View(
        "pending",
        pgettext_lazy("view", "Pending"),
        f"{_LISTED} AND t.heap = 'pending'",
        _LATEST,
        "pending",
        shortcut="g p",
    ),
    View(
        "resolved",
        pgettext_lazy("view", "Resolved"),
        f"{_LISTED} AND t.heap = 'done'",
        _LATEST,
        "done",
        shortcut="g r",
    ),
    View("all", pgettext_lazy("view", "All"), _LISTED, _LATEST, shortcut="g a"),
    View(
        "drafts",
        pgettext_lazy("view", "Drafts"),
        f"{_LISTED} AND t.id IN (SELECT d.ticket_id FROM tickets_draft d "
        "WHERE d.workspace_id = t.workspace_id AND d.person_id = ?)",
        _LATEST,
        own=True,
    ),
    View("deleted", pgettext_lazy("view", "Deleted"), f"{_GONE} AND t.gone_as = 'deleted'", _LAST_GONE),
    View("spam", pgettext_lazy("view", "Spam"), f"{_GONE} AND t.gone_as = 'spam'", _LAST_GONE),
)
BY_KEY = {view.key: view for view in VIEWS}
DEFAULT = "unassigned"
# Those that are reached from All alone.
REMOVED = ("deleted", "spam")


class Place(NamedTuple):
    """Where a page of a list ended: the number of its last row in the view's order, and that row's id."""

    number: int
    id: str

    @classmethod
    def read(cls, text: str) -> "Place":
        """Return the place that `str` wrote. Raises `Invalid` for anything else."""
        number, _, identifier = text.partition(".")
        if not (number.isascii() and number.isdigit() and len(number) < 20 and is_id(identifier)):
            raise Invalid({"after": ["Invalid place"]})
        return cls(int(number), identifier)

    def __str__(self) -> str:
        return f"{self.number}.{self.id}"


def counts(workspace_id: str, person_id: str) -> dict[str, int]:
    """Return how many tickets each view holds, up to `MOST_COUNTED`, and as `waiting:KEY` how many of them wait."""
    row = _COUNTS.one(
        *(value for own in _COUNTS_OWN for value in ((workspace_id, person_id) if own else (workspace_id,)))
    )
    assert row is not None, "a row without a table is always there"
    return dict(zip(_COUNTED, row, strict=True))


def searched(workspace_id: str, person_id: str, view: View) -> int:
    """Return among how many tickets the filters of a view look, up to `MOST_SEARCHED` and one."""
    row = _SEARCHED[view.key].one(workspace_id, *([person_id] if view.own else []), MOST_SEARCHED + 1)
    assert row is not None, "an aggregate without groups always gives one row"
    found: int = row[0]
    return found


def number_of(workspace_id: str, number: int) -> bool:
    """Tell whether the workspace has a ticket of this number, gone though it may be."""
    return _NUMBERED.one(workspace_id, number) is not None


def is_new(workspace_id: str) -> bool:
    """Tell whether the workspace has no ticket yet, in whatever state."""
    return _ANY.one(workspace_id) is None


def _few(condition: str, limit: str) -> str:
    # unscoped: the condition on the workspace stands first in what is put together here
    source = f"SELECT 1 FROM tickets_ticket t WHERE t.workspace_id = ? AND {condition} LIMIT {limit}"
    return f"SELECT count(*) FROM ({source}) few"


_WAITS = [view for view in VIEWS if view.heap == "open"]
_COUNTED = [view.key for view in VIEWS] + [f"waiting:{view.key}" for view in _WAITS]
_COUNTS_OWN = [view.own for view in (*VIEWS, *_WAITS)]
_COUNTS = Statement(
    "SELECT "
    + ", ".join(
        f"({_few(condition, str(MOST_COUNTED))})"
        for condition in (
            *(view.condition for view in VIEWS),
            *(f"{view.condition} AND t.queue < {_AFTER_WAITING}" for view in _WAITS),
        )
    ),
    hot=True,
)
_SEARCHED = {view.key: Statement(_few(view.condition, "?"), hot=True) for view in VIEWS}
_NUMBERED = Statement("SELECT 1 FROM tickets_ticket WHERE workspace_id = ? AND number = ?")
_ANY = Statement("SELECT 1 FROM tickets_ticket WHERE workspace_id = ? LIMIT 1")


def waiting_since(queue: int) -> datetime | None:
    """Return since when a ticket at this place of the queue waits; None when it does not."""
    return clock.from_microseconds(queue) if queue < _AFTER_WAITING else None
