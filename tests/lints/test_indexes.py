"""Every index of a table reached through its workspace leads with `workspace_id`, as the database itself tells it.

Otherwise a query would walk through other workspaces' rows to find its own.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models

_OF_TICKET = "the database asks for what points to a ticket by the ticket alone before it lets one be deleted"
# (table, columns): why this one index leads with something else.
EXCEPTIONS = {
    ("keys_apikey", ("public_id",)): "a request brings a key, and the key says which workspace",
    ("keys_keycaller", ("day",)): "old counts are swept from all workspaces at once",
    ("keys_keyhour", ("hour",)): "old counts are swept from all workspaces at once",
    ("tickets_message", ("ticket_id", "created_at", "id")): _OF_TICKET,
    ("tickets_note", ("ticket_id", "created_at", "id")): _OF_TICKET,
    ("tickets_readmark", ("ticket_id", "workspace_id")): _OF_TICKET,
    ("tickets_tagging", ("ticket_id",)): _OF_TICKET,
    ("tickets_ticket", ("merged_into_id", "workspace_id")): _OF_TICKET,
    ("tickets_ticket", ("merged_via_id",)): _OF_TICKET,
    ("workspaces_invitation", ("digest",)): "whoever brings an invitation's link is led to its workspace",
    ("workspaces_keptanswer", ("created_at",)): "old answers are swept from all workspaces at once",
    ("workspaces_membership", ("person_id",)): "whoever signs in is shown their workspaces",
}


def tables_of_workspaces() -> Iterator[str]:
    for model in apps.get_models():
        fields = {field.name: field for field in model._meta.get_fields()}
        if isinstance(fields.get("workspace"), models.ForeignKey):
            yield model._meta.db_table


def leading_elsewhere(table: str) -> Iterator[tuple[str, ...]]:
    """Yield the columns of each index and unique constraint of a table, but its key, that leads with another column."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
    for constraint in constraints.values():
        is_index = (constraint["index"] or constraint["unique"]) and not constraint["primary_key"]
        if is_index and (constraint["columns"] or [""])[0] != "workspace_id":
            yield tuple(str(column) for column in constraint["columns"] or [])


@pytest.mark.django_db
def test_every_index_leads_with_the_workspace() -> None:
    found = {(table, columns) for table in tables_of_workspaces() for columns in leading_elsewhere(table)}
    assert found - set(EXCEPTIONS) == set(), "start it with workspace (a foreign key: db_index=False), or say why not"
    assert set(EXCEPTIONS) - found == set(), "an exception without its index"


@pytest.mark.django_db
def test_an_index_that_leads_elsewhere_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE sample (id integer PRIMARY KEY, workspace_id integer, name text)")
        cursor.execute("CREATE INDEX sample_good ON sample (workspace_id, name)")
        cursor.execute("CREATE INDEX sample_bad ON sample (name, workspace_id)")
        cursor.execute("CREATE UNIQUE INDEX sample_worse ON sample (name)")
        cursor.execute("CREATE INDEX sample_expression ON sample (lower(name))")
    assert sorted(leading_elsewhere("sample")) in (
        [(), ("name",), ("name", "workspace_id")],
        [("None",), ("name",), ("name", "workspace_id")],
    )
