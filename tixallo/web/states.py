"""The icon and the word of every status and priority: colour never says it alone."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class State(NamedTuple):
    """What stands for one value."""

    icon: str
    word: str | Promise


_STATUSES = {
    "new": State("circle-dashed", pgettext_lazy("status", "New")),
    "open": State("contrast", pgettext_lazy("status", "Open")),
    "pending": State("circle-pause", pgettext_lazy("status", "Pending")),
    "resolved": State("circle-check", pgettext_lazy("status", "Resolved")),
    "closed": State("archive", pgettext_lazy("status", "Closed")),
    "merged": State("merge", pgettext_lazy("status", "Merged")),
    "spam": State("shield", pgettext_lazy("status", "Spam")),
    "deleted": State("trash-2", pgettext_lazy("status", "Deleted")),
}
_PRIORITIES = {
    "low": State("arrow-down", pgettext_lazy("priority", "Low")),
    "medium": State("minus", pgettext_lazy("priority", "Medium")),
    "high": State("arrow-up", pgettext_lazy("priority", "High")),
    "urgent": State("chevrons-up", pgettext_lazy("priority", "Urgent")),
}


def status(name: str) -> State:
    """Return what stands for a status; KeyError for an unknown one."""
    return _STATUSES[name]


def priority(name: str) -> State:
    """Return what stands for a priority; KeyError for an unknown one."""
    return _PRIORITIES[name]
