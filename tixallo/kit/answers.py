"""Kept answers: a read of an unchanged workspace is answered again without asking the database for its content."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

# What an entry costs beside its body, measured roughly: key, tuple, tag and the dictionary's share.
_OVERHEAD = 600


class Kept(NamedTuple):
    """An answer of a route, good while its workspace is at `revision`, for whom its `scope` lets in."""

    revision: int
    body: bytes
    tag: str
    scope: str
    route: str


class Answers:
    """The answers of one process, bounded in bytes; the one not used for the longest time goes first."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._size = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, revision: int) -> Kept | None:
        """Return the answer kept under `key`, if it was made at this revision."""
        kept = self._kept.get(key)
        if kept is None or kept.revision != revision:
            return None
        # Another thread may just have dropped it; the answer itself is as good as before.
        with suppress(KeyError):
            self._kept.move_to_end(key)
        return kept

    def keep(self, key: str, answer: Kept) -> None:
        """Keep an answer, in place of others where there is no room."""
        cost = len(answer.body) + len(key) + _OVERHEAD
        if cost > self._most // 4:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._size -= len(before.body) + len(key) + _OVERHEAD
            self._kept[key] = answer
            self._size += cost
            while self._size > self._most:
                old, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped.body) + len(old) + _OVERHEAD


def tag_of(body: bytes) -> str:
    """Return the entity tag of a body: its hash (RFC 9110, section 8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def matches(header: str, tag: str) -> bool:
    """Tell whether an `If-None-Match` or `If-Match` header names the tag, a weak mark aside."""
    return header.strip() == "*" or any(part.strip().removeprefix("W/") == tag for part in header.split(","))


def is_known(environ: Mapping[str, Any], tag: str) -> bool:
    """Tell whether a request says, in `If-None-Match`, that its client has what the tag names."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    return known is not None and matches(known, tag)


def matches_strongly(header: str, tag: str) -> bool:
    """Tell whether an `If-Match` header names the tag; weak tags never do (RFC 9110, section 13.1.1)."""
    return header.strip() == "*" or any(part.strip() == tag for part in header.split(","))
