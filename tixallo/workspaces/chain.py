"""The chain of a workspace's log: digests, links and the seal, all under the secret file.

A link is an HMAC, so that whoever can write to the database, but has not the secret file, cannot recompute the chain;
the seal on the workspace covers the last link and the revision, so that a cut-off tail shows as well.
"""

import hashlib
import hmac
from datetime import datetime
from functools import cache

from django.conf import settings

from tixallo.kit import clock

_SEPARATOR = "\x1f"


def digest(salt: str, texts: tuple[str, ...]) -> str:
    """Return the salted SHA-256, in hex, of the texts of an event that can name people."""
    return hashlib.sha256(_joined(salt, *texts)).hexdigest()


def link(
    previous: str, event_id: str, place: tuple[str, int, int], kind: tuple[str, bool], at: datetime, of_texts: str
) -> str:
    """Return the link of an event to the one before it.

    `place` is workspace, revision and position; `kind` the type, and whether it leaves through the feed.
    """
    name, public = kind
    fixed = (*map(str, place), name, "public" if public else "internal", str(clock.microseconds(at)))
    return _mac(_joined(previous, event_id, *fixed, of_texts))


def seal(workspace_id: str, revision: int, last_link: str) -> str:
    """Return the seal of a log that ends with `last_link` at `revision`."""
    return _mac(_joined("head", workspace_id, str(revision), last_link))


def _joined(*texts: str) -> bytes:
    # Each text carries its length, so that no two lists of texts look the same.
    return _SEPARATOR.join(f"{len(text)}:{text}" for text in texts).encode()


def _mac(message: bytes) -> str:
    return hmac.digest(_key(), message, "sha256").hex()


@cache
def _key() -> bytes:
    return bytes.fromhex(settings.TIXALLO_SECRETS.audit)
