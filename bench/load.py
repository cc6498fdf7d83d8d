"""The load generator: keep-alive connections that each send the next request when their answer is complete.

It runs as a process of its own (`python -m bench.load`), so that its work is not counted as the server's, and does as
little as it can: one thread, plain sockets, epoll.
"""

import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bench.processes import ROOT, Web

CONNECTIONS = 8
_LARGEST_READ = 256 * 1024
_LENGTH = b"content-length: "


class Round(NamedTuple):
    """What a round of requests cost the server (µs of CPU each), how many it answered a second, and the last answer."""

    cpu: float
    rate: float
    answer: str


def round_of(web: Web, requests: Sequence[str], count: int, status: int) -> Round:
    """Send `count` requests, going round in `requests`; RuntimeError for any answer with another status."""
    before = web.cpu_seconds()
    done = _run({"port": web.port, "requests": list(requests), "count": count, "status": status})
    return Round((web.cpu_seconds() - before) / count * 1e6, count / done["seconds"], done["answer"])


def request(method: str, target: str, key: str, body: str = "") -> str:
    """Return a request as a program of today's customers sends it."""
    length = f"Content-Length: {len(body.encode())}\r\n" if body else ""
    return (
        f"{method} {target} HTTP/1.1\r\nHost: localhost:8000\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n{length}\r\n{body}"
    )


def _run(order: Mapping[str, Any]) -> Any:
    command = [sys.executable, "-m", "bench.load"]
    run = subprocess.run(command, input=json.dumps(order), capture_output=True, text=True, check=False, cwd=ROOT)
    if run.returncode:
        raise RuntimeError(run.stderr.strip())
    return json.loads(run.stdout)


def _drive(port: int, requests: list[bytes], count: int, status: int) -> dict[str, Any]:
    wanted = f"HTTP/1.1 {status} ".encode()
    poll = select.epoll()
    clients: dict[int, socket.socket] = {}
    for _ in range(min(CONNECTIONS, count)):
        client = socket.create_connection(("127.0.0.1", port))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        clients[client.fileno()] = client
        poll.register(client.fileno(), select.EPOLLIN)
    pending = dict.fromkeys(clients, b"")
    sent = done = 0
    answer = b""
    start = time.perf_counter()
    for client in clients.values():
        client.sendall(requests[sent % len(requests)])
        sent += 1
    while done < count:
        for descriptor, _ in poll.poll():
            client = clients[descriptor]
            piece = client.recv(_LARGEST_READ)
            if not piece:
                raise SystemExit("The server hung up")
            answer = pending[descriptor] + piece
            if not _is_complete(answer):
                pending[descriptor] = answer
                continue
            if not answer.startswith(wanted):
                raise SystemExit(f"Not the answer that was asked for: {answer[:400]!r}")
            pending[descriptor] = b""
            done += 1
            if sent < count:
                client.sendall(requests[sent % len(requests)])
                sent += 1
    return {"seconds": time.perf_counter() - start, "answer": answer.decode()}


def _is_complete(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    lower = head.lower()
    place = lower.find(_LENGTH)
    return len(body) >= (int(lower[place + len(_LENGTH) :].partition(b"\r")[0]) if place >= 0 else 0)


if __name__ == "__main__":
    _order = json.load(sys.stdin)
    _order["requests"] = [each.encode() for each in _order["requests"]]
    print(json.dumps(_drive(**_order)))
