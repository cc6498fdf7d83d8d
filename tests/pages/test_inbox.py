"""The inbox: which tickets each view holds, in which order and in how many pages, and who may see it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import COMMAND, Troupe, add_outsider, assemble
from tests.pages.conftest import browser_of
from tests.pages.inbox_stage import opened, said, shown, text
from tixallo.kit import clock, sql
from tixallo.tickets import drafting, list_rows, merging, reading, removing
from tixallo.tickets.models import Ticket
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Person, Workspace

pytestmark = pytest.mark.django_db


def at(acme: Troupe, view: str, query: str = "") -> str:
    return f"/w/{acme.slug}/tickets/{view}{query}"


def test_each_view_holds_its_tickets(acme: Troupe, agent: Client) -> None:
    opened(acme, "new one")
    opened(acme, "nobody's open", status="open")
    opened(acme, "mine", assignee_id=acme.agent.id)
    opened(acme, "a colleague's", assignee_id=acme.admin.id)
    opened(acme, "pending", status="pending", assignee_id=acme.agent.id)
    opened(acme, "resolved", status="resolved")
    opened(acme, "closed", status="closed")
    drafted = opened(acme, "drafted", status="resolved", assignee_id=acme.admin.id)
    gone = opened(acme, "merged away")
    deleted, spam = opened(acme, "deleted"), opened(acme, "spam")
    with change(acme.id, COMMAND) as going:
        merging.merge(going, gone.id, drafted.id)
        removing.remove(going, deleted.id)
        removing.remove(going, spam.id, spam=True)
    person, workspace = Person.objects.get(id=acme.agent.id), Workspace.objects.get(id=acme.id)
    drafting.save(workspace, person, drafted.id, "reply", "Dear")
    drafting.save(workspace, person, drafted.id, "note", "Look")
    drafting.save(workspace, person, spam.id, "reply", "Dear")
    drafting.save(workspace, Person.objects.get(id=acme.admin.id), deleted.id, "reply", "Dear")

    views = {
        "unassigned": {"new one", "nobody's open"},
        "mine": {"mine"},
        "open": {"new one", "nobody's open", "mine", "a colleague's"},
        "pending": {"pending"},
        "resolved": {"resolved", "closed", "drafted"},
        "all": {"new one", "nobody's open", "mine", "a colleague's", "pending", "resolved", "closed", "drafted"},
        "drafts": {"drafted", "spam"},
        "deleted": {"deleted"},
        "spam": {"spam"},
    }
    for view, expected in views.items():
        rows = shown(agent, at(acme, view))
        assert (view, set(rows), len(rows)) == (view, expected, len(expected))
    menu = re.findall(
        r"tickets/(\w+)\"[^>]*>\w+<span class=\"count\">(\S+)</span>", agent.get(at(acme, "all")).content.decode()
    )
    assert {view: int(count) for view, count in menu} == {view: len(rows) for view, rows in views.items()}


@pytest.mark.parametrize(
    "query", ["?q=zeppelin", "?status=open", "?assignee=nobody", "?tag=vat", "?updated=7", "?q=zeppelin&tag=vat"]
)
def test_filters_find_drafts_on_tickets_that_are_gone(acme: Troupe, agent: Client, query: str) -> None:
    person, workspace = Person.objects.get(id=acme.agent.id), Workspace.objects.get(id=acme.id)
    names = ("merged zeppelin", "deleted zeppelin", "spam zeppelin", "zeppelin")
    tickets = [opened(acme, name, status="open", tags=["vat"]) for name in names]
    for ticket in tickets:
        drafting.save(workspace, person, ticket.id, "reply", "Dear")
    opened(acme, "zeppelin without a draft", status="open", tags=["vat"])
    other = opened(acme, "another one", status="pending", assignee_id=acme.agent.id)
    drafting.save(workspace, person, other.id, "reply", "Dear")
    Ticket.objects.filter(id=other.id).update(updated_at=clock.now() - timedelta(days=8))  # unscoped: the test's own
    with change(acme.id, COMMAND) as going:
        merging.merge(going, tickets[0].id, tickets[3].id)
        removing.remove(going, tickets[1].id)
        removing.remove(going, tickets[2].id, spam=True)
    assert sorted(shown(agent, at(acme, "drafts", query))) == sorted(names)


def test_who_waits_longest_comes_first_and_then_the_latest_activity(acme: Troupe, agent: Client) -> None:
    first = opened(acme, "first")
    opened(acme, "second")
    opened(acme, "answered early", answer="Done")
    opened(acme, "answered late", answer="Done")
    with_answer = opened(acme, "answered and asked again", answer="Done")
    said(acme, with_answer)
    said(acme, first, "Still waiting")

    assert shown(agent, at(acme, "open")) == [
        *("first", "second", "answered and asked again", "answered late", "answered early")
    ]
    assert shown(agent, at(acme, "all"))[:2] == ["first", "answered and asked again"]


@pytest.mark.parametrize("view", ["open", "all", "unassigned"])
def test_pages_hold_every_ticket_once_whatever_is_equal(
    acme: Troupe, agent: Client, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_rows.page, "__defaults__", (3,))
    for number in range(8):
        opened(acme, f"ticket {number}")
    # All at the same place in each order, so that the ids alone decide.
    one = Ticket.objects.filter(workspace_id=acme.id).first()
    assert one is not None
    Ticket.objects.filter(workspace_id=acme.id).update(queue=one.queue, updated_at=one.updated_at)

    seen: list[str] = []
    address: str | None = at(acme, view)
    while address:
        page = agent.get(address).content.decode()
        seen += re.findall(r'class="rows-link"[^>]*>([^<]*)</a>', page)
        found = re.search(r'id="more"><a class="button" href="([^"]*)"', page)
        address = found[1].replace("&amp;", "&") if found else None

    assert len(seen) == 8
    assert set(seen) == {f"ticket {number}" for number in range(8)}


@pytest.mark.parametrize("place", ["x", "1", "1.2", "1.2.3", "..x", "-1.0.0", "99999999999999999999..1"])
def test_a_place_that_no_page_has_given_out_is_refused(acme: Troupe, agent: Client, place: str) -> None:
    assert agent.get(at(acme, "all", f"?after={place}")).status_code == 400


def test_counts_are_exact_to_99(acme: Troupe, agent: Client) -> None:
    opened(acme)
    one = Ticket.objects.get(workspace_id=acme.id)
    rows = [
        Ticket(
            workspace_id=acme.id,
            number=number,
            subject=f"ticket {number}",
            description="",
            status="new",
            priority="medium",
            source="api",
            customer_id=one.customer_id,
            inbox_id=one.inbox_id,
            queue=one.queue + number,
        )
        for number in range(2, 101)
    ]
    Ticket.objects.bulk_create(rows[:-1])
    assert 'id="view-count">99<' in agent.get(at(acme, "open")).content.decode()
    rows[-1].save()
    assert 'id="view-count">99+<' in agent.get(at(acme, "open")).content.decode()


def test_the_title_counts_who_waits(acme: Troupe, agent: Client) -> None:
    assert f'<title id="title">Mine · {acme.name}</title>' in agent.get(at(acme, "mine")).content.decode()
    opened(acme, assignee_id=acme.agent.id)
    opened(acme, assignee_id=acme.agent.id)
    opened(acme, assignee_id=acme.agent.id, answer="Done")
    assert f'<title id="title">(2) Mine · {acme.name}</title>' in agent.get(at(acme, "mine")).content.decode()


def test_a_row_says_what_matters(acme: Troupe, agent: Client) -> None:
    opened(
        acme,
        "Invoice <b>",
        customer_name="Carla & Co",
        priority="urgent",
        tags=["a", "b", "c"],
        assignee_id=acme.admin.id,
        answer="We look into it",
    )
    page = agent.get(at(acme, "open")).content.decode()
    row = page[page.index('class="inbox-row') : page.index("</li>", page.index('class="inbox-row'))]

    assert "Invoice &lt;b&gt;" in row
    assert "Carla &amp; Co" in row
    assert "↩" in row
    assert "We look into it" in row
    assert "Urgent" in row
    assert 'class="pill">a<' in row
    assert 'class="pill">c<' not in row
    assert f'title="{acme.admin.name}"' in row
    assert "rows-dot" not in row


def test_unread_is_what_the_customer_said_since_one_looked(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme, "read by me")
    opened(acme, "resolved", status="resolved")
    workspace, person = Workspace.objects.get(id=acme.id), Person.objects.get(id=acme.agent.id)
    assert "rows-dot" in agent.get(at(acme, "open")).content.decode()

    reading.mark_read(workspace, person, ticket.id, ticket.last_message_at)
    assert "rows-dot" not in agent.get(at(acme, "all")).content.decode()
    assert "rows-dot" in browser_of(acme.admin.id).get(at(acme, "all")).content.decode()

    said(acme, ticket)
    assert "rows-dot" in agent.get(at(acme, "open")).content.decode()


def test_empty_lists_say_what_will_be_there(acme: Troupe, agent: Client) -> None:
    assert "No tickets yet. They arrive through the API" in text(agent.get(at(acme, "mine")).content.decode())
    opened(acme, status="closed")
    assert "Nothing waits here." in text(agent.get(at(acme, "mine")).content.decode())


def test_the_first_steps_are_for_those_who_can_take_them(acme: Troupe, agent: Client) -> None:
    assert "Create a key and make a ticket" in browser_of(acme.owner.id).get(f"/w/{acme.slug}/").content.decode()
    assert "Create a key and make a ticket" not in agent.get(f"/w/{acme.slug}/").content.decode()


def test_an_address_with_a_view_leads_to_it(acme: Troupe, agent: Client) -> None:
    answer = agent.get(f"/w/{acme.slug}/?view=mine&priority=high")
    assert answer["Location"] == at(acme, "mine", "?priority=high")
    assert agent.get(f"/w/{acme.slug}/?view=nothing").status_code == 200


@pytest.mark.parametrize("path", ["", "tickets/mine", "tickets/mine/poll", "tickets/new"])
def test_only_members_see_the_inbox(acme: Troupe, path: str) -> None:
    globex = assemble("Globex")
    ticket = opened(globex, "Globex's secret")
    address = f"/w/{globex.slug}/{path}"
    for person in (globex.owner, globex.admin, globex.agent):
        assert browser_of(person.id).get(address).status_code in (200, 204)
    for person_id in (acme.owner.id, add_outsider().id):
        assert browser_of(person_id).get(address).status_code == 404
    own = browser_of(acme.owner.id)
    assert shown(own, at(acme, "all")) == []
    assert shown(own, at(acme, "all", f"?customer={ticket.customer_id}")) == []
    assert shown(own, at(acme, "all", "?q=secret")) == []


def test_pages_are_not_kept_and_do_not_write(acme: Troupe, agent: Client) -> None:
    opened(acme)
    before = Workspace.objects.get(id=acme.id).revision
    for path in ("", "tickets/all", "tickets/mine/poll", "tickets/new"):
        answer = agent.get(f"/w/{acme.slug}/{path}")
        assert "no-store" in answer["Cache-Control"]
        assert agent.post(f"/w/{acme.slug}/{path}").status_code in (405, 422)
    assert Workspace.objects.get(id=acme.id).revision == before


@pytest.mark.parametrize("query", ["", "?priority=high", "?q=ticket&priority=high"])
def test_a_page_asks_the_database_as_often_for_many_rows_as_for_one(
    acme: Troupe, agent: Client, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    run = sql.Statement._run

    def count(statement: sql.Statement, values: tuple[object, ...], fetch: str) -> object:
        asked.append(statement.text(sql.current()))
        return run(statement, values, fetch)

    def statements() -> int:
        asked.clear()
        with CaptureQueriesContext(connection) as captured:
            agent.get(at(acme, "open", query))
        return len(asked) + len(captured)

    monkeypatch.setattr(sql.Statement, "_run", count)
    opened(acme, priority="high", customer_email="one@customer.example")
    agent.get(at(acme, "open", query))
    few = statements()
    for number in range(20):
        opened(
            acme, priority="high", customer_email=f"{number}@customer.example", tags=["a"], assignee_id=acme.admin.id
        )
    many = statements()

    assert many == few <= 12
