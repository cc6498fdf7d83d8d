"""The views of the inbox: what each one holds, in which order, and how much."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from tixallo.kit import clock, sql
from tixallo.kit.errors import Invalid
from tixallo.kit.ids import is_id
from tixallo.kit.sql import Statement

# Counts are exact below this; a page says 99+ for it.
MOST_COUNTED = 100
# The tickets among which filters look are counted exactly up to here.
MOST_SEARCHED = 100_000

# What a database's whole numbers hold.
_LARGEST = (1 << 63) - 1
# Who waits is before this place of the queue (see `placing`).
_AFTER_WAITING = 1 << 61


class Order(NamedTuple):
    """An order of a list, and its column before the id: that is where a page goes on."""

    column: str
    by: str
    descending: bool = False

    def value(self, number: int) -> object:
        """Return what the column holds at a place of this number. Raises `Invalid` where the calendar ends."""
        try:
            return number if self.column == "queue" else sql.moment(clock.from_microseconds(number))
        except OverflowError as error:
            raise Invalid({"after": ["Invalid place"]}) from error


# PostgreSQL does not take `assignee_id IS NULL` for a constant, so the order names the column as the index does.
_LONGEST_OF_ONE = Order("queue", "t.assignee_id, t.queue, t.id")
_LONGEST = Order("queue", "t.queue, t.id")
_LATEST = Order("updated_at", "t.updated_at DESC, t.id DESC", descending=True)
_LAST_GONE = Order("gone_at", "t.gone_at DESC, t.id DESC", descending=True)


class View(NamedTuple):
    """One list of the inbox.

    Its conditions are written as the partial indexes have theirs, word for word. `own` says that they take the
    person's id. `driver` is a subquery of ids (of a workspace and a person) from which the list is made instead.
    """

    key: str
    name: str | Promise
    condition: str
    order: Order
    heap: str = ""
    own: bool = False
    driver: str = ""
    shortcut: str = ""

    def source(self) -> str:
        """Return what stands after FROM; it takes `source_values`."""
        # unscoped: every use adds the condition on the workspace
        return f"({self.driver}) n CROSS JOIN tickets_ticket t" if self.driver else "tickets_ticket t"

    def where(self) -> str:
        """Return the view's condition after the one on the workspace; it takes `where_values`."""
        return f"{self.condition} AND t.id = n.id" if self.driver else self.condition

    def source_values(self, workspace_id: str, person_id: str) -> list[object]:
        """Return the values of `source`."""
        return [workspace_id, person_id] if self.driver else []

    def where_values(self, person_id: str) -> list[object]:
        """Return the values of `where`."""
        return [person_id] if self.own else []


_LISTED = "t.gone_as = ''"
_GONE = "NOT t.gone_as = '' AND t.gone_as = '{}'"
_OPEN = f"{_LISTED} AND t.heap = 'open'"
# No text is ever lost: what was written on a ticket that is gone meanwhile is found with the other drafts.
_ANYWHERE = "t.gone_as IN ('', 'merged', 'deleted', 'spam')"
_DRAFTED = "SELECT DISTINCT ticket_id AS id FROM tickets_draft WHERE workspace_id = ? AND person_id = ?"


VIEWS = (
    View(
        *("unassigned", pgettext_lazy("view", "Unassigned"), f"{_OPEN} AND t.assignee_id IS NULL", _LONGEST_OF_ONE),
        heap="open",
        shortcut="g u",
    ),
    View(
        *("mine", pgettext_lazy("view", "Mine"), f"{_OPEN} AND t.assignee_id = ?", _LONGEST_OF_ONE),
        heap="open",
        own=True,
        shortcut="g m",
    ),
    View("open", pgettext_lazy("view", "Open"), _OPEN, _LONGEST, heap="open", shortcut="g o"),
    View(
        *("pending", pgettext_lazy("view", "Pending"), f"{_LISTED} AND t.heap = 'pending'", _LATEST),
        heap="pending",
        shortcut="g p",
    ),
    View(
        *("resolved", pgettext_lazy("view", "Resolved"), f"{_LISTED} AND t.heap = 'done'", _LATEST),
        heap="done",
        shortcut="g r",
    ),
    View("all", pgettext_lazy("view", "All"), _LISTED, _LATEST, shortcut="g a"),
    View("drafts", pgettext_lazy("view", "Drafts"), _ANYWHERE, _LATEST, driver=_DRAFTED),
    View("deleted", pgettext_lazy("view", "Deleted"), _GONE.format("deleted"), _LAST_GONE),
    View("spam", pgettext_lazy("view", "Spam"), _GONE.format("spam"), _LAST_GONE),
)
BY_KEY = {view.key: view for view in VIEWS}
DEFAULT = "unassigned"
# What is gone can be brought back; these views are reached from All alone.
GONE = ("deleted", "spam")


