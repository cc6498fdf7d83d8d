"""Identifiers made as if at another time."""

import os

_AT_ONCE = 2_000
_DIGITS = 19
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


class Identifiers:
    """A source of UUIDs of version 7 (RFC 9562, section 5.7) for given times; randomness is fetched in bulk."""

    def __init__(self) -> None:
        self._random = ""
        self._next = 0

    def at(self, moment: int) -> str:
        """Return a fresh one for a time in microseconds since the epoch."""
        if self._next >= len(self._random):
            self._random, self._next = os.urandom(_AT_ONCE * _DIGITS // 2).hex(), 0
        random = self._random[self._next : self._next + _DIGITS]
        self._next += _DIGITS
        time = f"{moment // 1_000:012x}"
        return f"{time[:8]}-{time[8:]}-7{random[:3]}-{_VARIANT[random[3]]}{random[4:7]}-{random[7:]}"
