"""A text that many tickets fit is sought along the inbox's list: the rows are those that sorting all of them gives."""

from collections.abc import Iterator

import pytest

from tests.cast import Troupe, assemble
from tests.pages.inbox_stage import opened
from tests.tickets.acting import done
from tixallo.tickets import filtering, list_rows, lists, removing, searching
from tixallo.tickets.list_rows import Looking

pytestmark = pytest.mark.django_db

_NEVER = 1 << 40


@pytest.fixture
def acme() -> Troupe:
    """A workspace in which 60 tickets fit the search, four of them gone, and 20 do not; of all states."""
    troupe = assemble()
    for number in range(80):
        ticket = opened(
            troupe,
            f"{'invoice' if number % 4 else 'printer'} {number}",
            status=("open", "open", "open", "pending", "resolved")[number % 5],
            assignee_id=(troupe.agent.id, None, troupe.admin.id)[number % 3],
            **({"answer": "Look"} if number % 7 == 0 else {}),
        )
        if number % 20 == 1:
            done(troupe, removing.remove, ticket.id)
    foreign = assemble("Globex")
    opened(foreign, "invoice of another")
    return troupe


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    list_rows._sought.cache_clear()
    yield
    list_rows._sought.cache_clear()


def all_pages(acme: Troupe, key: str) -> list[list[str]]:
    asked = searching.asked(acme.id, "invoice")
    looking = Looking(acme.id, acme.agent.id, lists.BY_KEY[key], {"q": asked})
    pages, cursor = [], None
    while True:
        rows, cursor = list_rows.page(looking, cursor)
        pages.append([row.subject for row in rows])
        if cursor is None:
            return pages


@pytest.mark.parametrize("key", ["all", "open", "mine", "unassigned", "pending", "resolved"])
def test_the_rows_are_the_same_however_they_are_found(acme: Troupe, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    found = []
    # Sorted as a whole; sought, which fills a first page of All alone; sought, but never far enough.
    for fewest, most in ((_NEVER, 1_000), (0, 1_000), (0, 3)):
        monkeypatch.setattr(filtering, "FEWEST_SOUGHT", fewest)
        monkeypatch.setattr(filtering, "MOST_PASSED", most)
        list_rows._sought.cache_clear()
        found.append(all_pages(acme, key))
    assert found[0] == found[1] == found[2]
    assert [len(page) for page in found[0]] == {
        "all": [40, 16],
        "open": [32],
        "mine": [10],
        "unassigned": [10],
        "pending": [12],
        "resolved": [12],
    }[key]
    assert all("invoice" in subject for page in found[0] for subject in page)
