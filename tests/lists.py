"""Reading lists of what an API answers."""

from collections.abc import Iterable
from typing import Any


def ids(found: Iterable[Any]) -> list[str]:
    """Return the ids of objects, in their order."""
    return [each["id"] for each in found]


def types(events: Iterable[Any]) -> list[str]:
    """Return the types of events, in their order."""
    return [each["event_type"] for each in events]
