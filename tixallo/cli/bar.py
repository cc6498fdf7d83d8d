"""A progress bar on standard error: redrawn in place on a terminal, a plain line now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import TextIO

PLAIN_SECONDS = 10.0
_TERMINAL_SECONDS = 0.2
_WIDTH = 28
# Also clears what a longer line may have left.
_CLEAR = "\x1b[K"


class Bar:
    """Shows how far a long command is, how fast it goes and how long it will still take."""

    def __init__(self, what: str, stream: TextIO | None = None, *, quiet_seconds: float = 0) -> None:
        """Count in `what`, like “tickets”. Elsewhere than on a terminal nothing is said in the first `quiet_seconds`,
        nor at the end of a command that was done by then.
        """
        self._what = what
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._pause = _TERMINAL_SECONDS if self._terminal else PLAIN_SECONDS
        self._quiet = 0.0 if self._terminal else quiet_seconds
        self._began = time.monotonic()
        self._last: float | None = None
        self._first = 0
        self._drawn = False

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._drawn:
            print(file=self._stream)

    def show(self, done: int, total: int) -> None:
        """Say that `done` of `total` are done; draws only when it is time to."""
        now = time.monotonic()
        if self._last is None:
            if now - self._began < self._quiet:
                return
            self._first, self._began = done, now
        elif done < total and now - self._last < self._pause:
            return
        self._last = now
        rate = (done - self._first) / (now - self._began) if now > self._began else 0.0
        text = f"{done:,} of {total:,} {self._what}{_speed(rate, total - done)}"
        if self._terminal:
            filled = _WIDTH * done // total if total else _WIDTH
            print(f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {text}{_CLEAR}", end="", file=self._stream, flush=True)
            self._drawn = True
        else:
            print(text, file=self._stream, flush=True)

    def clear(self) -> None:
        """Make room for a line of the command's own; the bar is drawn again below it."""
        if self._drawn:
            print(f"\r{_CLEAR}", end="", file=self._stream, flush=True)
            self._drawn = False


def _speed(rate: float, left: int) -> str:
    if rate <= 0:
        return ""
    return f", {rate:,.0f} a second" + (f", {_time(left / rate)} left" if left else "")


def _time(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
