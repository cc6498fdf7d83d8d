"""Secrets that must be read back: sealed under a key that the secret file gives, so that a database alone is no use.

AES-256-GCM (NIST SP 800-38D) with a random nonce; the purpose is bound to the text, so that none passes for another.
"""

import base64
import hmac
import os
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class Unreadable(Exception):
    """What was to be unsealed was sealed for another purpose or under another secret file, or has been changed."""


def seal(text: str, purpose: str) -> str:
    """Return a text that only `unseal` with the same purpose can read."""
    nonce = os.urandom(_NONCE_BYTES)
    return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), purpose.encode())).decode()


def unseal(sealed: str, purpose: str) -> str:
    """Return what was sealed. Raises `Unreadable`."""
    from cryptography.exceptions import InvalidTag

    try:
        raw = base64.b64decode(sealed, validate=True)
        return _cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error


@cache
def _cipher() -> "AESGCM":
    # Some megabytes of memory that most processes never need.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hmac.digest(bytes.fromhex(settings.TIXALLO_SECRETS.django), b"tixallo sealing 1", "sha256"))
