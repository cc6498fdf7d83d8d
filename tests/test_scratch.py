"""A test session leaves nothing behind, however it ends."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scratch import Scratch

pytestmark = pytest.mark.once

KILLED = """
import os, signal, subprocess, sys
from tests.scratch import Scratch
scratch = Scratch()
process = subprocess.Popen(["sleep", "60"], start_new_session=True, stdout=subprocess.DEVNULL)
scratch.adopt(process.pid)
print(scratch.path, process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def test_a_killed_session_leaves_neither_processes_nor_files() -> None:
    run = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False)
    path, pid = run.stdout.split()
    assert within(5, lambda: not is_running(int(pid)))
    assert within(5, lambda: not Path(path).exists())


def test_what_is_released_lives_on() -> None:
    scratch = Scratch()
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        scratch.adopt(process.pid)
        scratch.release(process.pid)
        scratch.close()
        assert is_running(process.pid)
        process.kill()
    assert not scratch.path.exists()


def test_a_name_that_is_taken_gets_a_number(scratch: Scratch) -> None:
    first, second = scratch.directory("thing"), scratch.directory("thing")
    assert first != second
    assert second.name == "thing-1"
