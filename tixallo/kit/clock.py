"""The one place that asks what time it is, and the one that writes a time down."""

import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def now() -> datetime:
    """Return the current time in UTC, with microseconds."""
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """Return `moment` as the API writes times: UTC, whole seconds, `Z` (RFC 3339, section 5.6)."""
    return moment.astimezone(UTC).isoformat("T", "seconds")[: -len("+00:00")] + "Z"


def microseconds(moment: datetime) -> int:
    """Return the whole microseconds from the epoch to `moment`."""
    return (moment - EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Return the UTC time `count` microseconds after the epoch.

    Raises `OverflowError` where the calendar ends (before year 1 or after year 9999).
    """
    return EPOCH + timedelta(microseconds=count)


def seconds() -> float:
    """Return the current time in seconds since the epoch: cheaper than `now`, for the request path."""
    return time.time()


def from_seconds(count: float) -> datetime:
    """Return the UTC time `count` seconds after the epoch."""
    return datetime.fromtimestamp(count, UTC)
