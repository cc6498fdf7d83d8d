"""What the tests serve instead of the product, and `python -m tests.serving.stub`, which serves it."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tixallo.cli import serve
from tixallo.config import environment
from tixallo.config.environment import BadSetting
from tixallo.kit.bodies import Bodies, pass_over
from tixallo.kit.errors import Refusal
from tixallo.kit.lingering import LINGER_SECONDS, Lingering

_LIMIT = 1024 * 1024

_bodies = Bodies(at_once=3, per_client=2, seconds=float(os.environ.get("STUB_BODY_SECONDS", "20")))

_lingering = Lingering(float(os.environ.get("STUB_LINGER_SECONDS", LINGER_SECONDS)), most_bytes=4 * _LIMIT)

Start = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Do what the path says, with the query as its argument."""
    answer = _PATHS.get(environ["PATH_INFO"], _ok)
    return answer(environ, start)


def ready() -> None:
    """Make the application ready, or fail as STUB_PREPARE says."""
    match os.environ.get("STUB_PREPARE"):
        case "bad setting":
            raise BadSetting("This setting is of no use.")
        case "broken":
            raise RuntimeError("broken")
        case "slow":
            time.sleep(30)


def worker(arguments: list[str]) -> int:
    """Wait for SIGTERM, or end at once as STUB_WORKER says."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    print(f"worker {os.getpid()}", flush=True)
    if os.environ.get("STUB_WORKER") == "dies":
        return 3
    while not stop.wait(0.2):
        pass
    print("worker stops", flush=True)
    return 0


def main() -> int:
    try:
        settings = environment.load(os.environ)
        programs = serve.Programs(f"{_ME}:application", f"{_ME}:ready", f"{_ME}:worker")
        return serve.serve(settings, os.environ, programs)
    except BadSetting as error:
        print(f"tixallo: {error}", file=sys.stderr)
        return 2


def _ok(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    start("200 OK", [("content-type", "text/plain")])
    return [b"ok"]


def _pid(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    start("200 OK", [])
    return [str(os.getpid()).encode()]


def _environ(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    start("200 OK", [("content-type", "application/json")])
    return [json.dumps({name: value for name, value in environ.items() if isinstance(value, str)}).encode()]


def _sleep(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    print("sleeping", flush=True)
    time.sleep(float(environ["QUERY_STRING"]))
    start("200 OK", [])
    return [b"slept"]


def _large(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    start("200 OK", [])
    return [b"x" * int(environ["QUERY_STRING"])]


class _Stream:
    """Pieces of a long answer; says on standard output when it is closed."""

    def __init__(self, pieces: int) -> None:
        self._left = pieces

    def __iter__(self) -> Iterator[bytes]:
        while self._left:
            self._left -= 1
            yield b"x" * 65536

    def close(self) -> None:
        print(f"closed, {self._left} left", flush=True)


def _stream(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    start("200 OK", [])
    return _Stream(int(environ["QUERY_STRING"]))


def _body(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    # As if each client named in the query had an address of its own.
    client = environ["QUERY_STRING"] or environ["REMOTE_ADDR"]
    try:
        said = f"read {len(_bodies.read(environ, _LIMIT, client))}"
    except Refusal as refusal:
        said = f"{type(refusal).__name__} {' '.join(getattr(refusal, 'form_errors', []))}".strip()
    print(said, flush=True)
    pass_over(environ, _lingering)
    start("200 OK", [])
    return [said.encode()]


def _raise(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    raise ValueError("the application is broken")


_ME = "tests.serving.stub"
_PATHS: dict[str, Callable[[dict[str, Any], Start], Iterable[bytes]]] = {
    "/pid": _pid,
    "/environ": _environ,
    "/sleep": _sleep,
    "/large": _large,
    "/stream": _stream,
    "/body": _body,
    "/raise": _raise,
}

if __name__ == "__main__":
    sys.exit(main())
