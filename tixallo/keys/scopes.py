"""What a key may do. A scope decides whether a route answers, never what it answers."""

from collections.abc import Iterable

from tixallo.kit.errors import Invalid

SCOPES = ("customers:read", "customers:write", "events:read", "tickets:read", "tickets:write")
EVERYTHING = frozenset(SCOPES)


def checked(names: Iterable[str]) -> list[str]:
    """Return the scopes sorted, each once; raises `Invalid` for an unknown one, or none at all."""
    found = sorted(set(names))
    unknown = [name for name in found if name not in EVERYTHING]
    if unknown or not found:
        raise Invalid({"scopes": [f"Must be one or more of {', '.join(SCOPES)}"]})
    return found
