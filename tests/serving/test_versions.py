"""Versions that meet on one database: no tables are changed under a server that runs, nor used when they are newer."""

import os
import re
from pathlib import Path

import pytest

from tests.conftest import NewServer
from tests.databases import Cluster
from tests.servers import Server
from tests.serving.processes import until
from tests.tables import change_sqlite, made, rows_of_postgresql, rows_of_sqlite

_NEWER = (
    "tixallo: A newer version of Tixallo has changed the tables of this database (tickets.9999_later): install that "
    "version, or put back the backup from before.\n"
)
_LATER = "INSERT INTO django_migrations (app, name, applied) VALUES ('tickets', '9999_later', CURRENT_TIMESTAMP)"
_END_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_HOLDERS = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def _change(server: Server, cluster: Cluster | None, statement: str) -> None:
    if cluster is None:
        change_sqlite(server.data / "tixallo.sqlite3", statement)
    else:
        assert server.database
        cluster.query(statement, database=server.database)


def _applied(server: Server, cluster: Cluster | None) -> object:
    if cluster is None:
        return rows_of_sqlite(server.data / "tixallo.sqlite3")["django_migrations"]
    assert server.database
    return rows_of_postgresql(cluster, server.database)["django_migrations"]


def _holders(server: Server, cluster: Cluster | None) -> set[str]:
    if cluster is not None:
        return set(cluster.query(_HOLDERS, database=server.database or "").split())
    lock = str(server.data / "tables.lock")
    opened = {
        str(one): [os.path.realpath(fd) for fd in Path(f"/proc/{one}/fd").iterdir()] for one in server.processes()
    }
    return {process for process, files in opened.items() if lock in files}


def _both_hold(server: Server, cluster: Cluster | None) -> set[str]:
    until(lambda: len(_holders(server, cluster)) == 2)
    return _holders(server, cluster)


def test_a_database_of_a_newer_version_is_refused(new_server: NewServer, cluster: Cluster | None) -> None:
    server = new_server()
    server.stop()
    _change(server, cluster, _LATER)

    for words in (("serve", "--port", "0"), ("worker",), ("welcome",)):
        run = server.run(*words, check=False)
        assert (run.returncode, run.stderr) == (2, _NEWER), words
    checked = server.run("check", check=False)
    assert checked.returncode == 1
    assert "WRONG tables: were changed by a newer version (tickets.9999_later)" in checked.stdout


def test_tables_are_not_changed_while_a_server_works_on_them(new_server: NewServer, cluster: Cluster | None) -> None:
    server = new_server()
    _both_hold(server, cluster)
    _change(
        server, cluster, "DELETE FROM django_migrations WHERE app = 'mfa' AND name = '0003_authenticator_type_uniq'"
    )
    before = _applied(server, cluster)

    run = server.run("welcome", check=False)

    assert run.returncode == 2
    assert run.stderr == (
        "tixallo: The tables must be brought to this version, but another server or command still works on them: "
        "stop whatever uses this database first.\n"
    )
    assert _applied(server, cluster) == before
    assert server.stop() == 0


def test_an_older_database_is_brought_up_to_date(new_server: NewServer, cluster: Cluster | None) -> None:
    server = new_server(start=False)
    made("tables.call_command('migrate', 'keys', '0003', verbosity=0)", server.environment)
    before = _applied(server, cluster)

    server.start()

    assert _applied(server, cluster) != before
    said = re.findall(
        r"^tixallo: Bringing the tables to this version: (\S+) \((\d+) of (\d+)\)$",
        server.log.read_text(),
        re.MULTILINE,
    )
    assert {name for name, _, _ in said} >= {"keys.0004_use"}
    assert [int(number) for _, number, _ in said] == list(range(1, len(said) + 1))
    assert {int(total) for _, _, total in said} == {len(said)}
    assert "ok    tables\n" in server.run("check").stdout


def test_a_server_that_lost_its_connection_goes_on(new_server: NewServer, cluster: Cluster | None) -> None:
    if cluster is None:
        pytest.skip("SQLite has no connection to lose")
    server = new_server()
    before = _both_hold(server, cluster)

    cluster.query(_END_ALL, database=server.database or "")

    until(lambda: not before & _holders(server, cluster))
    _both_hold(server, cluster)
    assert server.stop() == 0


def test_a_server_under_which_the_tables_were_changed_stops(new_server: NewServer, cluster: Cluster | None) -> None:
    if cluster is None:
        pytest.skip("On SQLite the lock cannot be lost")
    server = new_server()
    _both_hold(server, cluster)
    _change(server, cluster, _LATER)

    cluster.query(_END_ALL, database=server.database or "")

    until(lambda: len(server.processes()) == 0)
    assert _NEWER in server.log.read_text()
    assert "The tables have been changed by another version: this process stops" in server.log.read_text()
