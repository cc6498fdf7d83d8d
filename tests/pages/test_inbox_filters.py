"""Filters and search of the inbox: what fits, whatever leads the list, and what the page says of it."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.cast import Troupe, assemble
from tests.pages.inbox_stage import opened, shown, text
from tixallo.customers.models import Company, Customer
from tixallo.kit import clock
from tixallo.tickets import filtering, list_rows
from tixallo.tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["led", "walked"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of a list under filters: led by the one that fits few, or walked where all fit many."""
    if request.param == "walked":
        monkeypatch.setattr(filtering, "MOST_LED", 1)
        monkeypatch.setattr(filtering, "STRETCH", 2)
        for kept in (filtering._fitting, list_rows._page, list_rows._stretch):
            kept.cache_clear()
    return str(request.param)


@pytest.fixture(autouse=True)
def _forget() -> None:
    for kept in (filtering._fitting, list_rows._page, list_rows._stretch):
        kept.cache_clear()


def found(agent: Client, acme: Troupe, query: str, view: str = "all") -> set[str]:
    """The subjects on all pages of a list."""
    subjects: list[str] = []
    address = f"/w/{acme.slug}/tickets/{view}?{query}"
    while address:
        page = agent.get(address)
        subjects += shown(agent, address)
        address = page.context["list"].more
    assert len(subjects) == len(set(subjects))
    return set(subjects)


@pytest.mark.usefixtures("way")
def test_each_filter_keeps_what_fits(acme: Troupe, agent: Client) -> None:
    mine = opened(acme, "mine", priority="high", tags=["vat", "eu"], assignee_id=acme.agent.id)
    opened(acme, "theirs", priority="high", assignee_id=acme.admin.id, customer_email="otto@customer.example")
    opened(acme, "nobody's", tags=["vat"])
    opened(acme, "pending", status="pending", tags=["eu"], customer_email="otto@customer.example")
    opened(acme, "closed", status="closed", description="An invoice of May")
    Ticket.objects.filter(workspace_id=acme.id, subject="closed").update(updated_at=clock.now() - timedelta(days=10))
    company = Company.objects.create(workspace_id=acme.id, name="Initech")
    otto = Customer.objects.get(workspace_id=acme.id, email="otto@customer.example")
    Customer.objects.filter(workspace_id=acme.id, id=otto.id).update(company=company)

    everything = {"mine", "theirs", "nobody's", "pending", "closed"}
    for query, expected in {
        "": everything,
        "status=pending": {"pending"},
        "status=new": {"nobody's"},
        "priority=high": {"mine", "theirs"},
        "assignee=me": {"mine"},
        "assignee=nobody": {"nobody's", "pending", "closed"},
        f"assignee={acme.admin.id}": {"theirs"},
        "tag=vat": {"mine", "nobody's"},
        "tag=none-such": set(),
        "updated=7": everything - {"closed"},
        "updated=30": everything,
        f"customer={otto.id}": {"theirs", "pending"},
        f"company={company.id}": {"theirs", "pending"},
        "q=invo": {"closed"},
        "q=otto": {"theirs", "pending"},
        "q=…": set(),
        "tag=vat&assignee=me&priority=high": {"mine"},
        "q=otto&priority=high": {"theirs"},
        "q=hello&tag=eu": {"mine", "pending"},
        "q=hello&status=closed": set(),
    }.items():
        assert (query, found(agent, acme, query)) == (query, expected)
    assert found(agent, acme, "priority=high", "unassigned") == set()
    assert found(agent, acme, "tag=vat", "mine") == {"mine"}
    assert found(agent, acme, "q=hello", "open") == {"mine", "theirs", "nobody's"}
    assert mine.number == 1


