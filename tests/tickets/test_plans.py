"""No statement walks all that a workspace has, or all there is: SQLite says of each how it would find its rows.

SQLite does not know how many rows there are, and can take an index to be good that is not. That costs nothing in a
small workspace, and seconds in one with a million tickets.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection

import tixallo
from tixallo.kit.sql import Statement
from tixallo.tickets import lists, neighbours
from tixallo.tickets.filtering import KINDS, _fitting

# Steps of a plan in which a table or an index is read from its beginning, or from where the workspace begins in it.
_WALK = re.compile(r"SCAN (\S+)(?: USING .*)?|SEARCH (\S+) USING .* \(workspace_id=\?\)")
# What may, and why.
_MAY = {
    "INSERT INTO": "looks at what points to the new row only after something pointed to no row",
    "tickets_presence": "holds those who are at a ticket just now",
    "tickets_draft": "holds what people are about to send",
    "tickets_heldreply": "holds what is sent within seconds",
    "tickets_samplemark": "holds the samples",
    "workspaces_membership": "holds the people of a workspace",
    "workspaces_letterturn": "has one row a workspace",
    "inboxes_inbox": "has an index for the one row asked for",
    "keys_apikey": "holds the keys of a workspace, which are looked at together",
    "keys_rotation": "has a row for some of them",
    "workspaces_event WHERE workspace_id = ? ORDER BY revision DESC, position DESC LIMIT 1": "ends with the first row",
    "tickets_ticket WHERE workspace_id = ? LIMIT 1": "any will do",
    "t.gone_as = '' LIMIT ?) few": "whatever stands in the index counts, up to a number",
}


def _statements() -> list[Statement]:
    found: list[Statement] = []
    for module in pkgutil.walk_packages(tixallo.__path__, "tixallo."):
        if ".migrations" not in module.name and not module.name.endswith("settings"):
            for value in vars(importlib.import_module(module.name)).values():
                found += _within(value)
    return found


def _within(value: object) -> list[Statement]:
    if isinstance(value, Statement):
        return [value]
    if isinstance(value, dict):
        return [found for each in value.values() for found in _within(each)]
    if isinstance(value, list | tuple):
        return [found for each in value for found in _within(each)]
    return []


def _plan(text: str) -> list[str] | None:
    """Return the steps of a statement's plan; None for a statement that is for PostgreSQL alone."""
    try:
        with connection.cursor() as cursor:
            return [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {text}".replace("?", "NULL")).fetchall()]
    except OperationalError as error:
        if re.match("unrecognized token|no such|near ", str(error)):
            return None
        raise


def _walks(text: str, plan: list[str], tables: list[str]) -> Iterator[str]:
    """Give the steps in which a plan walks a table, by any name that the statement has for it."""
    for step in plan:
        found = _WALK.fullmatch(step)
        name = found and (found[1] or found[2])
        if name and (name in tables or re.search(rf"\b({'|'.join(tables)}) {name}\b", text)):
            yield step


# Once, as PostgreSQL plans by what it knows of the rows.
@pytest.mark.once
@pytest.mark.django_db
def test_no_statement_walks_what_grows_without_bound() -> None:
    every = [*_statements(), *(_fitting((name,)) for name in KINDS)]
    for view in lists.VIEWS:
        every += [
            neighbours._place(view.key, ()),
            *(neighbours._side(view.key, (), None, back=way) for way in (True, False)),
        ]
    assert len(every) > 140

    plans = {text: _plan(text) for text in (statement.text(connection) for statement in every)}
    ours = {text: plan for text, plan in plans.items() if plan is not None}
    assert len(ours) > 110

    tables = connection.introspection.table_names()
    wrong = [f"{step}: {text}" for text, plan in ours.items() for step in _walks(text, plan, tables)]

    assert [line for line in wrong if not any(may in line for may in _MAY)] == []
