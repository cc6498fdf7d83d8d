"""The full-text index: a table of its own in each database's manner (see `searching.py`)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = ("CREATE VIRTUAL TABLE tickets_search USING fts5(document, tokenize = 'ascii', detail = 'none')",)
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
