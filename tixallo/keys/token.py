"""The text of a key: how one is generated, recognised and hinted at in a list.

It knows no database and compares no secrets: whether a key is real is for `authenticate` to say.
"""

import re
import secrets
from typing import NamedTuple
from zlib import crc32

PREFIXES = {"development": "tixdevel", "staging": "tixstg", "production": "tixprod"}

# Digits and consonants. Without vowels no word appears by chance: scanners take a value with a word
# in it for a placeholder, and nobody is handed a key that swears. Nor is O read as 0, nor I as 1.
ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"

PUBLIC_ID_LENGTH = 12
SECRET_LENGTH = 34
CHECKSUM_LENGTH = 6
HINT_ID_LENGTH = 6
HINT_CHECKSUM_LENGTH = 4


class Token(NamedTuple):
    """A well-formed key in its parts. `str()` is the key in clear; `repr()` only hints at it."""

    environment: str
    public_id: str
    secret: str
    checksum: str

    @property
    def signed_part(self) -> bytes:
        """Everything before the checksum: what the checksum is taken over, and what is stored hashed."""
        return _join(self.environment, self.public_id, self.secret).encode("ascii")

    @property
    def last_four(self) -> str:
        """The end of the checksum: the only part of a key beside its public id that a list may show."""
        return self.checksum[-HINT_CHECKSUM_LENGTH:]

    def __str__(self) -> str:
        return f"{_join(self.environment, self.public_id, self.secret)}_{self.checksum}"

    def __repr__(self) -> str:
        # A traceback, a debugger and a failed assertion print this one.
        return f"<Token {hint(self.environment, self.public_id, self.last_four)}>"


def generate(environment: str) -> Token:
    """Return a new key for one of the `PREFIXES`, drawn from the operating system's generator.

    Every key that holds no `_WORD` is as likely as any other. Raises KeyError for another environment.
    """
    while True:
        public_id, secret = _draw(PUBLIC_ID_LENGTH), _draw(SECRET_LENGTH)
        token = Token(environment, public_id, secret, _checksum(_join(environment, public_id, secret)))
        if not _WORD.search(str(token)):
            return token


def parse(text: str) -> Token | None:
    """Return the parts of a key, or None for whatever is not exactly of its form, checksum included.

    Any text may be given; it never raises. Whether the key exists is not asked here.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    signed_part, prefix, public_id, secret, checksum = match.groups()
    # No need for constant time: both sides are known to whoever sent the text.
    if _checksum(signed_part) != checksum:
        return None
    return Token(_ENVIRONMENTS[prefix], public_id, secret, checksum)


def hint(environment: str, public_id: str, last_four: str) -> str:
    """Return what a list shows of a key, as `tixprod_8fK2xQ…c9Qd`: enough to tell it from others."""
    return f"{PREFIXES[environment]}_{public_id[:HINT_ID_LENGTH]}…{last_four}"


def _join(environment: str, public_id: str, secret: str) -> str:
    return f"{PREFIXES[environment]}_{public_id}_{secret}"


def _draw(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _checksum(signed_part: str) -> str:
    """Return the CRC-32 (ISO-HDLC, as in zlib) of an ASCII text as six digits of `ALPHABET`."""
    high, low = divmod(crc32(signed_part.encode("ascii")), _PAIR_COUNT)
    high, middle = divmod(high, _PAIR_COUNT)
    return _PAIRS[high] + _PAIRS[middle] + _PAIRS[low]


# Two digits at a time: this runs on every request.
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_PAIR_COUNT = len(_PAIRS)

_ENVIRONMENTS = {prefix: environment for environment, prefix in PREFIXES.items()}

_FORM = re.compile(
    f"(({'|'.join(_ENVIRONMENTS)})"
    f"_([{ALPHABET}]{{{PUBLIC_ID_LENGTH}}})"
    f"_([{ALPHABET}]{{{SECRET_LENGTH}}}))"
    f"_([{ALPHABET}]{{{CHECKSUM_LENGTH}}})"
)

# The words without vowels among those by which the generic rule of gitleaks and betterleaks knows a
# placeholder: one key in a hundred would hold one and be passed over. Redrawing costs 0.02 bits.
_WORD = re.compile(
    "0{6}|x{6}|html|http|md5|mqtt|mysql|smtp|sync|vpn|xmpp"
    # detect-secrets takes what follows these for a token of GitHub, and reports that part alone.
    "|gh[prs]_"
    "|(?:cms|crm|csv|dns|dsl|ftp|gwt|mvc|nlp|pdf|php|png|rdf|rpc|rpg|rvm|sbt|scs|sdk|sdl|sql|ssh"
    "|stm|svg|svn|tcp|tdd|try|why|www|xml|zsh)_",
    re.IGNORECASE,
)
