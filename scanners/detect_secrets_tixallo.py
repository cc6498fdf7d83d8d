"""A plugin by which detect-secrets finds Tixallo API keys: `detect-secrets scan -p detect_secrets_tixallo.py`.

It needs detect-secrets alone, so that this one file can be copied to where it is used.
"""

import re
from zlib import crc32

from detect_secrets.constants import VerifiedResult
from detect_secrets.plugins.base import RegexBasedDetector

ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"


class TixalloDetector(RegexBasedDetector):
    """Finds keys wherever they stand: no variable name, quote or boundary has to be near."""

    secret_type = "Tixallo API Key"  # noqa: S105 - what it is called

    denylist = (re.compile(rf"tix(?:devel|stg|prod)_[{ALPHABET}]{{12}}_[{ALPHABET}]{{34}}_[{ALPHABET}]{{6}}"),)

    def verify(self, secret: str) -> VerifiedResult:
        """Refuse what only looks like a key, by its checksum; whether a key still opens anything is not asked."""
        signed_part, checksum = secret.rsplit("_", 1)
        number = 0
        for digit in checksum:
            number = number * len(ALPHABET) + ALPHABET.index(digit)
        if number == crc32(signed_part.encode("ascii")):
            return VerifiedResult.UNVERIFIED
        return VerifiedResult.VERIFIED_FALSE