class Place(NamedTuple):
    """Where a page of a list ended: its last row's number in the view's order, and that row's id."""

    number: int
    id: str


class Cursor(NamedTuple):
    """Where the next page of a list begins: after a place; `part` is the part of a search it is in, 0 for none."""

    place: Place | None
    part: int = 0

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Return the cursor that `str` wrote. Raises `Invalid` for anything else."""
        number, identifier, part = (*text.split("."), "", "")[:3]
        if text.count(".") != 2 or not (_is_number(part) and (text.startswith("..") or _is_number(number))):
            raise Invalid({"after": ["Invalid place"]})
        if number and not is_id(identifier):
            raise Invalid({"after": ["Invalid place"]})
        return cls(Place(int(number), identifier) if number else None, int(part))

    def __str__(self) -> str:
        place = "." if self.place is None else f"{self.place.number}.{self.place.id}"
        return f"{place}.{self.part}"


def counts(workspace_id: str, person_id: str) -> dict[str, int]:
    """Return how many tickets each view holds, and as `waiting KEY` in how many of them somebody waits.

    Each is exact below `MOST_COUNTED`.
    """
    values = [
        value
        for view in (*VIEWS, *_WAITS)
        for value in (
            *view.source_values(workspace_id, person_id),
            *(workspace_id, *view.where_values(person_id), MOST_COUNTED),
        )
    ]
    row = _COUNTS.one(*values)
    assert row is not None, "a row of constants is always there"
    return dict(zip(_COUNTED, row, strict=True))


def searched(workspace_id: str, person_id: str, view: View) -> int:
    """Return among how many tickets the filters of a view look; at most `MOST_SEARCHED` and one."""
    values = [*view.source_values(workspace_id, person_id), workspace_id, *view.where_values(person_id)]
    row = _SEARCHED[view.key].one(*values, MOST_SEARCHED + 1)
    assert row is not None, "an aggregate without groups always gives one row"
    found: int = row[0]
    return found


def has_number(workspace_id: str, number: int) -> bool:
    """Tell whether the workspace has a ticket of this number, gone though it may be."""
    return _NUMBERED.one(workspace_id, number) is not None


def is_new(workspace_id: str) -> bool:
    """Tell whether the workspace has no ticket, in whatever state."""
    return _ANY.one(workspace_id) is None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _LARGEST


def _few(view: View, also: str = "") -> str:
    where = f"t.workspace_id = ? AND {view.where()}{also}"
    return f"(SELECT count(*) FROM (SELECT 1 FROM {view.source()} WHERE {where} LIMIT ?) few)"


_WAITS = [view for view in VIEWS if view.heap == "open"]
_COUNTED = [view.key for view in VIEWS] + [f"waiting {view.key}" for view in _WAITS]
_COUNTS = Statement(
    "SELECT " + ", ".join([*map(_few, VIEWS), *(_few(view, f" AND t.queue < {_AFTER_WAITING}") for view in _WAITS)]),
    hot=True,
)
_SEARCHED = {view.key: Statement(f"SELECT * FROM {_few(view)} all_of_it", hot=True) for view in VIEWS}
_NUMBERED = Statement("SELECT 1 FROM tickets_ticket WHERE workspace_id = ? AND number = ?")
_ANY = Statement("SELECT 1 FROM tickets_ticket WHERE workspace_id = ? LIMIT 1")
