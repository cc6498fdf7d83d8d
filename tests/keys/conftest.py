"""What the tests of counting share: counts and a clock of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tixallo.kit import clock

if TYPE_CHECKING:
    from tixallo.keys.usage import Ledger

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """What the pages read from, for this test alone."""
    # Named here and not at the top, which is read before Django is set up.
    from tixallo.keys import traffic
    from tixallo.keys.usage import Ledger

    made = Ledger()
    monkeypatch.setattr(traffic, "ledger", made)
    return made


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock to be moved: `now[0]` is the time in seconds."""
    moved = [NOON]
    monkeypatch.setattr(clock, "seconds", lambda: moved[0])
    monkeypatch.setattr(clock, "now", lambda: clock.from_seconds(moved[0]))
    return moved
