"""How a moment is said to a person: roughly (“3 h ago”) and exactly, in the zone that is active."""

from datetime import datetime, tzinfo

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
    return _exact(moment.replace(microsecond=0), timezone.get_current_timezone())


@kept.by_language(5_000)
def _exact(moment: datetime, zone: tzinfo) -> str:
    local = timezone.localtime(moment, zone)
    # Translators: a date and a time of day, in Django's letters: 24 Nov 2026, 09:12:04
    form = gettext("j M Y, H:i:s")
    return f"{date_format(local, form)} {_offset(local)}"


def machine(moment: datetime) -> str:
    """Write a moment for scripts."""
    return clock.rfc3339(moment)


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
