"""The one-way hash of a key: HMAC-SHA256 under a pepper that lives in the secret file, not in the database.

A key has over 190 random bits, so that no slow hash is needed against guessing; the pepper makes a stolen database
useless even for checking a guess. Peppers are numbered: a new one is for new keys, the old ones stay for theirs.
"""

import hmac
from functools import cache

from django.conf import settings


def current_version() -> int:
    """Return the number of the pepper for new keys: the highest."""
    return max(_peppers())


def digest(signed_part: bytes, version: int) -> str | None:
    """Return the hash, in hex, of all of a key before its checksum; None when its pepper has been taken away."""
    pepper = _peppers().get(version)
    return None if pepper is None else hmac.digest(pepper, signed_part, "sha256").hex()


@cache
def _peppers() -> dict[int, bytes]:
    return {int(version): bytes.fromhex(pepper) for version, pepper in settings.TIXALLO_SECRETS.peppers.items()}
