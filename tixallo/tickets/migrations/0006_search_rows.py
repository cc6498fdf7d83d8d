"""On PostgreSQL what a list needs of a ticket stands in the index's own rows, and the documents stand beside them.

A search visits the row of every match, so rows are to be short. PostgreSQL moves a long column out of a row only when the
row has more than 2 kB, which few documents have: the filler makes it do so with each, and shrinks to some bytes itself.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# What another writes between the copy and the change of names would be lost.
_LOCK = "LOCK TABLE tickets_search IN ACCESS EXCLUSIVE MODE"
_REPLACE = (
    "SELECT setval(pg_get_serial_sequence('tickets_search_new', 'id'), (SELECT greatest(max(id), 1) FROM tickets_search))",
    "DROP TABLE tickets_search",
    "ALTER TABLE tickets_search_new RENAME TO tickets_search",
    "ALTER INDEX tickets_search_new_pkey RENAME TO tickets_search_pkey",
    "CREATE INDEX tickets_search_document ON tickets_search USING gin (document)",
)
_NARROW = (
    "CREATE TABLE tickets_search_new (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, document tsvector NOT NULL, "
    "workspace_id uuid NOT NULL, ticket_id uuid NOT NULL, created_at timestamptz NOT NULL, listed boolean NOT NULL, "
    "filler text GENERATED ALWAYS AS (repeat(' ', 2100)) STORED)"
)
_APART = (
    "ALTER TABLE tickets_search_new ALTER COLUMN document SET STORAGE EXTERNAL, "
    "ALTER COLUMN filler SET STORAGE MAIN, SET (toast_tuple_target = 128)"
)
_FILL_NARROW = (
    "INSERT INTO tickets_search_new (id, document, workspace_id, ticket_id, created_at, listed) "
    "OVERRIDING SYSTEM VALUE SELECT s.id, s.document, t.workspace_id, t.id, t.created_at, t.gone_as = '' "
    "FROM tickets_search s JOIN tickets_ticket t ON t.search_id = s.id ORDER BY s.id"
)
_WIDE = (
    "CREATE TABLE tickets_search_new (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, document tsvector NOT NULL)"
)
_FILL_WIDE = (
    "INSERT INTO tickets_search_new (id, document) OVERRIDING SYSTEM VALUE "
    "SELECT s.id, s.document FROM tickets_search s ORDER BY s.id"
)
FORWARDS = (_LOCK, _NARROW, _APART, _FILL_NARROW, *_REPLACE, "ANALYZE tickets_search")
BACKWARDS = (_LOCK, _WIDE, _FILL_WIDE, *_REPLACE)


def narrow(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    _run(editor, FORWARDS)


def widen(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    _run(editor, BACKWARDS)


def _run(editor: BaseDatabaseSchemaEditor, statements: tuple[str, ...]) -> None:
    if editor.connection.vendor == "postgresql":
        for statement in statements:
            editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = (("tickets", "0005_presence"),)

    operations = (migrations.RunPython(narrow, widen),)
