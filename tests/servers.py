"""Real servers for tests: `tixallo serve` in processes of its own, each with its own data directory and database."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.databases import Cluster, free_port
from tests.scratch import Scratch

_TIXALLO = (sys.executable, "-m", "tixallo.cli.main")
_ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 30
_STOP_SECONDS = 20


class Server:
    """One `tixallo serve` on a free port, and the command line for the same data."""

    def __init__(
        self,
        scratch: Scratch,
        cluster: Cluster | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        arguments: tuple[str, ...] = (),
    ) -> None:
        """Prepare a server; `start` starts it. `environment` holds more TIXALLO_* settings, `arguments` more options of
        the command. The database is SQLite in the data directory, or with a cluster a new one there.
        """
        self.directory = scratch.directory("server")
        self.data = self.directory / "data"
        self.log = self.directory / "log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.arguments = arguments
        self.database = cluster.create() if cluster else None
        self.environment = {"TIXALLO_DATA": str(self.data)}
        if cluster and self.database:
            self.environment["TIXALLO_DATABASE_URL"] = cluster.url(self.database)
        self.environment |= environment or {}
        self._scratch = scratch
        self._cluster = cluster
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start serving and return when it is ready.

        RuntimeError shows the end of its log when it ends, or is not ready after half a minute.
        """
        assert self._process is None, "It runs already"
        command = [*_TIXALLO, "serve", "--data", str(self.data), "--port", str(self.port), *self.arguments]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=_ROOT,
                env=self._variables(),
                start_new_session=True,
            )
        self._scratch.adopt(self._process.pid)
        end = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise RuntimeError(f"The server did not start:\n{self._log_end()}")
            time.sleep(0.02)

    def run(self, *arguments: str, check: bool = True, text_in: str = "") -> subprocess.CompletedProcess[str]:
        """Run `tixallo …` on the same data, and return its status and output.

        AssertionError shows what it said on standard error when it fails; check=False is for when it should.
        """
        run = subprocess.run(
            [*_TIXALLO, *arguments],
            cwd=_ROOT,
            env=self._variables(),
            input=text_in,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert not check or run.returncode == 0, f"tixallo {' '.join(arguments)}: {run.stderr.strip()}"
        return run

    def processes(self) -> list[int]:
        """The ids of the serving process (first) and of all its children. Needs /proc."""
        if self._process is None:
            return []
        group = self._process.pid
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    state = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                if int(state[2]) == group and state[0] != "Z":
                    found.append(int(entry.name))
        return sorted(found, key=lambda pid: (pid != group, pid))

    def stop(self) -> int:
        """Ask it to stop, as an init system would, and return its exit status.

        RuntimeError names the processes that are left, and shows the end of its log, when it does not stop.
        """
        assert self._process is not None, "It does not run"
        self._process.send_signal(signal.SIGTERM)
        try:
            status = self._process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired as error:
            left = "\n".join(f"{pid}: {_command_line(pid)}" for pid in self.processes())
            raise RuntimeError(f"The server did not stop. Left:\n{left}\nLog:\n{self._log_end()}") from error
        self._forget()
        return status

    def kill(self) -> None:
        """Kill all its processes at once, as a lost machine would."""
        if self._process is not None:
            self._kill_group()
            self._process.wait(timeout=_STOP_SECONDS)
            self._forget()

    def restart(self) -> None:
        """Start again on the same data and port, after a kill of what may still run."""
        self.kill()
        self.start()

    def close(self) -> None:
        """End it for good and remove its database."""
        self.kill()
        if self._cluster and self.database:
            self._cluster.drop(self.database)

    def _variables(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TIXALLO_", "DJANGO_"))}
        return inherited | self.environment

    def _log_end(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _kill_group(self) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _forget(self) -> None:
        assert self._process is not None
        self._scratch.release(self._process.pid)
        self._process = None


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return "(gone)"
