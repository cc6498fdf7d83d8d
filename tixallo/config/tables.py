"""The database's tables: all made at once where there are none yet, brought up to date by the migrations otherwise.

What is made at once is what the migrations make, recorded: they take twenty times as long, most of it for models that
nobody asks for. `scripts/tables` records it; migrations that are newer than the record run after it.
"""

from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tixallo.kit.sql import Statement


def recorded(vendor: str) -> Path:
    """Return the file with the statements that make all tables of an empty database of this vendor."""
    return Path(__file__).with_name(f"tables_{vendor}.sql")


def bring_up_to_date() -> None:
    """Make the tables, or bring them to this version. What is interrupted goes on at the next call."""
    is_new = not connection.introspection.table_names()
    if is_new:
        _make()
    if is_new or waiting():
        call_command("migrate", verbosity=0, interactive=False)


def waiting() -> list[str]:
    """Return the migrations that the database has not had yet."""
    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def _make() -> None:
    with transaction.atomic():
        for text in recorded(connection.vendor).read_text().split(";\n"):
            if text.strip():
                Statement(text).run()
