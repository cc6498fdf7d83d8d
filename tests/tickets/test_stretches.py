"""A search finds the same in the same order, however a long list has been cut into stretches."""

import importlib
import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection

from tixallo.cli import demo
from tixallo.kit import sql
from tixallo.kit.paging import read_cursor
from tixallo.kit.sql import Statement
from tixallo.tickets import conversing, editing, opening, queries, removing, stretches
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
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretches of four tickets."""
    monkeypatch.setattr(stretches, "LENGTH", 4)


def _open(workspace: Workspace, minute: int, words: str) -> str:
    with change(workspace.id, _ACTOR) as opened:
        opened.now = _START + timedelta(minutes=minute)
        return opening.open_ticket(opened, subject=words, description="…", customer_email="carla@customer.example")


def _found(workspace: Workspace, query: str, limit: int) -> list[str]:
    listed: list[str] = []
    after = None
    while True:
        page = json.loads(queries.list_tickets(workspace.id, {"q": query}, after, limit))
        assert len(page["data"]) == limit or page["next_cursor"] is None
        listed += [ticket["subject"] for ticket in page["data"]]
        if page["next_cursor"] is None:
            return listed
        after = read_cursor(page["next_cursor"])


def _begun(workspace: Workspace) -> list[tuple[int, datetime]]:
    select = "SELECT number, begins_at FROM tickets_stretch WHERE workspace_id = ? AND number > 1 ORDER BY number"
    rows = Statement(select).rows(workspace.id)
    return [(number, sql.read_moment(moment)) for number, moment in rows]


def _is_cut() -> bool:
    # SQLite's index gives matches in the list's order by itself.
    return connection.vendor == "postgresql"


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("chance", range(5))
def test_a_search_equals_the_list_whatever_is_rare_and_whatever_comes_late(workspace: Workspace, chance: int) -> None:
    pick = random.Random(chance)
    made = []
    for number in range(40):
        # One in five was opened earlier than those before it: brought over, or under a clock that was wrong.
        minute = (
            number * 10 if pick.random() < 0.8 else pick.choice([0, pick.randrange(number * 10 + 1), number * 10 - 10])
        )
        words = f"common {'half ' * (number % 2)}{'rare ' * (number in (3, 4))}n{number}"
        made.append((minute, _open(workspace, minute, words), words.strip()))
    for _, ticket, _ in pick.sample(made, 8):
        with change(workspace.id, _ACTOR) as opened:
            conversing.add_message(opened, ticket, body="added later", author=None)
        with change(workspace.id, _ACTOR) as opened:
            editing.edit(opened, ticket, {"priority": "high"})
    expected = [words for _, _, words in sorted(made, reverse=True)]
    for limit in (1, 3, 7, 50):
        for word in ("common", "half", "rare", "n17"):
            fitting = [words for words in expected if word in words.split()]
            assert _found(workspace, word, limit) == fitting, (word, limit)
    if _is_cut():
        begun = _begun(workspace)
        assert 3 <= len(begun) <= 10
        assert begun == sorted(begun, key=lambda each: each[1])


@pytest.mark.usefixtures("short")
def test_what_was_gone_and_is_back_lies_in_its_stretch(workspace: Workspace) -> None:
    made = [_open(workspace, number, f"word {number}") for number in range(12)]
    with change(workspace.id, _ACTOR) as opened:
        removing.remove(opened, made[11])
    # As new as the one that is gone: no stretch begins between them.
    made.append(_open(workspace, 10, "word late"))
    with change(workspace.id, _ACTOR) as opened:
        removing.restore(opened, made[11])
    assert _found(workspace, "word", 2)[:3] == ["word 11", "word late", "word 10"]
    assert len(_found(workspace, "word", 2)) == 13


@pytest.mark.usefixtures("short")
def test_a_ticket_of_another_age_begins_no_stretch(workspace: Workspace) -> None:
    if not _is_cut():
        return
    _open(workspace, 1_000_000, "under a clock far ahead")
    for number in range(9):
        _open(workspace, number, f"word {number}")
    assert _begun(workspace) == []
    assert len(_found(workspace, "word", 3)) == 9


@pytest.mark.usefixtures("short")
def test_an_edited_ticket_keeps_its_stretch(workspace: Workspace) -> None:
    made = [_open(workspace, number, f"word {number}") for number in range(20)]
    for each in made:
        with change(workspace.id, _ACTOR) as opened:
            editing.edit(opened, each, {"subject": "another word"})
    assert len(_found(workspace, "another", 2)) == 20
    assert _found(workspace, "word", 3) == ["another word"] * 20


def _migrate(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    """Bring the documents and tables to where they were before there were stretches, and from there to today."""
    migration = importlib.import_module("tixallo.tickets.migrations.0007_stretches")
    with connection.schema_editor() as editor:
        migration.join(apps, editor)
    with monkeypatch.context() as patched:
        patched.setattr(migration, "_CUT", migration._CUT.replace("65536", str(length)))
        with connection.schema_editor() as editor:
            migration.cut(apps, editor)


def test_a_long_list_that_is_there_already_is_cut(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    if not _is_cut():
        return
    # Three of one moment, where a stretch would end.
    for number, minute in enumerate([0, 1, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9]):
        _open(workspace, minute, f"word {number}")
    before = _found(workspace, "word", 2)
    assert _begun(workspace) == []
    _migrate(monkeypatch, 4)
    assert _begun(workspace) == [(2, _START + timedelta(minutes=3)), (3, _START + timedelta(minutes=6))]
    assert _found(workspace, "word", 2) == before == [f"word {number}" for number in range(11, -1, -1)]
    monkeypatch.setattr(stretches, "LENGTH", 4)
    for number in range(12, 30):
        _open(workspace, number, f"word {number}")
    assert len(_begun(workspace)) > 4
    assert _found(workspace, "word", 3) == [f"word {number}" for number in range(29, -1, -1)]


def test_a_short_list_that_was_there_already_grows(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    if not _is_cut():
        return
    for number in range(10):
        _open(workspace, number, f"word {number}")
    _migrate(monkeypatch, 65_536)
    monkeypatch.setattr(stretches, "LENGTH", 4)
    for number in range(10, 30):
        _open(workspace, number, f"word {number}")
    assert len(_begun(workspace)) > 3
    for limit in (1, 2, 3, 20):
        assert _found(workspace, "word", limit) == [f"word {number}" for number in range(29, -1, -1)]
    assert _found(workspace, "word 3", 1) == ["word 3"]


def test_samples_are_cut_as_they_are_written(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "LENGTH", 20)
    demo.fill(workspace.id, tickets=100)
    pick = Statement("SELECT subject FROM tickets_ticket WHERE workspace_id = ? ORDER BY created_at DESC, id DESC")
    subjects = [subject for (subject,) in pick.rows(workspace.id)]
    word = subjects[-1].split()[0]
    found = _found(workspace, word, 5)
    assert [each for each in found if each.split()[0] == word] == [each for each in subjects if each.split()[0] == word]
