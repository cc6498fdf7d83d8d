"""What the pages of a rotation show: both keys' traffic over time, their callers, and how it stands."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from tixallo.keys import closing, moving, traffic, unlocking
from tixallo.keys.models import Rotation
from tixallo.keys.moving import Caller
from tixallo.keys.traffic import Step
from tixallo.keys.unlocking import Standing
from tixallo.kit import clock

QUIET_WORDS: dict[int, str | Promise] = {
    1: gettext_lazy("1 hour"),
    24: gettext_lazy("24 hours"),
    72: gettext_lazy("3 days"),
    168: gettext_lazy("7 days"),
    720: gettext_lazy("30 days"),
}
_WIDTH, _HEIGHT = 600, 120


class Moment(NamedTuple):
    """A step of the chart: how many requests came with the old key, how many of them were refused, and with the new."""

    at: datetime
    old: int
    refused: int
    new: int


class Shown(NamedTuple):
    """All that the pages show. `hours` is the length of a step; the paths are those of an SVG of 600 by 120. `used_at`
    and `new_at` are the last uses of the two keys, however long ago.
    """

    callers: list[Caller]
    more: int
    standing: Standing
    moments: list[Moment]
    hours: int
    old_path: str
    new_path: str
    most: int
    used_at: datetime | None
    new_at: datetime | None
    pause: timedelta | None
    knocking: list[traffic.Caller]
    tag: str

    @property
    def old_at(self) -> datetime | None:
        """When the last request with the old key came, refused or not; of old times only its last use is known."""
        return max(filter(None, (self.standing.asked_at, self.used_at)), default=None)

    @property
    def pause_said(self) -> str:
        """The longest pause in words, in whole days, hours or minutes."""
        minutes = 0 if self.pause is None else int(self.pause.total_seconds()) // 60
        if minutes >= 48 * 60:
            return ngettext("%(count)s day", "%(count)s days", minutes // 1440) % {"count": minutes // 1440}
        if minutes >= 60:
            return ngettext("%(count)s hour", "%(count)s hours", minutes // 60) % {"count": minutes // 60}
        if minutes < 1:
            return gettext("less than a minute")
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}

    @property
    def old_count(self) -> int:
        """How many requests with the old key the chart shows."""
        return sum(moment.old for moment in self.moments)

    @property
    def refused_count(self) -> int:
        """How many of them were refused."""
        return sum(moment.refused for moment in self.moments)

    @property
    def new_count(self) -> int:
        """How many requests with the new key the chart shows."""
        return sum(moment.new for moment in self.moments)


def gather(rotation: Rotation) -> Shown:
    """Return what the pages of an open rotation show now; `tag` changes whenever any of it does."""
    now = clock.now()
    callers = moving.callers(rotation)
    standing = unlocking.judge(rotation, callers, now)
    # A day by the hour, and from the second day on a week.
    span, hours = (24, 1) if now - rotation.started_at < timedelta(days=1) else (168, 6)
    old, new = (
        traffic.series(rotation.workspace_id, key_id, hours=span, step=hours)
        for key_id in (rotation.old_key_id, rotation.new_key_id)
    )
    moments = _moments(old, new)
    most = max([1, *(max(moment.old, moment.new) for moment in moments)])
    knocking = _knocking(rotation)
    habits = traffic.habits(rotation.workspace_id, [rotation.old_key_id, rotation.new_key_id])
    old_habit, new_habit = habits.get(rotation.old_key_id), habits.get(rotation.new_key_id)
    old_key, new_key = rotation.old_key, rotation.new_key
    states = old_key.state(), new_key.state(), old_key.disabled_at
    seen = (callers, standing, moments, old_habit, knocking, rotation.quiet_hours, states)
    return Shown(
        _first(callers),
        max(len(callers) - traffic.CALLERS_SHOWN, 0),
        standing,
        moments,
        hours,
        _path([moment.old for moment in moments], most),
        _path([moment.new for moment in moments], most),
        most,
        old_habit and old_habit.last.at,
        new_habit and new_habit.last.at,
        old_habit and old_habit.pause,
        knocking,
        f'"{hashlib.sha256(repr(seen).encode()).hexdigest()[:32]}"',
    )


def context(rotation: Rotation, shown: Shown | None = None) -> dict[str, Any]:
    """Return what the templates of an open rotation need."""
    return {
        "rotation": rotation,
        "key": rotation.old_key,
        "name": rotation.old_name,
        "shown": shown or gather(rotation),
        "can_go_back": closing.can_go_back(rotation),
        "quiet_words": QUIET_WORDS,
        "quiet_word": QUIET_WORDS[rotation.quiet_hours],
    }


def _first(callers: Sequence[Caller]) -> list[Caller]:
    """Return those to show, in their order: while there are more, rather those that must move or be ticked off."""
    chosen = sorted(callers, key=lambda caller: not caller.waits)[: traffic.CALLERS_SHOWN]
    return [caller for caller in callers if caller in chosen]


def _moments(old: Sequence[Step], new: Sequence[Step]) -> list[Moment]:
    # Between two readings an hour may have ended.
    news = {step.at: step.passed for step in new}
    refused = [sum(step.refused.values()) for step in old]
    return [
        Moment(step.at, step.passed + count, count, news.get(step.at, 0))
        for step, count in zip(old, refused, strict=True)
    ]


def _path(counts: Sequence[int], most: int) -> str:
    width = _WIDTH / max(len(counts) - 1, 1)
    # A pixel or two of room above and below, so that a line at the edge is as thick as any other.
    room = _HEIGHT - 4
    points = (f"{number * width:.1f} {2 + room - count * room / most:.1f}" for number, count in enumerate(counts))
    return "M" + "L".join(points)


def _knocking(rotation: Rotation) -> list[traffic.Caller]:
    """Return who was refused with the old key since it was disabled, or has expired."""
    old = rotation.old_key
    ends = old.disabled_at, old.expires_at if old.state() == "expired" else None
    since = min(filter(None, ends), default=None)
    if since is None:
        return []
    found = traffic.callers(rotation.workspace_id, rotation.old_key_id)
    everyone = [*found.shown, *([found.others] if found.others else [])]
    return [caller for caller in everyone if caller.refused_at is not None and caller.refused_at >= since]
