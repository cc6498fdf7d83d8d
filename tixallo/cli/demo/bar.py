"""A progress bar on standard error: redrawn in place on a terminal, a plain line now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import TextIO

_TERMINAL_SECONDS = 0.2
_PLAIN_SECONDS = 10.0
_WIDTH = 28


class Bar:
    """Shows how far a long command is, how fast it goes and how long it will still take."""

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        """Count in `what`, like “tickets”."""
        self._what = what
        self._stream = stream or sys.stderr
        self._drawn = self._stream.isatty()
        self._began = self._last = time.monotonic()
        self._first: int | None = None

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._drawn and self._first is not None:
            print(file=self._stream)

    def show(self, done: int, total: int) -> None:
        """Say that `done` of `total` are done; draws only when it is time to."""
        now = time.monotonic()
        if self._first is None:
            self._first, self._began = done, now
        elif done < total and now - self._last < (_TERMINAL_SECONDS if self._drawn else _PLAIN_SECONDS):
            return
        self._last = now
        rate = (done - self._first) / (now - self._began) if now > self._began else 0.0
        text = f"{done:,} of {total:,} {self._what}{_speed(rate, total - done)}"
        if self._drawn:
            filled = _WIDTH * done // total
            # Clears what a longer line may have left.
            print(f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {text}\x1b[K", end="", file=self._stream, flush=True)
        else:
            print(text, file=self._stream, flush=True)


def _speed(rate: float, left: int) -> str:
    if rate <= 0:
        return ""
    return f", {rate:,.0f} a second" + (f", {_time(left / rate)} left" if left else "")


def _time(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
