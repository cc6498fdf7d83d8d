"""The product itself, served: its start and its size."""

import os
import signal
import time

import pytest

from tests.conftest import NewServer
from tests.serving.processes import is_gone, proportional_mib, until

pytestmark = pytest.mark.alone

_MOST_SECONDS = 2
_MOST_MIB = 170


def test_the_first_answer_comes_soon(new_server: NewServer) -> None:
    server = new_server(start=False)
    # The first start makes the tables; the second finds them made.
    for _ in range(2):
        start = time.monotonic()
        server.start()
        assert time.monotonic() - start < _MOST_SECONDS
        server.stop()


def test_its_processes_are_idle_within_their_memory(new_server: NewServer) -> None:
    server = new_server()
    until(lambda: len(server.processes()) == 3)
    time.sleep(2)

    sizes = [proportional_mib(process) for process in server.processes()]

    assert sum(sizes) < _MOST_MIB, sizes


def test_it_is_whole_again_after_each_of_its_children_was_killed(new_server: NewServer) -> None:
    server = new_server()
    until(lambda: len(server.processes()) == 3)
    parent, *children = server.processes()

    for child in children:
        os.kill(child, signal.SIGKILL)

    until(lambda: all(is_gone(child) for child in children) and len(server.processes()) == 3)
    assert server.processes()[0] == parent
    assert server.stop() == 0
