"""A search finds what is listed, whatever has happened to its tickets, and however many there are."""

import importlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError, connection

from tixallo.config import settings
from tixallo.kit.paging import read_cursor
from tixallo.kit.sql import Statement
from tixallo.tickets import conversing, editing, found, merging, opening, queries, removing, stretches
from tixallo.workspaces.changes import Actor, change
from tixallo.workspaces.models import Workspace
from tixallo.workspaces.opening import open_workspace

pytestmark = pytest.mark.django_db(transaction=True)

_ACTOR = Actor("command", "", "test")
_START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def workspace() -> Workspace:
    return open_workspace(_ACTOR, name="Acme", owner_email="owner@acme.example")


@pytest.fixture
def made(workspace: Workspace) -> list[str]:
    """Five tickets with one word in common, the newest first."""
    return [_open(workspace, number) for number in range(5)][::-1]


@pytest.fixture(params=["sorted", "stretched", "walked"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The ways of a list: sorted, the same with the newest stretches first, or walked where too many match."""
    if request.param == "stretched":
        monkeypatch.setattr(stretches, "LENGTH", 2)
    if request.param == "walked":
        monkeypatch.setattr(found, "MOST_SORTED", 1)
        monkeypatch.setattr(queries, "MOST_SORTED", 1)
    found._page.cache_clear()
    yield request.param
    found._page.cache_clear()


def _open(workspace: Workspace, number: int) -> str:
    with change(workspace.id, _ACTOR) as opened:
        opened.now = _START + timedelta(minutes=number)
        return opening.open_ticket(
            opened, subject=f"Printer {number}", description="On fire", customer_email="carla@customer.example"
        )


def _listed(workspace: Workspace, limit: int = 2, **filters: Any) -> list[str]:
    listed: list[str] = []
    after = None
    while True:
        page = json.loads(queries.list_tickets(workspace.id, filters, after, limit))
        listed += [ticket["id"] for ticket in page["data"]]
        if page["next_cursor"] is None:
            return listed
        after = read_cursor(page["next_cursor"])


@pytest.mark.usefixtures("way")
def test_what_is_gone_is_not_found_until_it_is_back(workspace: Workspace, made: list[str]) -> None:
    with change(workspace.id, _ACTOR) as opened:
        merging.merge(opened, made[0], made[1])
        removing.remove(opened, made[2])
        removing.remove(opened, made[3], spam=True)
    assert _listed(workspace, q="printer") == [made[1], made[4]] == _listed(workspace)
    with change(workspace.id, _ACTOR) as opened:
        merging.unmerge(opened, made[0])
        removing.restore(opened, made[2])
        removing.restore(opened, made[3])
    assert _listed(workspace, q="printer") == made == _listed(workspace)


@pytest.mark.usefixtures("way")
def test_what_is_purged_is_gone_from_the_index(workspace: Workspace, made: list[str]) -> None:
    before = _count()
    with change(workspace.id, _ACTOR) as opened:
        opened.now -= removing.KEPT_FOR + timedelta(days=1)
        removing.remove(opened, made[0])
    removing.purge(made[0])
    assert _listed(workspace, q="printer") == made[1:]
    assert _count() == before - 1


@pytest.mark.usefixtures("way")
def test_filters_and_a_search_are_met_together(workspace: Workspace, made: list[str]) -> None:
    with change(workspace.id, _ACTOR) as opened:
        for each in made[:3]:
            editing.edit(opened, each, {"status": "closed", "tags": ["hot"]})
    together: dict[str, Any] = {"customer_email": "CARLA@customer.example", "tag": "hot", "status": "closed"}
    assert _listed(workspace, q="prin", **together) == made[:3]
    assert _listed(workspace, q="prin", updated_since=_START + timedelta(hours=1)) == made[:3]
    assert _listed(workspace, updated_since=_START + timedelta(hours=1)) == made[:3]
    assert _listed(workspace, updated_since=_START + timedelta(minutes=1), tag="hot") == made[:3]
    assert _listed(workspace, q="printer", status="pending") == []


def test_documents_outlive_the_change_of_their_table_and_its_undoing(workspace: Workspace, made: list[str]) -> None:
    migration = importlib.import_module("tixallo.tickets.migrations.0006_search_rows")
    with change(workspace.id, _ACTOR) as opened:
        removing.remove(opened, made[0])
    with connection.schema_editor() as editor:
        migration.widen(apps, editor)
    try:
        assert _columns() <= {"id", "document", ""}
    finally:
        with connection.schema_editor() as editor:
            migration.narrow(apps, editor)
    assert _listed(workspace, q="printer") == made[1:]
    with change(workspace.id, _ACTOR) as opened:
        removing.restore(opened, made[0])
        conversing.add_message(opened, made[0], body="Smoke", author=None)
    added = _open(workspace, 9)
    assert _listed(workspace, q="printer") == [added, *made]
    assert _listed(workspace, q="printer smoke") == [made[0]]


def _count() -> int:
    # unscoped: counts the whole table
    row = Statement("SELECT count(*) FROM tickets_search").one()
    assert row is not None
    return int(row[0])


def _columns() -> set[str]:
    if connection.vendor == "sqlite":
        return set()
    asked = Statement("SELECT column_name FROM information_schema.columns WHERE table_name = 'tickets_search'")
    return {row[0] for row in asked.rows()}


@pytest.mark.skipif("config.getoption('--database') != 'postgresql'", reason="SQLite keeps its index in its own manner")
@pytest.mark.usefixtures("made")
def test_documents_stand_beside_their_rows() -> None:
    # unscoped: sizes of the whole table
    filler = Statement("SELECT max(pg_column_size(s.filler)) FROM tickets_search s").one()
    assert filler is not None
    assert filler[0] < 50
    apart = Statement(
        "SELECT pg_relation_size(c.reltoastrelid) > 0 FROM pg_class c WHERE c.relname = 'tickets_search'"
    ).one()
    assert apart == (True,)


@pytest.mark.skipif("config.getoption('--database') != 'postgresql'", reason="Only PostgreSQL loses connections")
def test_a_prepared_statement_survives_the_loss_of_its_connection(workspace: Workspace, made: list[str]) -> None:
    assert _listed(workspace, q="printer") == made
    # The statement is tried again on a new connection, and ends that one too.
    with pytest.raises(OperationalError):
        Statement("SELECT pg_terminate_backend(pg_backend_pid())").one()
    assert _listed(workspace, q="printer") == made


@pytest.mark.skipif("config.getoption('--database') != 'postgresql'", reason="Only PostgreSQL prepares statements")
@pytest.mark.usefixtures("way")
def test_nothing_is_prepared_where_the_address_says_so(workspace: Workspace, made: list[str]) -> None:
    asked = settings._postgresql("postgresql://tixallo@localhost/tixallo?prepared_statements=false")
    connection.ensure_connection()
    connection.connection.prepare_threshold = asked["OPTIONS"]["prepare_threshold"]
    held = Statement("SELECT count(*) FROM pg_prepared_statements")
    before = held.one()
    assert _listed(workspace, q="printer") == made == _listed(workspace)
    assert held.one() == before
    connection.close()
    assert _listed(workspace, q="printer") == made
    prepared = held.one()
    assert prepared is not None
    assert prepared[0] > 0
