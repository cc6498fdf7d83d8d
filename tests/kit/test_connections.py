"""Finding the connections of a client among all that a process has open."""

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tixallo.kit import connections

pytestmark = pytest.mark.once


def test_those_of_the_client_are_found_and_nothing_is_left_open(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, (tmp_path / "file").open("w"):
        asking = socket.create_connection(listener.getsockname())
        answering, _ = listener.accept()
        with asking, answering:
            before = connections.count()

            copies = connections.copies("127.0.0.1")

            numbers = {os.fstat(each.fileno()).st_ino for each in (asking, answering)}
            assert numbers <= {os.fstat(each.fileno()).st_ino for each in copies}
            assert connections.copies("192.0.2.1") == []
            for each in copies:
                each.close()
            assert connections.count() == before


def test_it_is_known_who_has_ended_a_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        asking = socket.create_connection(listener.getsockname())
        answering, _ = listener.accept()
        with asking, answering:
            assert connections.known(answering)[:2] == (True, False)

            asking.shutdown(socket.SHUT_WR)
            asking_too = connections.known(asking)
            assert (connections.known(answering).established, connections.known(answering).ended) == (False, False)
            assert asking_too.ended

        assert connections.known(answering).ended


def test_a_database_stays_locked_for_other_processes(tmp_path: Path) -> None:
    file = str(tmp_path / "database")
    held = sqlite3.connect(file, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")

    for each in connections.copies("127.0.0.1"):
        each.close()

    asking = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
    refused = subprocess.run([sys.executable, "-c", asking, file], check=False, capture_output=True, text=True)
    held.close()
    assert "database is locked" in refused.stderr
