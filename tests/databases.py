"""Where the tests keep their data: a file (SQLite), or databases in a private PostgreSQL cluster that lives as long as
the test session, listens on loopback only and shares nothing with a PostgreSQL that may run beside it.
"""

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.scratch import Scratch

KINDS = ("sqlite", "postgresql")

# Looked through from the newest to the oldest after the search path; Debian keeps these programs off the path.
_PROGRAMS = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin")

# Test data need not survive a power failure. What must be measured with it starts a cluster with durable=True.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_START_SECONDS = 30


@dataclass
class Cluster:
    """A running PostgreSQL whose superuser, postgres, needs no password."""

    directory: Path
    port: int
    process: subprocess.Popen[bytes]
    names = itertools.count(1)

    @classmethod
    def start(cls, scratch: Scratch, *, durable: bool = False) -> "Cluster":
        """Create a cluster below the scratch directory and wait until it answers. See `open`."""
        return cls.open(scratch.directory("cluster"), durable=durable)

    @classmethod
    def open(cls, directory: Path, *, durable: bool = False) -> "Cluster":
        """Start the cluster in a directory, create it there first if the directory is empty, and wait until it answers.

        Commits wait for the disk only with durable=True. Raises RuntimeError with the end of its log when it does not
        come up.
        """
        if not any(directory.iterdir()):
            if os.geteuid() == 0:
                shutil.chown(directory, "postgres", "postgres")
            _check(
                _program("initdb"),
                *("--pgdata", directory, "--username", "postgres", "--auth", "trust", "--no-sync"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8"),
            )
        port = free_port()
        options = ["listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={directory}"]
        options += ["max_connections=300", "timezone=UTC", *(() if durable else _FAST)]
        with (directory / "log").open("wb") as log:
            process = subprocess.Popen(
                [*_as_postgres(), _program("postgres"), "-D", str(directory), *_flags(options)],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=directory,
                start_new_session=True,
            )
        cluster = cls(directory, port, process)
        cluster._wait()
        return cluster

    def _wait(self) -> None:
        ready = [*_as_postgres(), _program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        end = time.monotonic() + _START_SECONDS
        while subprocess.run(ready, check=False, cwd=self.directory).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self.directory / 'log').read_text()[-2000:]}")
            time.sleep(0.05)

    def url(self, name: str) -> str:
        """The address of a database of this cluster, as TIXALLO_DATABASE_URL wants it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def create(self) -> str:
        """Create an empty database and return its name."""
        name = f"tixallo_{next(self.names)}"
        self.query(f"CREATE DATABASE {name}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, closing what connections it still has."""
        self.query(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def query(self, sql: str, *, database: str = "postgres") -> str:
        """Run one statement through psql; what it returns is one line a row, columns separated by |."""
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database)
        return _check(_program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *where, "-c", sql).strip()

    def dump(self, name: str) -> str:
        """Return the statements that make a database's tables, in pg_dump's words."""
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", name)
        return _check(_program("pg_dump"), "--schema-only", "--no-owner", "--no-privileges", *where)

    def stop(self, *, keep: bool = False) -> None:
        """Stop without waiting for open connections, and remove the files unless they are to keep. The session's end
        stops and removes what `start` made as well.
        """
        _check(_program("pg_ctl"), "stop", "-w", "-s", "-m", "fast" if keep else "immediate", "-D", self.directory)
        self.process.wait(timeout=_START_SECONDS)
        if not keep:
            shutil.rmtree(self.directory)


def free_port() -> int:
    """A port on which nothing listens now, on either loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _flags(options: list[str]) -> list[str]:
    return [part for option in options for part in ("-c", option)]


def _program(name: str) -> str:
    """The path of a PostgreSQL program; RuntimeError says what to install when there is none."""
    found = shutil.which(name)
    if found and not Path(found).resolve().name.startswith("pg_wrapper"):
        return found
    for pattern in _PROGRAMS:
        for directory in sorted(Path("/").glob(pattern[1:]), reverse=True):
            if (directory / name).exists():
                return str(directory / name)
    raise RuntimeError(f"PostgreSQL's {name} is missing (Debian, Ubuntu: apt-get install postgresql)")


def _as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root; its own user is there where its package is."""
    if os.geteuid() != 0:
        return []
    pwd.getpwnam("postgres")
    return ["runuser", "-u", "postgres", "--"]


def _check(*command: str | Path) -> str:
    run = subprocess.run(
        [*_as_postgres(), *map(str, command)], capture_output=True, text=True, check=False, cwd="/", timeout=120
    )
    if run.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} failed: {run.stderr.strip()}")
    return run.stdout
