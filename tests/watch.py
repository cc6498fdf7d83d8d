"""A clock that stands still in this process for a test, and that the test moves."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tixallo.keys.usage import ledger
from tixallo.kit import clock


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = clock.now()

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    def move(self, by: timedelta) -> None:
        self.at += by


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The clock of this process, stopped for a test; what was noted meanwhile is written before it goes on."""
    stopped = Clock()
    monkeypatch.setattr(clock, "now", stopped.now)
    monkeypatch.setattr(clock, "seconds", stopped.seconds)
    yield stopped
    ledger.flush()
