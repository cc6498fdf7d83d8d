"""When things happen in a believable month: tickets come in a rhythm of hours and weekdays, answers in office hours.

Times are whole microseconds since the epoch, in UTC.
"""

from bisect import bisect_right
from datetime import datetime, timedelta
from random import Random

from tixallo.kit import clock

DAYS = 30

HOUR = 3_600_000_000
_DAY = 24 * HOUR
_SATURDAY = 5
_OPENS, _CLOSES = 7 * HOUR, 17 * HOUR

# How many tickets come in each hour of a working day, in relation to each other; a weekend has a sixth of them.
_RHYTHM = (2, 1, 1, 1, 2, 5, 12, 28, 46, 55, 52, 44, 38, 47, 50, 46, 36, 24, 16, 12, 10, 8, 6, 4)
_WEEKEND = 1 / 6


class Month:
    """The thirty days before `end`."""

    def __init__(self, end: datetime) -> None:
        self.end = clock.microseconds(end)
        self.start = clock.microseconds(end - timedelta(days=DAYS))
        self._sums = [0.0]
        for hour in range(DAYS * 24):
            self._sums.append(self._sums[-1] + _weight(self.start + hour * HOUR))

    def at(self, share: float) -> int:
        """Return when the given share (0 to 1) of the month's tickets has come; it grows with the share."""
        sought = share * self._sums[-1]
        hour = min(bisect_right(self._sums, sought) - 1, DAYS * 24 - 1)
        before, after = self._sums[hour], self._sums[hour + 1]
        return self.start + int((hour + (sought - before) / (after - before)) * HOUR)


def in_office(moment: int, random: Random) -> int:
    """Return `moment`, or, when the office is closed then, a time in the first hours after it opens again."""
    day, time = divmod(moment, _DAY)
    if time >= _CLOSES or _weekday(day) >= _SATURDAY:
        day += 1
        while _weekday(day) >= _SATURDAY:
            day += 1
    elif time >= _OPENS:
        return moment
    return day * _DAY + _OPENS + int(random.random() ** 2 * 3 * HOUR)


def _weekday(day: int) -> int:
    # The epoch was a Thursday.
    return (day + 3) % 7


def _weight(moment: int) -> float:
    day, time = divmod(moment, _DAY)
    return _RHYTHM[time // HOUR] * (_WEEKEND if _weekday(day) >= _SATURDAY else 1.0)
