"""From one ticket to the next: where one goes when the open one has left its list, and which list stands beside it."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.cast import Troupe, assemble
from tests.pages.inbox_stage import edited, opened
from tests.pages.ticket_stage import at, page_of
from tixallo.tickets import filtering, list_rows, neighbours
from tixallo.tickets.models import HeldReply, Ticket
from tixallo.workspaces.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.fixture
def agent(acme: Troupe) -> Client:
    browser = Client(SERVER_NAME="localhost", SERVER_PORT="8000")
    browser.force_login(Person.objects.get(id=acme.agent.id))
    return browser


def test_after_a_ticket_that_left_its_list_comes_the_first_of_the_list(acme: Troupe, agent: Client) -> None:
    first, second = opened(acme), opened(acme)
    edited(acme, second, assignee_id=acme.agent.id)
    page = page_of(agent, acme, second, "?view=unassigned")
    assert f'href="{at(acme, first)}?view=unassigned" data-key="j"' in page
    assert 'data-key="k"' not in page
    answer = agent.post(at(acme, second, "/edit?view=unassigned"), {"status": "resolved"})
    assert answer["Location"] == at(acme, first, "?view=unassigned")


def test_after_the_only_one_that_left_its_list_comes_the_list(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    edited(acme, ticket, assignee_id=acme.agent.id)
    assert 'data-key="j"' not in page_of(agent, acme, ticket, "?view=unassigned")
    answer = agent.post(at(acme, ticket, "/edit?view=unassigned"), {"status": "resolved"})
    assert answer["Location"] == f"/w/{acme.slug}/tickets/unassigned"


def beside(page: str) -> tuple[int | None, int | None]:
    """The numbers of the tickets that a page calls the previous and the next one."""
    found = {
        key: int(number) for number, key in re.findall(r'href="[^"]*/tickets/(\d+)\?[^"]*" data-key="([jk])"', page)
    }
    return found.get("k"), found.get("j")


@pytest.fixture
def afresh() -> Iterator[None]:
    kept = (filtering._fitting, list_rows._page, list_rows._sought, neighbours._side)
    for each in kept:
        each.cache_clear()
    yield
    for each in kept:
        each.cache_clear()


@pytest.mark.usefixtures("afresh")
@pytest.mark.parametrize("led", [True, False])
@pytest.mark.parametrize(
    "asked", ["view=open", "view=all", "view=unassigned", "view=all&tag=vat", "view=open&q=Ticket"]
)
def test_one_goes_on_wherever_in_a_long_list_one_is(
    acme: Troupe, agent: Client, monkeypatch: pytest.MonkeyPatch, database: str, asked: str, led: bool
) -> None:
    if not led:
        monkeypatch.setattr(filtering, "MOST_LED", 1)
        # On SQLite a text that fits more is taken in parts, which have no one order.
        monkeypatch.setattr(filtering, "MOST_FOUND", 3 if database == "postgresql" else filtering.MOST_FOUND)
    count = list_rows.ROWS_PER_PAGE + 4
    for _ in range(count):
        opened(acme, "Ticket", tags=["vat"])
    opened(acme, "Letter", assignee_id=acme.agent.id, status="resolved")
    view, _, rest = asked.removeprefix("view=").partition("&")
    first = agent.get(f"/w/{acme.slug}/tickets/{view}?{rest}").context["list"]
    second = agent.get(first.more).context["list"]
    order = [row.number for row in (*first.rows, *second.rows)]
    assert len(order) == count + (asked == "view=all")
    for place in (0, 1, 38, 39, 40, 41, len(order) - 1):
        sides = (order[place - 1] if place else None), (order[place + 1] if place + 1 < len(order) else None)
        for query in (asked, second.query):
            page = agent.get(f"/w/{acme.slug}/tickets/{order[place]}?{query}").content.decode()
            assert beside(page) == sides, (place, query)


def undo_in(agent: Client, address: str) -> str:
    found = re.search(r'class="toast[^>]*>.*?action="([^"]+)"', agent.get(address).content.decode(), re.DOTALL)
    assert found
    return found[1].replace("&amp;", "&")


def test_undoing_leaves_the_list_beside_the_ticket(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    where = at(acme, ticket, "?view=all&q=ticket")
    for path, sent in (("/edit", {"priority": "high"}), ("/reply", {"body": "Done"})):
        answer = agent.post(at(acme, ticket, f"{path}?view=all&q=ticket"), sent)
        assert answer["Location"] == where
        assert agent.post(undo_in(agent, where))["Location"].removesuffix("#reply") == where, path
    assert Ticket.objects.get(id=ticket.id).priority == "medium"
    assert not HeldReply.objects.exists()


def test_undoing_in_the_timeline_leaves_the_list_beside_the_ticket(acme: Troupe, agent: Client) -> None:
    ticket, other = opened(acme), opened(acme)
    rest = "?view=all&q=ticket"
    agent.post(at(acme, other, f"/merge{rest}"), {"into": ticket.number})
    agent.post(at(acme, ticket, f"/edit{rest}"), {"priority": "high"})
    agent.post(at(acme, ticket, f"/reply{rest}"), {"body": "Done"})
    timeline = page_of(agent, acme, ticket, rest).partition('id="timeline"')[2].partition('id="latest"')[0]
    led = [agent.post(action.replace("&amp;", "&"))["Location"] for action in re.findall(r'action="([^"]+)"', timeline)]
    here = at(acme, ticket, rest)
    assert sorted(led) == sorted([here, f"{here}#reply", at(acme, other, rest)])


@pytest.mark.parametrize("path", ["/remove", "/merge"])
def test_the_list_is_still_there_after_a_ticket_has_gone_and_come_back(acme: Troupe, agent: Client, path: str) -> None:
    ticket, other = opened(acme), opened(acme)
    asked = "view=all&q=ticket"
    assert f'{at(acme, ticket, path)}?{asked.replace("&", "&amp;")}"' in page_of(agent, acme, ticket, f"?{asked}")
    rest = f"?{asked}&into={other.number}" if path == "/merge" else f"?{asked}"
    gone = agent.post(at(acme, ticket, f"{path}{rest}"), {"into": other.number} if path == "/merge" else {})
    assert gone["Location"] == (at(acme, other, f"?{asked}") if path == "/merge" else f"/w/{acme.slug}/?{asked}")
    shown = agent.get(gone["Location"])["Location"] if path == "/remove" else gone["Location"]
    assert agent.post(undo_in(agent, shown))["Location"] == at(acme, ticket, f"?{asked}")


def test_comparing_two_tickets_keeps_the_list(acme: Troupe, agent: Client) -> None:
    ticket, other = opened(acme), opened(acme)
    page = page_of(agent, acme, ticket, "/merge?view=all&q=ticket")
    assert '<input type="hidden" name="view" value="all"><input type="hidden" name="q" value="ticket">' in page
    page = page_of(agent, acme, ticket, f"/merge?view=all&q=ticket&into={other.number}")
    assert f'href="{at(acme, ticket)}?view=all&amp;q=ticket">Cancel' in page
