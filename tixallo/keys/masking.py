"""Keeping keys out of what is written down: whatever looks like one, whole or broken, is cut to its prefix."""

import logging
import re

from tixallo.keys.token import PREFIXES

# As it stands and as a URL encodes it, with whatever is glued to it.
_LIKE_A_KEY = re.compile(rf"({'|'.join(PREFIXES.values())})(?:_|%5F)[^\s\"'<>,;)\]}}]*", re.ASCII | re.IGNORECASE)


def masked(text: str) -> str:
    """Return a text without the keys in it."""
    return _LIKE_A_KEY.sub(r"\1_…", text)


class MaskingFormatter(logging.Formatter):
    """Formats log lines, tracebacks included, with every key masked."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
