"""The database's tables: all made at once where there are none yet, brought up to date by the migrations otherwise.

What is made at once is what the migrations make, recorded: they take twenty times as long, most of it for models that
nobody asks for. `scripts/tables` records it; migrations that are newer than the record run after it.
"""

import sys
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from tixallo.config import holding
from tixallo.config.environment import BadSetting
from tixallo.kit.sql import Statement


def recorded(vendor: str) -> Path:
    """Return the file with the statements that make all tables of an empty database of this vendor."""
    return Path(__file__).with_name(f"tables_{vendor}.sql")


def bring_up_to_date() -> None:
    """Make the tables, or bring them to this version; what was interrupted goes on.

    Raises `BadSetting` when a newer version made them, or when somebody still works on them.
    """
    if not connection.introspection.table_names():
        _make()
        if waiting(MigrationLoader(connection)):
            call_command("migrate", verbosity=0, interactive=False)
        else:
            emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
        return
    applied = MigrationLoader(connection)
    if newer := too_new(applied):
        raise BadSetting(
            f"A newer version of Tixallo has changed the tables of this database ({newer[0]}): install that version, "
            "or put back the backup from before."
        )
    if behind := waiting(applied):
        with holding.unused():
            _migrate(len(behind))


def waiting(loader: MigrationLoader) -> list[str]:
    """Return the migrations that the database has not had yet."""
    return _named(set(loader.graph.nodes) - set(loader.applied_migrations))


def too_new(loader: MigrationLoader) -> list[str]:
    """Return the migrations that the database has had and this version does not know."""
    replaced = {one for migration in loader.disk_migrations.values() for one in migration.replaces}
    unknown = set(loader.applied_migrations) - set(loader.disk_migrations) - replaced
    return _named({(app, name) for app, name in unknown if app in loader.migrated_apps})


def _named(migrations: set[tuple[str, str]]) -> list[str]:
    return sorted(f"{app}.{name}" for app, name in migrations)


def _make() -> None:
    with transaction.atomic():
        for text in recorded(connection.vendor).read_text().split(";\n"):
            if text.strip():
                Statement(text).run()


def _migrate(total: int) -> None:
    from django.core.management.commands.migrate import Command

    class Telling(Command):
        """Says of each migration that it begins: in a large database one can take minutes."""

        begun = 0

        def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
            if action == "apply_start":
                self.begun += 1
                print(
                    f"tixallo: Bringing the tables to this version: {migration} ({self.begun} of {total})",
                    file=sys.stderr,
                    flush=True,
                )

    call_command(Telling(), verbosity=0, interactive=False)
