"""The migrations say what the models say, and the record of what they make is true."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.databases import Cluster
from tests.scratch import Scratch
from tests.tables import (
    at_once,
    by_migrations,
    rows_of_postgresql,
    rows_of_sqlite,
    statements_of_postgresql,
    statements_of_sqlite,
)
from tixallo.config.tables import recorded


@pytest.mark.once
@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


_AGAIN = "The record is not what the migrations make: scripts/tables writes it anew"


def test_the_tables_made_at_once_are_those_that_migrations_make(scratch: Scratch, cluster: Cluster | None) -> None:
    if cluster is None:
        slowly, quickly = scratch.directory("slowly"), scratch.directory("quickly")
        by_migrations({"TIXALLO_DATA": str(slowly)})
        at_once({"TIXALLO_DATA": str(quickly)})
        files = [directory / "tixallo.sqlite3" for directory in (slowly, quickly)]

        assert sorted(statements_of_sqlite(files[1])) == sorted(statements_of_sqlite(files[0])), _AGAIN
        assert rows_of_sqlite(files[1]) == rows_of_sqlite(files[0])
        return
    slow, quick = cluster.create(), cluster.create()
    data = {"TIXALLO_DATA": str(scratch.directory("data"))}
    by_migrations({**data, "TIXALLO_DATABASE_URL": cluster.url(slow)})
    at_once({**data, "TIXALLO_DATABASE_URL": cluster.url(quick)})

    assert statements_of_postgresql(cluster, quick) == statements_of_postgresql(cluster, slow), _AGAIN
    assert rows_of_postgresql(cluster, quick) == rows_of_postgresql(cluster, slow)


@pytest.mark.django_db
def test_the_record_leaves_no_migration_out(database: str) -> None:
    executor = MigrationExecutor(connection)
    known = {name for app, name in executor.loader.disk_migrations}

    missing = {name for name in known if f"'{name}'" not in recorded(database).read_text()}

    assert not missing, _AGAIN
