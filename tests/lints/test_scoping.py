"""Rows are reached through their workspace."""

import pytest

from lints import scoping
from tests.lints.conftest import MakeTree

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "code",
    [
        "workspace.tickets.filter(status='open')",
        "Ticket.objects.filter(workspace=workspace).order_by('id')",
        "models.Ticket.objects.get(workspace_id=a, id=b)",
        "Ticket._default_manager.create(workspace=workspace)",
        "Workspace.objects.get(slug=slug)",
        "Person.objects.all()",
        "Statement('SELECT id FROM tickets_ticket WHERE workspace_id = ?')",
        "Statement('SELECT id FROM tickets_ticket t WHERE t.workspace_id IN (?, ?)')",
        "Statement('INSERT INTO tickets_ticket (id, workspace_id) VALUES (?, ?)')",
        "Statement(lambda d: f'SELECT {d.text(1)} FROM tickets_ticket ' + 'WHERE workspace_id = ?')",
        "Statement('SELECT id FROM workspaces_workspace')",
        "_WHERE = 'workspace_id = ?'\n_LIST = f'SELECT id FROM tickets_ticket WHERE {_WHERE}'",
        "# unscoped: the sweep goes through all workspaces\nTicket.objects.all()",
        "Ticket.objects.all()  # unscoped: the sweep goes through all workspaces",
        "# unscoped: the sweep goes through\n# all workspaces\nfor ticket in Ticket.objects.all():\n    pass",
    ],
)
def test_a_scoped_or_excused_query_passes(make_tree: MakeTree, code: str) -> None:
    assert not list(scoping.check(make_tree({"tixallo/tickets/sample.py": code})))


@pytest.mark.parametrize(
    "code",
    [
        "Ticket.objects.all()",
        "Ticket.objects.filter(id=a)",
        "Ticket.objects.filter(status='open').filter(workspace=workspace)",
        "Ticket.objects.exclude(workspace=workspace)",
        "manager = Ticket.objects",
        "models.Ticket._base_manager.first()",
        "Draft.objects.first()",
        "some_model.objects.first()",
        "apps.get_model('tickets', 'Ticket').objects.first()",
        "get_object_or_404(Ticket, id=a)",
        "class Verb:\n    def act(cls):\n        cls.objects.first()",
        "Statement('SELECT id FROM tickets_ticket WHERE id = ?')",
        "Statement('SELECT workspace_id FROM tickets_ticket')",
        "Statement('SELECT 1 FROM tickets_ticket t JOIN workspaces_workspace w ON w.id = t.workspace_id')",
        "Statement('INSERT INTO tickets_ticket (id) SELECT workspace_id')",
        "_LIST = f'SELECT id FROM tickets_draft WHERE {conditions}'",
        "cursor.execute('SELECT 1')",
        "connection.cursor()",
        "class Note(Ticket):\n    author = models.ForeignKey(Person, related_name='notes')",
    ],
)
def test_an_unscoped_query_is_found(make_tree: MakeTree, code: str) -> None:
    found = list(scoping.check(make_tree({"tixallo/tickets/sample.py": code})))
    assert [finding.path for finding in found] == ["tixallo/tickets/sample.py"], found


def test_a_table_made_by_a_migration_belongs_to_a_workspace(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "tixallo/tickets/migrations/0001_search.py": "SQL = 'CREATE VIRTUAL TABLE tickets_search USING fts5(text)'",
            "tixallo/tickets/sample.py": "Statement('SELECT rowid FROM tickets_search')",
        }
    )
    assert [finding.message for finding in scoping.check(tree)] == [
        "SQL on tickets_search must hold workspace_id to a value"
    ]


def test_migrations_may_touch_every_row(make_tree: MakeTree) -> None:
    tree = make_tree({"tixallo/tickets/migrations/0002_fill.py": "Ticket.objects.all()"})
    assert not list(scoping.check(tree))


def test_kit_may_execute_sql(make_tree: MakeTree) -> None:
    assert not list(scoping.check(make_tree({"tixallo/kit/sql.py": "connection.execute(text)"})))


@pytest.mark.parametrize("comment", ["# unscoped:", "# unscoped: why"])
def test_an_excuse_needs_a_reason(make_tree: MakeTree, comment: str) -> None:
    tree = make_tree({"tixallo/tickets/sample.py": f"Ticket.objects.all()  {comment}"})
    assert ["needs a reason" in finding.message for finding in scoping.check(tree)] == [True]


def test_an_excuse_that_excuses_nothing_is_found(make_tree: MakeTree) -> None:
    tree = make_tree({"tixallo/tickets/sample.py": "a = 1  # unscoped: once there was a query here"})
    assert ["excuses nothing" in finding.message for finding in scoping.check(tree)] == [True]


def test_an_excuse_reaches_no_further_than_its_statement(make_tree: MakeTree) -> None:
    code = "# unscoped: the sweep goes through all workspaces\nTicket.objects.all()\nTicket.objects.all()"
    found = list(scoping.check(make_tree({"tixallo/tickets/sample.py": code})))
    assert [finding.line for finding in found] == [3]


def test_excuses_are_listed_with_their_reasons(make_tree: MakeTree) -> None:
    tree = make_tree({"tixallo/tickets/sample.py": "Ticket.objects.all()  # unscoped: a sweep through all"})
    assert list(scoping.excused(tree)) == [("tixallo/tickets/sample.py", 1, "a sweep through all")]
