"""Two processes that write to one SQLite file at once: both get on, and neither waits long."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import NewServer
from tests.servers import Server

SECONDS = 3.0
# Equal shares, but for the scheduler's mood. A process of many threads asks again sooner than one of a single thread.
MOST_UNEQUAL = 2.0
MOST_UNEQUAL_THREADS = 4.0
# Measured: a tenth of this on an idle machine. Without turns one of two waited for five seconds.
LONGEST_WAIT_SECONDS = 1.5


class Share(NamedTuple):
    """What one process got done."""

    writes: int
    longest_wait: float


# PostgreSQL locks the rows of one workspace alone, and leaves the rest to its connections.
@pytest.mark.once
@pytest.mark.alone
@pytest.mark.parametrize("threads", [(1, 1), (8, 1), (8, 8)], ids=lambda pair: f"{pair[0]} and {pair[1]} threads")
def test_two_writing_processes_share_fairly(new_server: NewServer, threads: tuple[int, int]) -> None:
    shares = write_at_once(new_server(), threads)
    counts = [share.writes for share in shares]
    assert min(counts) > 0
    most = MOST_UNEQUAL if threads[0] == threads[1] else MOST_UNEQUAL_THREADS
    assert max(counts) / min(counts) < most, shares
    assert max(share.longest_wait for share in shares) < LONGEST_WAIT_SECONDS, shares


def write_at_once(server: Server, threads: tuple[int, ...]) -> list[Share]:
    """Let a process for each number of threads write on the server's data at the same time, and return their shares."""
    start = time.time() + 2.0
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.writers.writing", str(start), str(SECONDS), str(count)],
            cwd=Path(__file__).parent.parent.parent,
            env={"PATH": "", **server.environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        for count in threads
    ]
    shares = []
    for process in processes:
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        shares.append(Share(*json.loads(said)))
    return shares
