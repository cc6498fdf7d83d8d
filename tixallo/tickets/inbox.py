"""The list of the inbox as pages show it: alone, and beside an open conversation."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tixallo.kit.numbers import grouped
from tixallo.kit.sql import Statement
from tixallo.tickets import inbox_forms, list_rows, lists, neighbours, polling, searching
from tixallo.tickets.inbox_forms import Filters, Member
from tixallo.tickets.list_rows import Looking, Row, Rows
from tixallo.tickets.lists import Cursor, View
from tixallo.tickets.polling import State
from tixallo.workspaces.access import PageRequest

# Beside a conversation that was not opened from a list.
_BESIDE = "open"


@dataclass
class Listed:
    """A list and all that stands around it. `current` is the number of the ticket that is open beside it.

    `left_out` names what the address asks for and the list cannot filter by.
    """

    slug: str
    view: View
    given: dict[str, str]
    looking: Looking | None
    form: Filters
    members: list[Member]
    counts: dict[str, int]
    state: State
    after: Cursor | None
    current: int | None
    rows: list[Row] = field(default_factory=list)
    next: Cursor | None = None
    left_out: list[tuple[str, str]] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """How many wait in this list, for the title."""
        return self.counts.get(f"waiting {self.view.key}", 0)

    @property
    def count(self) -> int:
        """How many tickets the view holds."""
        return self.counts[self.view.key]

    @property
    def may_restore(self) -> bool:
        """Whether this is a list of what is gone."""
        return self.view.key in lists.GONE

    @property
    def views(self) -> list[tuple[View, str, int]]:
        """The views to choose from, their addresses, and how much each holds."""
        shown = [view for view in lists.VIEWS if view.key not in (*lists.GONE, "drafts") or self._shows(view.key)]
        return [(view, self.address_of(view.key), self.counts[view.key]) for view in shown]

    @cached_property
    def address(self) -> str:
        """The address of the list from its top, filters included."""
        return self.address_of(self.view.key) + (f"?{urlencode(self.given)}" if self.given else "")

    @property
    def more(self) -> str:
        """The address of the next page, or nothing."""
        if self.next is None:
            return ""
        return f"{self.address_of(self.view.key)}?{urlencode({**self.given, 'after': str(self.next)})}"

    @property
    def poll(self) -> str:
        """The address that says what has changed: here, or here and in the conversation beside it."""
        if not self.current:
            return self.poll_alone
        address = reverse("ticket_poll", args=[self.slug, self.current])
        return f"{address}?{urlencode({**self.given, 'view': self.view.key})}"

    @property
    def poll_alone(self) -> str:
        """The address that says what has changed in the list, whatever ticket is open beside it."""
        asked = {**self.given, **({"open": str(self.current)} if self.current else {})}
        address = reverse("inbox_poll", args=[self.slug, self.view.key])
        return address + (f"?{urlencode(asked)}" if asked else "")

    @cached_property
    def query(self) -> str:
        """What a ticket's address carries on, so that this list stands beside it."""
        after = {"after": str(self.after)} if self.after else {}
        return urlencode({"view": self.view.key, **self.given, **after})

    @cached_property
    def tickets(self) -> str:
        """What stands before the number in a ticket's address."""
        return reverse("inbox", args=[self.slug]) + "tickets/"

    @property
    def pills(self) -> list[tuple[str, object, str]]:
        """The filters that are set: name, word, and the address of the list without it."""
        shown = {name: value for name, value in self.given.items() if name != "q"}
        return [(name, self._word(name, value), self._without(name)) for name, value in shown.items()]

    @property
    def fields(self) -> SafeString:
        """The fields of the filters but for the search, filled in."""
        given = tuple((name, value) for name, value in self.given.items() if name != "q")
        asks_whose = self.view.key not in ("mine", "unassigned")
        return inbox_forms.drawn(given, tuple(self.members), asks_whose=asks_whose)

    @property
    def cleared(self) -> str:
        """The address of the list without any filter."""
        return self.address_of(self.view.key)

    @cached_property
    def searched(self) -> int:
        """Among how many tickets the filters look."""
        return lists.searched(self.state.workspace_id, self.state.person_id, self.view)

    @property
    def longest_search(self) -> int:
        """How many characters a search may have, where this one has more; else 0."""
        return searching.LONGEST_SEARCH if len(self.given.get("q", "")) > searching.LONGEST_SEARCH else 0

    @property
    def most_words(self) -> int:
        """How many words a search may have, where this one has more; else 0."""
        return searching.MOST_WORDS_ASKED if searching.has_too_many_words(self.given.get("q", "")) else 0

    @property
    def searched_text(self) -> str:
        """The same, as it is said."""
        if self.searched > lists.MOST_SEARCHED:
            return gettext("more than %(count)s") % {"count": grouped(lists.MOST_SEARCHED)}
        return grouped(self.searched)

    @property
    def is_new(self) -> bool:
        """Whether the workspace has no ticket at all."""
        return lists.is_new(self.state.workspace_id)

    @property
    def deleted(self) -> str:
        """The address of what was deleted."""
        return self.address_of("deleted")

    @property
    def spam(self) -> str:
        """The address of what was called spam."""
        return self.address_of("spam")

    def address_of(self, key: str) -> str:
        """Return the address of a view."""
        return reverse("inbox_view", args=[self.slug, key])

    def neighbours(self) -> tuple[int | None, int | None]:
        """Return the numbers of the tickets before and after the open one, also where the list goes on beyond its rows.

        After one that is not in the list, such as one that was answered or given to somebody, comes the first.
        """
        numbers = [row.number for row in self.rows]
        at = numbers.index(self.current) if self.current in numbers else -1
        goes_on = at < 0 or (at == 0 and self.after) or (at + 1 == len(numbers) and self.next)
        if goes_on and self.looking and self.current:
            found = neighbours.place(self.looking, self.current)
            if found is not None:
                return neighbours.before(*found), neighbours.after(*found)
        return (numbers[at - 1] if at > 0 else None), next(iter(numbers[at + 1 :]), None)

    def _shows(self, key: str) -> bool:
        if key == "drafts":
            return True
        return self.view.key in ("all", *lists.GONE)

    def _without(self, name: str) -> str:
        rest = {other: value for other, value in self.given.items() if other != name}
        return self.cleared + (f"?{urlencode(rest)}" if rest else "")

    def _word(self, name: str, value: str) -> object:
        if name in ("customer", "company"):
            return self._named[name]
        choices: Any = getattr(self.form.fields[name], "choices", None)
        return dict(choices)[value] if choices else value

    @cached_property
    def _named(self) -> dict[str, str]:
        row = _NAMES.one(
            *(self.state.workspace_id, self.given.get("customer")),
            *(self.state.workspace_id, self.given.get("company")),
        )
        assert row is not None, "a row of constants is always there"
        return {"customer": row[0] or "?", "company": row[1] or "?"}


