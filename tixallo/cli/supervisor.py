"""The parent of the serving processes: it starts them, brings them back, and ends them together.

It stays a small process: no Django, no granian, one thread.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from tixallo.cli.child import READY, STOP_SECONDS

# A child that dies this soon after its start is brought back later and later.
_SOON_SECONDS: Final = 1.0
_SHORTEST_DELAY_SECONDS: Final = 0.2
LONGEST_DELAY_SECONDS: Final = 10.0
# How much longer than that the children are waited for.
_PATIENCE_SECONDS: Final = 2

# What a child ends with when its settings, or its database, are of no use: another start would not help.
_USELESS: Final = 2
_INTERRUPTED: Final = 130


class Child:
    """A process that is to run always. `target` is what `child.py` runs, `arguments` makes its command line from the
    descriptor of its end of the control socket; `descriptors` stay open in it.
    """

    def __init__(
        self, name: str, target: str, arguments: Callable[[int], list[str]], descriptors: Sequence[int]
    ) -> None:
        self.name = name
        self.ready = False
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None
        # When it is to be started; None while it runs, or is not wanted yet.
        self.due: float | None = None
        self._target = target
        self._arguments = arguments
        self._descriptors = descriptors
        self._started = 0.0
        self._delay = 0.0

    def start(self, variables: Mapping[str, str]) -> None:
        """Start it now."""
        ours, theirs = socket.socketpair()
        control = theirs.fileno()
        command = [sys.executable, *_import_path(), "-m", "tixallo.cli.child", str(control), self._target]
        with theirs:
            self.process = subprocess.Popen(
                [*command, *self._arguments(control)],
                stdin=subprocess.DEVNULL,
                env=variables,
                pass_fds=(control, *self._descriptors),
            )
        self.control = ours
        self.ready = False
        self.due = None
        self._started = time.monotonic()

    def hear(self) -> None:
        """Take what it says through the control socket."""
        assert self.control is not None
        said = self.control.recv(1)
        self.ready = self.ready or said == READY
        if not said:
            self._hang_up()

    def ended(self) -> int | None:
        """Return the status of a process that has just ended, negative for a signal; it is due again from now on."""
        if self.process is None or (status := self.process.poll()) is None:
            return None
        self._hang_up()
        self.process = None
        soon = time.monotonic() - self._started < _SOON_SECONDS
        self._delay = min(max(self._delay * 2, _SHORTEST_DELAY_SECONDS), LONGEST_DELAY_SECONDS) if soon else 0.0
        self.due = time.monotonic() + self._delay
        return status

    @property
    def delay(self) -> float:
        """The seconds between its end and its next start."""
        return self._delay

    def _hang_up(self) -> None:
        if self.control is not None:
            self.control.close()
            self.control = None


class Supervisor:
    """Keeps the children alive until it is told to stop. The second and later ones start when the first is ready."""

    def __init__(
        self,
        children: Sequence[Child],
        listeners: Sequence[socket.socket],
        variables: Mapping[str, str],
        announce: Callable[[], None],
    ) -> None:
        self._children = children
        self._listeners = listeners
        self._variables = variables
        self._announce = announce
        self._announced = False
        self._stop_signals: list[int] = []

    def run(self) -> int:
        """Return the exit status: 0 after a stop, 130 after a second Ctrl-C, 2 if a child cannot be of use, the first
        child's own if it never got ready and no signal killed it.
        """
        with self._signals() as wake:
            self._children[0].due = time.monotonic()
            while not self._stop_signals:
                self._wait(wake, self._next_start())
                status = self._bring_back()
                if status is not None:
                    self._end(wake)
                    return status
            return self._end(wake)

    def _bring_back(self) -> int | None:
        for child in self._children:
            status = child.ended()
            if status is not None:
                if status == _USELESS or (not self._announced and status >= 0):
                    return status or 1
                _say(f"{child.name} {_how(status)}; it is started again in {child.delay:.1f} s.")
            if child.due is not None and child.due <= time.monotonic():
                child.start(self._variables)
        if self._children[0].ready and not self._announced:
            self._announced = True
            self._announce()
            for child in self._children[1:]:
                child.start(self._variables)
        return None

    def _next_start(self) -> float | None:
        due = [child.due for child in self._children if child.due is not None]
        return min(due) if due else None

    def _wait(self, wake: socket.socket, until: float | None) -> None:
        controls = {child.control: child for child in self._children if child.control is not None}
        timeout = None if until is None else max(until - time.monotonic(), 0)
        heard, _, _ = select.select([wake, *controls], [], [], timeout)
        for source in heard:
            if source is wake:
                wake.recv(1024)
            else:
                controls[source].hear()

    def _end(self, wake: socket.socket) -> int:
        # Nobody new is let in; the web process closes its own copies.
        for listener in self._listeners:
            listener.close()
        self._signal(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS + _PATIENCE_SECONDS
        while self._running():
            impatient = self._stop_signals[1:].count(signal.SIGINT) > 0
            if impatient or time.monotonic() > end:
                names = " and ".join(child.name for child in self._running())
                if not impatient:
                    _say(f"{names} did not stop within {STOP_SECONDS} s.")
                self._signal(signal.SIGKILL)
                for child in self._running():
                    assert child.process is not None
                    child.process.wait()
                return _INTERRUPTED if impatient else 0
            self._wait(wake, end)
        return 0

    def _running(self) -> list[Child]:
        return [child for child in self._children if child.process is not None and child.process.poll() is None]

    def _signal(self, number: int) -> None:
        for child in self._running():
            assert child.process is not None
            child.process.send_signal(number)

    @contextmanager
    def _signals(self) -> Iterator[socket.socket]:
        read, write = socket.socketpair()
        write.setblocking(False)
        with read, write:
            signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
            signal.signal(signal.SIGCHLD, lambda *_: None)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                # Under nohup a closed terminal is no reason to stop.
                if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                    signal.signal(number, lambda number, _: self._stop_signals.append(number))
            try:
                yield read
            finally:
                signal.set_wakeup_fd(-1)


def _import_path() -> list[str]:
    # Run from a checkout (`python -m …`), the current directory is on the path and children need it there. Otherwise
    # it is kept off, so that no file lying about can pass for a module.
    here = str(os.path.realpath("."))
    return [] if any(not entry or os.path.realpath(entry) == here for entry in sys.path) else ["-P"]


def _how(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    return f"was killed by {signal.Signals(-status).name}"


def _say(sentence: str) -> None:
    print(f"tixallo: {sentence[0].upper()}{sentence[1:]}", file=sys.stderr, flush=True)
