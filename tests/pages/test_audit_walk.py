"""How the audit page looks through a long log: a stretch at a time, by an index, and never past what is looked for."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import COMMAND, Troupe
from tests.keys.statements import raw_statements
from tests.pages.audit_stage import happen, inboxes, pages, rows, shown
from tests.pages.inbox_stage import opened, text
from tixallo.events import walking
from tixallo.kit import clock, sql
from tixallo.kit.ids import new_id
from tixallo.kit.sql import Statement
from tixallo.workspaces.changes import Actor, Subject, change
from tixallo.workspaces.models import Workspace

pytestmark = pytest.mark.django_db

STRETCH = 5
SPENT = "Looked through 5 entries, back to "
# Of Django's own connection, and past it: the stretch's end and its rows.
QUERIES, RAW = 14, 2


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretches of five entries."""
    monkeypatch.setattr(walking, "STRETCH", STRETCH)


def sentences(page: str) -> list[str]:
    return re.findall(r'audit-what">([^<]*)<', page)


def of(kind: str, number: int) -> Actor:
    return Actor(kind, new_id(), f"{kind} {number}")


# ---- Stretches


@pytest.mark.usefixtures("short")
def test_a_rare_kind_of_actor_is_looked_for_stretch_by_stretch(acme: Troupe, admin: Client) -> None:
    with change(acme.id, Actor("key", acme.key.id, "Acme key")) as going:
        going.record("inbox.created", Subject("inbox", "", "the one"), {})
    inboxes(acme, 12)
    found = list(pages(admin, acme, "who=key"))
    assert [sentences(page) for page in found] == [[], [], ["Acme key created inbox “the one”"], []]
    assert all(SPENT in text(page) and "Look further back" in page for page in found[:3])
    assert not any("Nothing in the log" in page for page in found[:3])
    assert "Look" not in text(found[3]).partition("Clear filters")[2]
    assert "Nothing in the log is like this." in found[3]


@pytest.mark.usefixtures("short")
def test_a_page_says_how_far_back_it_has_looked(acme: Troupe, admin: Client) -> None:
    inboxes(acme, 12)
    fifth = Workspace.objects.get(id=acme.id).events.order_by("-revision")[4].created_at
    page = shown(admin, acme, "who=person")
    assert f'<time datetime="{clock.rfc3339(fifth)}">' in page.partition("Looked through")[2]


@pytest.mark.usefixtures("short")
def test_an_actor_and_an_action_are_found_at_once(acme: Troupe, admin: Client) -> None:
    actor = of("person", 1)
    inboxes(acme, 1, actor)
    happen(acme)
    inboxes(acme, 30)
    for query, found in ((f"who={actor.id}", "person 1 created inbox"), ("action=key.revoked", "revoked key")):
        page = shown(admin, acme, query)
        assert found in text(page)
        assert "after=" not in page
    assert "Nothing in the log is like this." in shown(admin, acme, f"who={new_id()}")


@pytest.mark.usefixtures("short")
def test_of_an_actor_and_an_action_the_rarer_one_leads(acme: Troupe, admin: Client) -> None:
    busy, rare = of("person", 1), of("person", 2)
    inboxes(acme, 1, rare)
    inboxes(acme, 20, busy)
    happen(acme)
    assert len(sentences(shown(admin, acme, f"who={rare.id}&action=inbox.created"))) == 1
    assert sentences(shown(admin, acme, f"who={busy.id}&action=key.revoked")) == []
    assert "after=" not in shown(admin, acme, f"who={busy.id}&action=key.revoked")


@pytest.mark.usefixtures("short")
def test_of_two_that_are_common_a_stretch_is_looked_through(acme: Troupe, admin: Client) -> None:
    busy, other = of("person", 1), of("person", 2)
    inboxes(acme, 3, busy)
    for _ in range(12):
        inboxes(acme, 1, other)
        opened(acme)
        with change(acme.id, busy) as going:
            going.record("workspace.renamed", Subject("workspace", acme.id, "Acme"), {})
    found = list(pages(admin, acme, f"who={busy.id}&action=inbox.created"))
    assert len(found) == 4
    assert [sentence for page in found for sentence in sentences(page)] == [
        f"person 1 created inbox “inbox {number}”" for number in (2, 1, 0)
    ]


