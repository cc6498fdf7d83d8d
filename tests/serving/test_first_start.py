"""The first start on an empty database: cut short, by two nodes at once, and asked for pages at once."""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import NewServer
from tests.databases import Cluster
from tests.scratch import Scratch
from tests.servers import Server
from tests.tables import at_once, statements_of_postgresql, statements_of_sqlite

_ROOT = Path(__file__).resolve().parent.parent.parent
# From the first import to the first request, also on a slow machine.
_CUTS = (0.3, 0.45, 0.6, 0.8, 1.2)


def _start(server: Server) -> "subprocess.Popen[bytes]":
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TIXALLO_", "DJANGO_"))}
    with server.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tixallo.cli.main", "serve", "--port", "0"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=_ROOT,
            env=inherited | server.environment,
            start_new_session=True,
        )


def _tables(server: Server, cluster: Cluster | None) -> list[str]:
    if cluster is None:
        return statements_of_sqlite(server.data / "tixallo.sqlite3")
    assert server.database
    return statements_of_postgresql(cluster, server.database)


def _expected(scratch: Scratch, cluster: Cluster | None) -> list[str]:
    data = scratch.directory("whole")
    if cluster is None:
        at_once({"TIXALLO_DATA": str(data)})
        return statements_of_sqlite(data / "tixallo.sqlite3")
    name = cluster.create()
    at_once({"TIXALLO_DATA": str(data), "TIXALLO_DATABASE_URL": cluster.url(name)})
    return statements_of_postgresql(cluster, name)


@pytest.mark.slow
def test_a_first_start_that_is_killed_is_made_good_by_the_next(
    new_server: NewServer, scratch: Scratch, cluster: Cluster | None
) -> None:
    expected = _expected(scratch, cluster)
    for cut in _CUTS:
        server = new_server(start=False)
        process = _start(server)
        scratch.adopt(process.pid)
        time.sleep(cut)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

        server.start()

        assert _tables(server, cluster) == expected
        assert "WRONG" not in server.run("check").stdout
        server.stop()


def test_two_nodes_start_at_once_on_one_empty_database(
    new_server: NewServer, scratch: Scratch, cluster: Cluster | None
) -> None:
    if cluster is None:
        pytest.skip("SQLite has one node")
    shared = {
        "TIXALLO_DATABASE_URL": cluster.url(cluster.create()),
        "TIXALLO_SECRET_FILE": str(scratch.directory("secret") / "secret"),
    }
    nodes = [new_server(start=False, **shared) for _ in range(3)]
    processes = [_start(node) for node in nodes]
    try:
        for process in processes:
            scratch.adopt(process.pid)
        end = time.monotonic() + 30
        while not all("Tixallo is listening" in node.log.read_text() for node in nodes):
            assert time.monotonic() < end, [node.log.read_text() for node in nodes]
            assert all(process.poll() is None for process in processes), [node.log.read_text() for node in nodes]
            time.sleep(0.05)
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_pages_asked_for_while_they_are_loaded_are_whole(new_server: NewServer) -> None:
    server = new_server()
    link = re.search(r"/welcome/\S+", server.log.read_text())
    assert link is not None

    def ask(_: int) -> int:
        with contextlib.closing(http.client.HTTPConnection("localhost", server.port, timeout=30)) as connection:
            connection.request("GET", link[0])
            return connection.getresponse().status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {200}
