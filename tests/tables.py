"""What the migrations make of an empty database, as text: recorded by `python -m tests.tables`, compared by tests."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.databases import Cluster
from tests.scratch import Scratch

_ROOT = Path(__file__).resolve().parent.parent
_HEAD = "-- What the migrations make of an empty database. Recorded by scripts/tables; not written by hand.\n"
_DATED = "SELECT app, name FROM django_migrations ORDER BY id"
# Django numbers them in the order in which it comes to them, which is another one each time.
_NUMBERED = {
    "django_content_type": "SELECT app_label, model FROM django_content_type ORDER BY 1, 2",
    "auth_permission": (
        "SELECT app_label, model, codename, name FROM auth_permission p "
        "JOIN django_content_type t ON t.id = p.content_type_id ORDER BY 1, 2, 3"
    ),
}
# Tables that a virtual one makes for itself, and what SQLite keeps for itself.
_BY_ITSELF = re.compile(r"sqlite_|tickets_search_(?:data|idx|content|docsize|config)$")
# How PostgreSQL says `column IN ('…', '…')`. Read back, it would become something else.
_ONE_OF = re.compile(r"\((\w+)\)::text = ANY \(\(ARRAY\[([^]]*)\]\)::text\[\]\)")
_LINES = re.compile(r"\s*\n\s*")
_NO_STATEMENT = ("--", "SET ", "SELECT pg_catalog.set_config", "\\")


def made(how: str, variables: dict[str, str]) -> None:
    """Let a process of its own, with these TIXALLO_* variables, run a line on an empty database."""
    script = f"from tixallo.config import setup, tables; setup.use(); {how}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TIXALLO_", "DJANGO_"))}
    subprocess.run([sys.executable, "-c", script], check=True, cwd=_ROOT, env=inherited | variables)


def by_migrations(variables: dict[str, str]) -> None:
    """Make the tables by the migrations, one after the other."""
    made("tables.call_command('migrate', verbosity=0, interactive=False)", variables)


def at_once(variables: dict[str, str]) -> None:
    """Make the tables as the product does."""
    made("tables.bring_up_to_date()", variables)


def statements_of_sqlite(file: Path) -> list[str]:
    """Return the statements that make the tables of a database, in an order that makes them."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
        return [sql for name, sql in rows if not _BY_ITSELF.match(name)]


def rows_of_sqlite(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what stands in each table, but for when its migrations ran."""
    with closing(sqlite3.connect(file)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = [name for name in names if not _BY_ITSELF.match(name) and name != "django_migrations"]
        asked = {name: _NUMBERED.get(name, f'SELECT * FROM "{name}" ORDER BY 1') for name in kept}
        found = {name: connection.execute(query).fetchall() for name, query in asked.items()}
        return found | {"django_migrations": sorted(connection.execute(_DATED))}


def change_sqlite(file: Path, statement: str) -> None:
    """Run a statement on a database."""
    with closing(sqlite3.connect(file, timeout=10)) as connection, connection:
        connection.execute(statement)


def statements_of_postgresql(cluster: Cluster, name: str) -> list[str]:
    """Return the statements that make the tables of a database, as pg_dump says them."""
    lines = cluster.dump(name).splitlines()
    text = "\n".join(line for line in lines if line and not line.startswith(_NO_STATEMENT))
    statements = [_LINES.sub(" ", each.strip()) for each in text.replace("public.", "").split(";\n")]
    return [each for each in statements if each]


def rows_of_postgresql(cluster: Cluster, name: str) -> dict[str, list[str]]:
    """Return what stands in each table, but for when its migrations ran."""
    named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    kept = [table for table in cluster.query(named, database=name).split() if table != "django_migrations"]
    asked = {table: _NUMBERED.get(table, f'SELECT * FROM "{table}"') for table in kept}
    found = {table: _sorted(cluster, name, query) for table, query in asked.items()}
    return found | {"django_migrations": _sorted(cluster, name, _DATED)}


def migrations(rows: str) -> str:
    """Return the statement that says which migrations the tables come from, of `app|name` lines."""
    values = ",\n".join(
        "('{}', '{}', CURRENT_TIMESTAMP)".format(*line.split("|")) for line in sorted(rows.splitlines())
    )
    return f"INSERT INTO django_migrations (app, name, applied) VALUES\n{values}"


def _sorted(cluster: Cluster, name: str, query: str) -> list[str]:
    return sorted(cluster.query(query, database=name).splitlines())


def _in(found: re.Match[str]) -> str:
    return f"{found[1]} IN ({found[2].replace('::character varying', '')})"


def _record() -> None:
    from tixallo.config import tables

    scratch = Scratch()
    data = scratch.directory("data")
    by_migrations({"TIXALLO_DATA": str(data)})
    file = data / "tixallo.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        names = "\n".join("|".join(row) for row in connection.execute(_DATED))
    _write(tables.recorded("sqlite"), [*statements_of_sqlite(file), migrations(names)])
    cluster = Cluster.start(scratch)
    name = cluster.create()
    by_migrations({"TIXALLO_DATA": str(scratch.directory("data")), "TIXALLO_DATABASE_URL": cluster.url(name)})
    names = cluster.query(_DATED, database=name)
    statements = [_ONE_OF.sub(_in, each) for each in statements_of_postgresql(cluster, name)]
    _write(tables.recorded("postgresql"), [*statements, migrations(names)])
    cluster.stop()
    scratch.close()


def _write(path: Path, statements: list[str]) -> None:
    path.write_text(_HEAD + "".join(f"{each};\n" for each in statements))


if __name__ == "__main__":
    _record()
