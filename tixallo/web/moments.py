"""How a moment is said to a person: roughly (“3 h ago”) and exactly, in the zone that is active."""

from datetime import date, datetime
from html import escape

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from tixallo.kit import clock, kept

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
# From here on the date says more than a count of days.
_RELATIVE_DAYS = 60


def relative(moment: datetime) -> str:
    """Say how long ago or ahead a moment is, or its date when that is further than sixty days."""
    seconds = int((clock.now() - moment).total_seconds())
    if abs(seconds) >= _RELATIVE_DAYS * _DAY:
        # Translators: a date, in Django's letters: 24 Nov 2026
        return date_format(timezone.localtime(moment), gettext("j M Y"))
    return _ago(seconds) if seconds >= 0 else _ahead(-seconds)


def exact(moment: datetime) -> str:
    """Say a moment to the second, with the offset of the active zone: `24 Nov 2026, 09:12:04 UTC+1`."""
    return _exact(timezone.localtime(moment))


def machine(moment: datetime) -> str:
    """Write a moment for scripts."""
    return clock.rfc3339(moment)


class Teller:
    """Says many moments as of now, in the language and the zone that are active when it is made."""

    def __init__(self) -> None:
        self._now = clock.now()
        self._zone = timezone.get_current_timezone()
        self._rough: dict[int, str] = {}
        self._days: dict[date, str] = {}

    def when(self, moment: datetime, more: str = "") -> str:
        """Return a moment as markup: roughly, with the exact time on hover; `more` are further attributes."""
        local = moment.astimezone(self._zone)
        day = self._days.get(local.date())
        if day is None:
            day = self._days[local.date()] = escape(_day(local.date()))
        return (
            f'<time class="when" datetime="{machine(moment)}" title="{_at(day, local)}"{more}>'
            f"{self._roughly(moment)}</time>"
        )

    def _roughly(self, moment: datetime) -> str:
        seconds = int((self._now - moment).total_seconds())
        size = abs(seconds)
        if size >= _RELATIVE_DAYS * _DAY:
            return escape(relative(moment))
        # What is said alike within a minute, an hour or a day is said once.
        unit = 1 if size < _MINUTE else _MINUTE if size < _HOUR else _HOUR if size < _DAY else _DAY
        step = seconds // unit * unit if seconds >= 0 else -(size // unit * unit)
        if step not in self._rough:
            self._rough[step] = escape(_ago(step) if seconds >= 0 else _ahead(-step))
        return self._rough[step]


def _exact(local: datetime) -> str:
    return _at(_day(local.date()), local)


def _at(day: str, local: datetime) -> str:
    return f"{day.format(local.hour, local.minute, local.second)} {_offset(local)}"


@kept.by_language(1_000)
def _day(day: date) -> str:
    """Return a day with places for the hour, the minute and the second."""
    # Translators: a date and a time of day, in Django's letters: 24 Nov 2026, 09:12:04
    form = gettext("j M Y, H:i:s")
    said = date_format(day, form.replace("H", "{0}").replace("i", "{1}").replace("s", "{2}"))
    return said.replace("}", ":02}")


def _ago(seconds: int) -> str:
    if seconds < _MINUTE:
        # Nothing is 0 s old for those who read it.
        return gettext("%(count)s s ago") % {"count": max(seconds, 1)}
    if seconds < _HOUR:
        return gettext("%(count)s min ago") % {"count": seconds // _MINUTE}
    if seconds < _DAY:
        return gettext("%(count)s h ago") % {"count": seconds // _HOUR}
    days = seconds // _DAY
    return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}


def _ahead(seconds: int) -> str:
    if seconds < _MINUTE:
        return gettext("in %(count)s s") % {"count": seconds}
    if seconds < _HOUR:
        return gettext("in %(count)s min") % {"count": seconds // _MINUTE}
    if seconds < _DAY:
        return gettext("in %(count)s h") % {"count": seconds // _HOUR}
    days = seconds // _DAY
    return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}


def _offset(local: datetime) -> str:
    minutes = int((local.utcoffset() or local - local).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    sign = "+" if minutes > 0 else "\N{MINUS SIGN}"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
