"""What a key's own page shows of its use: a chart of the chosen time, its numbers, the refusals, the callers."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from tixallo.keys import charts, states, traffic
from tixallo.keys.traffic import Step


class Period(NamedTuple):
    """A stretch of time that the page can show, and the hours of a bar of its chart."""

    name: str
    word: str | Promise
    hours: int
    step: int


class Refused(NamedTuple):
    """How many requests were refused for a reason, and what they were answered."""

    word: str | Promise
    status: str
    number: int


class Usage(NamedTuple):
    """What came with a key in a period; the paths are those of an SVG that is 4 wide for each step and 60 high."""

    period: Period
    steps: Sequence[Step]
    passed: int
    refused: Sequence[Refused]
    most: int
    bars: str
    bad_bars: str

    @property
    def width(self) -> int:
        """The width of the chart."""
        return len(self.steps) * 4

    @property
    def refused_count(self) -> int:
        """How many requests were refused."""
        return sum(each.number for each in self.refused)


PERIODS = (
    Period("24h", pgettext_lazy("period", "24 hours"), 24, 1),
    Period("7d", pgettext_lazy("period", "7 days"), 7 * 24, 6),
    Period("90d", pgettext_lazy("period", "90 days"), 90 * 24, 24),
)
_HEIGHT = 60


def period_of(name: str) -> Period:
    """Return the period of a name; the first one for a name that is none."""
    return next((period for period in PERIODS if period.name == name), PERIODS[0])


def usage(workspace_id: str, key_id: str, period: Period) -> Usage:
    """Return what came with a key."""
    steps = traffic.series(workspace_id, key_id, hours=period.hours, step=period.step)
    totals = [step.passed + sum(step.refused.values()) for step in steps]
    refused = [
        Refused(word, states.STATUSES[reason], number)
        for reason, word in states.REFUSALS.items()
        if (number := sum(step.refused.get(reason, 0) for step in steps))
    ]
    most = max(totals)
    return Usage(
        period,
        steps,
        sum(step.passed for step in steps),
        refused,
        most,
        charts.bars(totals, _HEIGHT, most),
        charts.bars([sum(step.refused.values()) for step in steps], _HEIGHT, most),
    )