def list_context(request: PageRequest, key: str | None = None, current: int | None = None) -> dict[str, Any]:
    """Return what `tickets/_list.html` and the page's title need: `list` and `waiting`.

    Without `key` the address says which list stands beside the ticket of number `current`. Raises `Invalid` for a
    place that no list has given out.
    """
    found = listed(request, key, current)
    return {"list": found, "waiting": found.waiting}


def listed(request: PageRequest, key: str | None, current: int | None = None) -> Listed:
    """Return the list that an address asks for, with its rows."""
    found = heading(request, key or request.GET.get("view", _BESIDE), current)
    if found.looking is not None:
        found.rows, found.next = _page(found)
        polling.show_writers(found.rows, found.state)
    return found


def heading(request: PageRequest, key: str, current: int | None = None) -> Listed:
    """Return the list that an address asks for, without its rows."""
    workspace_id, person_id = request.workspace.id, request.person.id
    view = lists.BY_KEY.get(key) or lists.BY_KEY[_BESIDE]
    members = [(str(identifier), name) for identifier, name in _MEMBERS.rows(workspace_id)]
    form = Filters(request.GET, members)
    given = {} if view.key in lists.GONE else form.given()
    filters = inbox_forms.asked(workspace_id, person_id, view, given)
    after = request.GET.get("after")
    return Listed(
        slug=request.workspace.slug,
        view=view,
        given=given,
        looking=None if filters is None else Looking(workspace_id, person_id, view, filters),
        form=form,
        members=members,
        counts=lists.counts(workspace_id, person_id),
        state=polling.state(workspace_id, person_id),
        after=Cursor.read(after) if after else None,
        current=current,
        left_out=form.left_out(given),
    )


def _page(found: Listed) -> Rows:
    assert found.looking is not None, "asked for what can fit alone"
    return list_rows.page(found.looking, found.after)


_MEMBERS = Statement(
    "SELECT p.id, p.name FROM workspaces_membership m JOIN workspaces_person p ON p.id = m.person_id "
    "WHERE m.workspace_id = ? ORDER BY p.name, p.id"
)
_NAMES = Statement(
    "SELECT (SELECT CASE WHEN c.name = '' THEN c.email ELSE c.name END FROM customers_customer c "
    "WHERE c.workspace_id = ? AND c.id = ?), "
    "(SELECT o.name FROM customers_company o WHERE o.workspace_id = ? AND o.id = ?)"
)
