"""The full-text index: a table of its own in each database's manner (see `searching.py`)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# The beginnings of words have lists of their own where most words that many tickets have are found: those of three to six
# letters, behind the four of the mark. Without, a search for one merges the lists of all words that begin so.
SQLITE = (
    "CREATE VIRTUAL TABLE tickets_search USING fts5(document, tokenize = 'ascii', detail = 'none', prefix = '7 8 9 10')",
)
POSTGRESQL = (
    "CREATE TABLE tickets_search (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, document tsvector NOT NULL)",
    "CREATE INDEX tickets_search_document ON tickets_search USING gin (document)",
)


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("DROP TABLE tickets_search")


class Migration(migrations.Migration):
    dependencies = (("tickets", "0001_initial"),)

    operations = (migrations.RunPython(create, drop),)
