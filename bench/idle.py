"""Figures: what `tixallo serve` takes to its first answer, and what its processes hold when nothing happens."""

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.figures import Figure, Size
from bench.processes import ROOT, proportional_megabytes, variables
from tests.databases import free_port

MOST_MEGABYTES = 170.0
MOST_SECONDS = 2.0
_STARTS = 5
_SETTLE_SECONDS = 8


def measure(size: Size) -> Iterator[Figure]:
    """Yield the figures."""
    with tempfile.TemporaryDirectory() as directory:
        first, _ = _serve(Path(directory), 0)
        starts = [_serve(Path(directory), 0)[0] for _ in range(_STARTS)]
        _, held = _serve(Path(directory), _SETTLE_SECONDS)
    yield Figure("First start to first answer", first, "s", MOST_SECONDS, "an empty directory: all tables are made")
    detail = f"{_STARTS} starts, {min(starts):.2f} to {max(starts):.2f} s"
    yield Figure("Start to first answer", median(starts), "s", MOST_SECONDS, detail)
    detail = " + ".join(f"{name} {size:.0f}" for name, size in held.items())
    yield Figure("Memory when idle", sum(held.values()), "MB", MOST_MEGABYTES, f"proportional set size: {detail}")


def _serve(directory: Path, settle: float) -> tuple[float, dict[str, float]]:
    port = free_port()
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "tixallo.cli.main", "serve", "--data", str(directory / "data"), "--port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
        env=variables({}),
        start_new_session=True,
    )
    try:
        while not _answers(port):
            if process.poll() is not None:
                raise RuntimeError("The server did not start; what it said stands above")
            time.sleep(0.005)
        taken = time.monotonic() - start
        time.sleep(settle)
        held = {_role(each): proportional_megabytes(each) for each in _group(process.pid)} if settle else {}
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return taken, held


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _group(leader: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                group = int((entry / "stat").read_text().rpartition(")")[2].split()[2])
            except OSError:
                continue
            if group == leader:
                found.append(int(entry.name))
    return sorted(found)


def _role(process: int) -> str:
    words = Path(f"/proc/{process}/cmdline").read_text().split("\0")
    return "web" if "tixallo.cli.web:main" in words else "worker" if "worker" in words else "supervisor"