@pytest.mark.usefixtures("way")
def test_filtered_lists_keep_their_order(acme: Troupe, agent: Client) -> None:
    for number in range(7):
        opened(acme, f"ticket {number}", priority="high" if number % 2 else "low", tags=["a"])
    subjects: list[str] = []
    address = f"/w/{acme.slug}/tickets/open?priority=high&tag=a"
    while address:
        subjects += shown(agent, address)
        address = agent.get(address).context["list"].more
    assert subjects == ["ticket 1", "ticket 3", "ticket 5"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("status=no", "Status “no”"),
        ("priority=no", "Priority “no”"),
        ("assignee=no", "Assignee “no”"),
        ("customer=no", "Customer “no”"),
        ("company=1", "Company “1”"),
        ("updated=5", "Changed “5”"),
        ("q=%00", "Search “\x00”"),
        (f"tag={'x' * 51}", f"Tag “{'x' * 49}…”"),
        ("status=no&priority=high&updated=5", "Status “no”, Changed “5”"),
    ],
)
def test_what_makes_no_sense_in_an_address_is_left_out_and_said_so(
    acme: Troupe, agent: Client, query: str, said: str
) -> None:
    opened(acme, "one", priority="high")
    assert found(agent, acme, query) == {"one"}
    page = text(agent.get(f"/w/{acme.slug}/tickets/all?{query}").content.decode())
    assert f"This list cannot filter by these, so they are left out: {said} " in page


def test_of_filters_that_are_understood_nothing_is_said(acme: Troupe, agent: Client) -> None:
    opened(acme, "one")
    page = agent.get(f"/w/{acme.slug}/tickets/all?status=new&priority=medium&assignee=nobody&updated=7&q=one&tag=")
    assert "left out" not in page.content.decode()
    page = agent.get(f"/w/{acme.slug}/tickets/deleted?status=new")
    assert "so they are left out: Status “new”" in text(page.content.decode())


def test_a_number_leads_to_its_ticket(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    globex = assemble("Globex")
    opened(globex), opened(globex)
    address = f"/w/{acme.slug}/tickets/all"
    assert agent.get(address, {"q": f"#{ticket.number}"})["Location"] == f"/w/{acme.slug}/tickets/{ticket.number}"
    assert agent.get(address, {"q": "#2"}).status_code == 200
    assert agent.get(address, {"q": "#99999999999999999999"}).status_code == 200


def test_no_match_says_among_how_many(acme: Troupe, agent: Client) -> None:
    opened(acme)
    opened(acme)
    page = text(agent.get(f"/w/{acme.slug}/tickets/all?q=nothing").content.decode())
    assert "No match in 2 tickets. Clear filters" in page
    page = text(agent.get(f"/w/{acme.slug}/tickets/all?q=hello").content.decode())
    assert "2 tickets searched" in page


def test_a_search_of_too_many_words_says_so_and_finds_nothing(acme: Troupe, agent: Client) -> None:
    words = " ".join(f"word{number}" for number in range(20))
    opened(acme, words)
    assert found(agent, acme, urlencode({"q": words})) == {words}
    query = urlencode({"q": f"{words} word0"})
    assert found(agent, acme, query) == set()
    page = text(agent.get(f"/w/{acme.slug}/tickets/all?{query}").content.decode())
    assert "A search can have at most 20 words. Clear filters" in page
    assert "No match" not in page


def test_a_search_that_is_too_long_says_so_and_finds_nothing(acme: Troupe, agent: Client) -> None:
    opened(acme, "x" * 299)
    assert found(agent, acme, f"q={'x' * 299}%20") == {"x" * 299}
    assert found(agent, acme, f"q={'x' * 301}") == set()
    page = agent.get(f"/w/{acme.slug}/tickets/all?q={'x' * 301}")
    assert "A search can have at most 300 characters. Clear filters" in text(page.content.decode())
    assert "No match" not in text(page.content.decode())
    # It stands in its field, to be made shorter.
    assert f'value="{"x" * 301}"' in page.content.decode()


def test_filters_stand_in_the_page_and_can_be_taken_off(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme, priority="high", tags=["vat"], customer_name="Carla")
    query = f"priority=high&tag=vat&customer={ticket.customer_id}"
    page = agent.get(f"/w/{acme.slug}/tickets/open?{query}")
    pills = page.context["list"].pills
    assert [str(word) for _, word, _ in pills] == ["High", "vat", "Carla"]
    assert pills[1][2] == f"/w/{acme.slug}/tickets/open?priority=high&customer={ticket.customer_id}"
    # A ticket's address carries the list on.
    assert f"tickets/{ticket.number}?view=open&amp;priority=high&amp;tag=vat" in page.content.decode()
