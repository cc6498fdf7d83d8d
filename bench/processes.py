"""The processes that are measured: a web process on its own, what CPU time one has used, what memory it holds."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

_READY_SECONDS = 60
_STOP_SECONDS = 30
# Linux: the CPU clock of a whole process, as clock_getcpuclockid(3) makes its number.
_PROCESS_CLOCK = 2


def cpu_seconds(process: int) -> float:
    """Return the CPU time, user and system, that a process has used in all its threads, to the nanosecond."""
    return time.clock_gettime((~process << 3) | _PROCESS_CLOCK)


def proportional_megabytes(process: int) -> float:
    """Return the proportional set size of a process: its own pages, and its share of those that others hold too."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("The kernel does not say what memory a process holds")


class Web:
    """A web process as `tixallo serve` starts it, without the parent and the worker: `tixallo/cli/web.py` serves
    `application`. It listens on one loopback port.
    """

    def __init__(self, environment: Mapping[str, str], *, application: str = "", prepare: str = "") -> None:
        ours, theirs = socket.socketpair()
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = int(listener.getsockname()[1])
        control, descriptor = theirs.fileno(), listener.fileno()
        options = [f"--ready={control}", f"--listen={descriptor}"]
        options += [f"--application={application}"] * bool(application) + [f"--prepare={prepare}"] * bool(prepare)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tixallo.cli.child", str(control), "tixallo.cli.web:main", *options],
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
            env=variables(environment),
            pass_fds=(control, descriptor),
        )
        theirs.close()
        listener.close()
        self._control = ours
        ours.settimeout(_READY_SECONDS)
        if not ours.recv(1):
            raise RuntimeError("The web process did not start; what it said stands above")

    def cpu_seconds(self) -> float:
        """Return the CPU time that it has used so far."""
        return cpu_seconds(self._process.pid)

    def stop(self) -> None:
        """End it and wait for its end. Raises RuntimeError if it did not end well."""
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(timeout=_STOP_SECONDS)
        self._control.close()
        if status != 0:
            raise RuntimeError(f"The web process ended with status {status}")

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a child: this one's, without settings of Tixallo other than the ones given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TIXALLO_", "DJANGO_"))}
    return {**inherited, **environment}


class Inside:
    """A process in which Django runs on the settings given. What goes in and out travels as JSON."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.inside"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=variables(environment),
        )

    def call(self, function: str, **given: Any) -> Any:
        """Run `MODULE:FUNCTION` there with these keyword arguments and return its result."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps({"function": function, "given": given}), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{function} failed; what it said stands above")
        return json.loads(line)

    def __enter__(self) -> "Inside":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=_STOP_SECONDS)


def inside(function: str, environment: Mapping[str, str], **given: Any) -> Any:
    """Run `MODULE:FUNCTION` in such a process of its own and return its result."""
    with Inside(environment) as process:
        return process.call(function, **given)
