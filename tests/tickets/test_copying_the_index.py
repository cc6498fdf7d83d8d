"""The migration that copies the index on PostgreSQL, beside somebody who writes into it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import NewServer
from tests.databases import Cluster
from tests.serving.processes import until
from tests.tables import made

_TICKETS = 5
_WRITE = "UPDATE tickets_search SET document = document || '{}'::tsvector; SELECT pg_sleep(1)"
_WRITES = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"


def test_what_is_written_while_the_index_is_copied_is_kept(new_server: NewServer, cluster: Cluster | None) -> None:
    if cluster is None:
        pytest.skip("On SQLite the index stays where it is")
    server = new_server(start=False)
    assert server.database
    database = server.database
    server.run("demo", "--workspace", "acme", "--create", "--tickets", str(_TICKETS))
    _migrate(server.environment, "0006_search_rows")

    for goal, word in (("0005_presence", "backwards"), ("0006_search_rows", "forwards")):
        with ThreadPoolExecutor(1) as another:
            writing = another.submit(cluster.query, _WRITE.format(word), database=database)
            until(lambda: cluster.query(_WRITES, database=database) == "1")
            _migrate(server.environment, goal)
            writing.result()
        found = cluster.query(f"SELECT count(*) FROM tickets_search WHERE document @@ '{word}'", database=database)
        assert found == str(_TICKETS), word


def _migrate(variables: dict[str, str], goal: str) -> None:
    made(f"tables.call_command('migrate', 'tickets', '{goal}', verbosity=0)", variables)
