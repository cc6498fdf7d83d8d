"""A process that does on a server's data what commands and pages do there, without their second of starting up.

`Backstage(server)(function, …)` runs a function of any module in it and returns what the function returns.
"""

import contextlib
import os
import pickle
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from tests.servers import Server

P = ParamSpec("P")
T = TypeVar("T")

_ROOT = Path(__file__).resolve().parent.parent


class Backstage:
    """The process of one server; it starts with the first call, and anew with the next when it has ended.

    Functions, arguments and results must pickle.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run the function there. What it raises comes back as AssertionError with the traceback."""
        with self._lock:
            process = self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                pickle.dump((function, args, kwargs), process.stdin)
                process.stdin.flush()
                failure, result = pickle.load(process.stdout)
            except (BrokenPipeError, EOFError):
                self.close()
                raise
        assert failure is None, failure
        value: T = result
        return value

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            with self._process:
                assert self._process.stdin is not None
                with contextlib.suppress(BrokenPipeError):
                    self._process.stdin.close()
            self._process = None

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            inherited = {n: value for n, value in os.environ.items() if not n.startswith(("TIXALLO_", "DJANGO_"))}
            with self._server.log.open("ab") as log:
                # It ends with this process, whose end closes its standard input.
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "tests.backstage"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    cwd=_ROOT,
                    env=inherited | self._server.environment,
                )
        return self._process


def _serve() -> None:
    from tixallo.config import setup

    setup.use()
    # What the functions print must not get between the results.
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            function, args, kwargs = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        outcome: tuple[str | None, Any]
        try:
            outcome = (None, function(*args, **kwargs))
        except Exception:  # noqa: BLE001 - the test that asked is told
            outcome = (traceback.format_exc(), None)
        pickle.dump(outcome, results)
        results.flush()


if __name__ == "__main__":
    _serve()
