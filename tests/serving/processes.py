"""The stub as a running server, seen from outside: its processes, its output, its sockets."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.scratch import Scratch

_ROOT = Path(__file__).resolve().parent.parent.parent


class Serving:
    """One run of `python -m tests.serving.stub` on a port of its own; a context that kills what is left at its end."""

    def __init__(self, scratch: Scratch, data: Path | None = None, **variables: str) -> None:
        self.data = data or scratch.directory("serving") / "data"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TIXALLO_", "DJANGO_"))}
        self._variables = inherited | {"TIXALLO_DATA": str(self.data), "TIXALLO_PORT": "0"} | variables
        self._log = scratch.directory("log") / "log"
        self._scratch = scratch
        self._connections: list[socket.socket] = []
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.serving.stub"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=_ROOT,
                env=self._variables,
                start_new_session=True,
            )
        scratch.adopt(self.process.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for connection in self._connections:
            connection.close()
        self._scratch.release(self.process.pid)

    @property
    def log(self) -> str:
        """What its processes have written so far."""
        return self._log.read_text()

    def listening(self) -> Self:
        """Wait until it says that it listens."""
        until(lambda: "Tixallo is listening" in self.log or self.process.poll() is not None)
        assert "Tixallo is listening" in self.log, self.log
        return self

    @property
    def port(self) -> int:
        """The port in its announcement."""
        found = re.search(r"listening on \w+://\S*:(\d+)$", self.log, re.MULTILINE)
        assert found, self.log
        return int(found[1])

    def get(self, path: str, host: str = "127.0.0.1", timeout: float = 10) -> str:
        """Return the body of the answer."""
        connection = http.client.HTTPConnection(host, self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def web(self) -> int:
        """The id of the web process."""
        return int(self.get("/pid"))

    def worker(self) -> int:
        """The id of the newest worker."""
        until(lambda: "worker " in self.log)
        return int(re.findall(r"^worker (\d+)$", self.log, re.MULTILINE)[-1])

    def connect(self, sent: bytes = b"", timeout: float = 10) -> socket.socket:
        """Return a connection on which these bytes were sent; it is closed with the server at the latest."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        self._connections.append(connection)
        connection.sendall(sent)
        return connection

    def hang_up(self) -> None:
        """Close all connections that were opened here, and wait until the server has closed them too."""
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        until(lambda: not self._established())

    def _established(self) -> list[str]:
        # A line: number, local address and port, remote ones, state; 01 is established, 08 closed by the client alone.
        ours = f":{self.port:04X}"
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return [line[1] for line in lines if line[1].endswith(ours) and line[3] in {"01", "08"}]

    def talk(self, sent: bytes, timeout: float = 10) -> bytes:
        """Send these bytes, and return everything that comes back until the server ends the connection."""
        connection = self.connect(timeout=timeout)
        # It may do so before it has read all.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
        return everything(connection)

    def end(self, number: int = signal.SIGTERM, timeout: float = 10) -> int:
        """Send the parent a signal and return its exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout)


def everything(connection: socket.socket) -> bytes:
    """Return what comes until the other side ends it."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            received += piece
    return received


def until(holds: Callable[[], object], seconds: float = 45) -> None:
    """Wait for something to hold."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "It never came to hold"
        time.sleep(0.01)


def proportional_mib(process: int) -> float:
    """The memory of a process, with what it shares divided among those who share it."""
    lines = (Path("/proc") / str(process) / "smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def is_gone(process: int) -> bool:
    """Whether the process has ended, reaped or not."""
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
