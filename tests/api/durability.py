"""A stream of writes to a server that is killed again and again, and what must be true of them afterwards.

The long run: `python -m tests.api.durability --database sqlite --writes 20000 --kills 40`; or postgresql, with a
cluster that waits for the disk.
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.databases import KINDS, Cluster
from tests.scratch import Scratch
from tests.servers import Server

CLIENTS = 8
LIST = "/api/v1/tickets"
# Who has waited so long for the server to come back has found that it does not.
_PATIENCE_SECONDS = 60
_VICTIMS = ("web", "parent", "web", "worker", "everything", "parent")


@dataclass
class Report:
    """What happened: how long each kind of kill kept the server away (seconds), and how many requests were repeated."""

    seconds: float = 0.0
    repeats: int = 0
    away: dict[str, list[float]] = field(default_factory=dict)

    def __str__(self) -> str:
        worst = ", ".join(
            f"{victim} {len(times)} times, away {max(times):.1f} s at most" for victim, times in self.away.items()
        )
        return f"{self.seconds:.0f} s, {self.repeats} requests repeated; killed: {worst}"


class Stream:
    """Writers that repeat each request under its Idempotency-Key until it is acknowledged."""

    def __init__(self, server: Server, key: str, writes: int) -> None:
        self._server = server
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._numbers = itertools.count()
        self._writes = writes
        self.acknowledged: dict[str, Any] = {}
        self.faults: list[str] = []
        self.repeats = 0

    def run(self, report: Report, kills: int, draw: random.Random) -> None:
        """Write everything while the server is killed so many times."""
        start = time.monotonic()
        writers = [threading.Thread(target=self._write) for _ in range(CLIENTS)]
        for writer in writers:
            writer.start()
        for turn in range(kills):
            while len(self.acknowledged) < (turn + 1) * self._writes // (kills + 1) and not self.faults:
                time.sleep(0.005)
            time.sleep(draw.random() / 10)
            victim = _VICTIMS[turn % len(_VICTIMS)]
            report.away.setdefault(victim, []).append(kill(self._server, victim))
        for writer in writers:
            writer.join()
        report.seconds, report.repeats = time.monotonic() - start, self.repeats

    def post(self, connection: http.client.HTTPConnection, retry_key: str) -> tuple[int, Any]:
        """Send the request of a retry key and return the status and the value of the answer."""
        body = {
            "subject": retry_key,
            "description": "It broke",
            "customer_email": f"c{int(retry_key[6:]) % 50}@c.example",
        }
        connection.request("POST", LIST, json.dumps(body), {**self._headers, "Idempotency-Key": retry_key})
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    def get(self, connection: http.client.HTTPConnection, path: str) -> Any:
        """Return the value at a path."""
        connection.request("GET", path, headers=self._headers)
        response = connection.getresponse()
        assert response.status == 200, response.status
        return json.loads(response.read())

    def _write(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=_PATIENCE_SECONDS)
        while (number := next(self._numbers)) < self._writes and not self.faults:
            retry_key = f"write-{number}"
            end = time.monotonic() + _PATIENCE_SECONDS
            while retry_key not in self.acknowledged and not self.faults:
                try:
                    status, value = self.post(connection, retry_key)
                except (OSError, http.client.HTTPException, ValueError):
                    connection.close()
                    status, value = 0, None
                if status == 201:
                    self.acknowledged[retry_key] = value["data"]
                elif status in {0, 409, 503} and time.monotonic() < end:
                    self.repeats += 1
                    time.sleep(0.02)
                else:
                    self.faults.append(f"{retry_key}: {status} {value}")
        connection.close()

    def check(self) -> None:
        """Raise AssertionError unless everything acknowledged is there once, and nothing else is."""
        assert not self.faults, self.faults[:3]
        assert len(self.acknowledged) == self._writes
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=30)) as connection:
            found = list(self._pages(connection))
            by_key = {ticket["subject"]: ticket for ticket in found}
            assert len(found) == self._writes, f"{len(found)} tickets for {self._writes} writes"
            assert by_key == self.acknowledged, "a ticket is not as it was acknowledged"
            assert sorted(ticket["ticket_number"] for ticket in found) == list(range(1, self._writes + 1))
            for retry_key in list(self.acknowledged)[:: max(self._writes // 200, 1)]:
                assert self.post(connection, retry_key) == (201, {"data": self.acknowledged[retry_key]})
            assert len(list(self._pages(connection))) == self._writes, "a repetition was carried out"
            told = [event["ticket_id"] for event in self._events(connection) if event["event_type"] == "ticket.created"]
            assert sorted(told) == sorted(ticket["id"] for ticket in found), "the log tells another story"
        verified = self._server.run("audit", "verify")
        assert "the chain is whole" in verified.stdout, verified.stdout

    def _pages(self, connection: http.client.HTTPConnection) -> Iterator[Any]:
        cursor = ""
        while True:
            page = self.get(connection, f"{LIST}?limit=50{cursor}")
            yield from page["data"]
            if page["next_cursor"] is None:
                return
            cursor = f"&cursor={page['next_cursor']}"

    def _events(self, connection: http.client.HTTPConnection) -> Iterator[Any]:
        after = ""
        while page := self.get(connection, f"/api/v1/events?limit=100{after}")["data"]:
            yield from page
            after = f"&after={page[-1]['id']}"


def kill(server: Server, victim: str) -> float:
    """Kill -9 a part of a running server, start it again if nobody else does, and return the seconds it was away."""
    start = time.monotonic()
    if victim == "everything":
        server.kill()
        server.start()
        return time.monotonic() - start
    processes = server.processes()
    if victim == "parent":
        os.kill(processes[0], signal.SIGKILL)
        # The children are left to notice; a command that follows at once must bring the server back.
        process = server._process
        assert process is not None
        process.wait()
        server._forget()
        server.start()
        return time.monotonic() - start
    target = {"web": "tixallo.cli.web:main", "worker": "tixallo.cli.main:main"}[victim]
    for process_id in processes[1:]:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if target in Path(f"/proc/{process_id}/cmdline").read_text():
                os.kill(process_id, signal.SIGKILL)
    while not server._is_ready():
        assert time.monotonic() - start < _PATIENCE_SECONDS, (
            f"The server did not come back:\n{server.log.read_text()[-2000:]}"
        )
        time.sleep(0.02)
    return time.monotonic() - start


def try_out(server: Server, writes: int, kills: int, chance: int = 2026) -> Report:
    """Start a server, write to it while it is killed, check everything, and return what happened."""
    server.start()
    server.run("workspace", "create", "Acme", "--owner", "owner@acme.example")
    key = server.run("key", "create", "--workspace", "acme", "--name", "Writer", "--limit", "1000000").stdout.strip()
    stream, report = Stream(server, key, writes), Report()
    stream.run(report, kills, random.Random(chance))
    stream.check()
    return report


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--writes", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=40)
    given = parser.parse_args()
    scratch = Scratch()
    try:
        cluster = Cluster.start(scratch, durable=True) if given.database == "postgresql" else None
        server = Server(scratch, cluster, environment={"TIXALLO_BODIES_PER_CLIENT": "16"})
        print(f"{given.database}, {given.writes} writes: {try_out(server, given.writes, given.kills)}")
        server.close()
    finally:
        scratch.close()


if __name__ == "__main__":
    main()