@pytest.mark.usefixtures("short")
def test_the_life_of_an_object_is_looked_through_as_a_whole(acme: Troupe, admin: Client) -> None:
    ticket = opened(acme, answer="Hello", status="open", tags=["a"])
    inboxes(acme, 12)
    page = shown(admin, acme, f"object={ticket.id}&action=ticket.created")
    assert len(sentences(page)) == 1
    assert "after=" not in page


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("query", ["", "who=command", "who=person", "who=key", "action=inbox.created"])
def test_the_csv_has_what_all_pages_have_together(acme: Troupe, admin: Client, query: str) -> None:
    happen(acme)
    inboxes(acme, 12)
    inboxes(acme, 3, of("key", 1))
    together = [sentence for page in pages(admin, acme, query) for sentence in sentences(page)]
    assert [row[6] for row in rows(admin, acme, query)[1:]] == [text(sentence) for sentence in together]
    assert together


@pytest.mark.usefixtures("short")
def test_the_csv_goes_past_stretches_without_anything(acme: Troupe, admin: Client) -> None:
    inboxes(acme, 1, of("key", 1))
    inboxes(acme, 23)
    inboxes(acme, 1, of("key", 2))
    assert [row[2] for row in rows(admin, acme, "who=key")[1:]] == ["key 2", "key 1"]


# ---- Dates


@pytest.mark.usefixtures("short")
def test_a_day_of_long_ago_is_found_at_once_and_whole(acme: Troupe, admin: Client) -> None:
    then = clock.now() - timedelta(days=400)
    for number in range(4):
        # Sample data are written in parts, so that the times of the log are not in the order of its revisions.
        inboxes(acme, 3)
        with change(acme.id, COMMAND) as going:
            going.now = then + timedelta(days=number % 2)
            going.record("inbox.created", Subject("inbox", "", f"old {number}"), {})
    for day, found in ((0, ["2", "0"]), (1, ["3", "1"])):
        date = (then + timedelta(days=day)).date()
        query = urlencode({"since": date, "until": date})
        assert re.findall(r"“old (\d)”", shown(admin, acme, query)) == found
        assert "after=" not in shown(admin, acme, query)
        assert len(rows(admin, acme, query)) == 3


def test_the_log_is_shown_in_the_order_of_time(acme: Troupe, admin: Client) -> None:
    now = clock.now()
    for days in (3, 1, 2):
        with change(acme.id, COMMAND) as going:
            going.now = now + timedelta(days=days)
            going.record("inbox.created", Subject("inbox", "", f"in {days}"), {})
    assert re.findall(r"“in (\d)”", shown(admin, acme)) == ["3", "2", "1"]


def test_a_day_is_one_of_the_readers_zone(acme: Troupe, admin: Client) -> None:
    admin.cookies["zone"] = "Pacific/Auckland"
    with change(acme.id, COMMAND) as going:
        going.now = clock.now().replace(year=2024, month=5, day=10, hour=13)
        going.record("inbox.created", Subject("inbox", "", "tomorrow"), {})
    assert "“tomorrow”" in shown(admin, acme, "since=2024-05-11&until=2024-05-11")
    assert "“tomorrow”" not in shown(admin, acme, "since=2024-05-10&until=2024-05-10")


# ---- What it costs

FILTERS = ("", "who=person", "who={owner}", "action=ticket.created", "since=2001-01-01", "object={key}")


@pytest.mark.parametrize("query", FILTERS)
def test_the_number_of_queries_does_not_grow_with_the_page(acme: Troupe, admin: Client, query: str) -> None:
    query = query.format(owner=acme.owner.id, key=acme.key.id)
    happen(acme)
    counts = []
    for _ in range(2):
        shown(admin, acme, query)
        with CaptureQueriesContext(connection) as asked, raw_statements() as ran:
            shown(admin, acme, query)
        counts.append((len(asked), len(ran)))
        for _ in range(10):
            opened(acme, answer="Hello", assignee_id=acme.agent.id)
    assert counts[0] == counts[1]
    assert counts[0][0] <= QUERIES
    assert counts[0][1] <= RAW


MEANT = {
    "event_time": ("time", ("kind", "from", "before")),
    "event_actor": ("actor", ("actor", "type", "from", "before")),
    "event_type": ("type", ("actor", "type", "from", "before")),
    "event_subject": ("subject", ("subject", "actor", "type", "from", "before")),
}


# PostgreSQL plans by what it has counted, and there is too little here.
@pytest.mark.once
@pytest.mark.parametrize("index", MEANT)
def test_the_log_is_walked_by_the_index_that_was_meant(index: str) -> None:
    lead, asked = MEANT[index]
    written = walking._page(lead, asked).text(sql.current())
    plan = [row[3] for row in Statement(f"EXPLAIN QUERY PLAN {written}").rows(*[""] * written.count("?"))]
    assert f"USING INDEX {index} (" in plan[0]
    # All but the few of one object come in order.
    assert plan[1:] == (["USE TEMP B-TREE FOR ORDER BY"] if lead == "subject" else [])
