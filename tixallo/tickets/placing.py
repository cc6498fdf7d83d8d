"""Where a ticket stands in the inbox: the columns of its row that follow from its status, its messages and the time.

`queue` orders the heaps in which customers wait: first who waits, the longest first, then the others by their latest
activity. One number, so that one index serves it.
"""

from datetime import datetime

from tixallo.kit.clock import microseconds
from tixallo.tickets.models import HEAPS

# Beyond every time that a ticket can wait since.
_AFTER_WAITING = 1 << 62

LONGEST_WORDS = 160

_HEAP_OF = {status: heap for heap, statuses in HEAPS.items() for status in statuses}


def heap(status: str) -> str:
    """Return the heap of a listed ticket with the status."""
    return _HEAP_OF[status]


def queue(waiting_since: datetime | None, active_at: datetime) -> int:
    """Return the place in the queue of a ticket whose latest activity was at `active_at`."""
    if waiting_since is not None:
        return microseconds(waiting_since)
    return _AFTER_WAITING - microseconds(active_at)


def first_words(text: str) -> str:
    """Return the beginning of a message on one line, for a row of the list; quoted lines are passed over."""
    lines = (line.strip() for line in text.splitlines())
    said = " ".join(line for line in lines if line and not line.startswith(">"))
    return said if len(said) <= LONGEST_WORDS else said[: LONGEST_WORDS - 1] + "…"
