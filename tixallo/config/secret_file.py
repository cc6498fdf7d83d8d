"""The secret file: the peppers of keys, the key of the log's chain and Django's. It is not in the database."""

import hashlib
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tixallo.config.environment import BadSetting

_BYTES: Final = 32
# Peppers are told apart by numbers, each written in one way only.
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Secrets:
    """What the secret file holds; all values are hex. `fresh` says that this process has just made it."""

    peppers: dict[str, str]
    audit: str
    django: str
    fresh: bool = False

    def mark(self) -> str:
        """Return what a database keeps of its secret file, to know it again: a hash that gives nothing away."""
        return _hash(f"tixallo mark {self.audit}")

    def pepper_marks(self) -> dict[int, str]:
        """Return the same of each pepper, by its number."""
        return {
            int(number): _hash(f"tixallo pepper mark {number} {bytes.fromhex(pepper).hex()}")
            for number, pepper in self.peppers.items()
        }


def read_or_create(path: Path, *, may_create: bool) -> Secrets:
    """Return the secrets in the file, which is made if it is missing and `may_create`.

    Raises `BadSetting` for a file that is missing, unreadable, open to others or not as it was made.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise BadSetting(f"The secret file {path} is open to others: run 'chmod 600 {path}'.")
        found = json.loads(path.read_text())
    except FileNotFoundError:
        if not may_create:
            raise BadSetting(
                f"The secret file {path} is missing, but there is a database: put back the file that belongs to it."
            ) from None
        return _create(path)
    except (OSError, ValueError, RecursionError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise BadSetting(f"The secret file {path} cannot be read: {why}.") from error
    if wrong := _wrong(found):
        raise BadSetting(f"The secret file {path} cannot be used: {wrong}.")
    return Secrets(found["peppers"], found["audit"], found["django"])


def _wrong(found: Any) -> str:
    if not isinstance(found, dict) or not {"peppers", "audit", "django"} <= found.keys():
        return "it must hold peppers, audit and django"
    peppers = found["peppers"]
    if not isinstance(peppers, dict) or not peppers or not all(map(_NUMBER.fullmatch, peppers)):
        return "peppers must be one or more, each under a number"
    # An empty or a short one would be a secret that can be guessed.
    if any(_size(each) < _BYTES for each in (*peppers.values(), found["audit"])):
        return f"each of the peppers, and audit, must be {_BYTES} bytes in hex"
    return "" if _size(found["django"]) else "django must be bytes in hex"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _size(value: Any) -> int:
    try:
        return len(bytes.fromhex(value))
    except (TypeError, ValueError):
        return 0


def _create(path: Path) -> Secrets:
    made = Secrets({"1": secrets.token_hex(_BYTES)}, secrets.token_hex(_BYTES), secrets.token_hex(_BYTES), fresh=True)
    text = json.dumps({"peppers": made.peppers, "audit": made.audit, "django": made.django}, indent=1) + "\n"
    # A name of its own, as one that was left by a process that died may lie about.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # Unlike a rename, a link never replaces what another process has just made.
        os.link(draft, path)
    except FileExistsError:
        return read_or_create(path, may_create=False)
    except OSError as error:
        raise BadSetting(f"The secret file {path} cannot be made: {(error.strerror or str(error)).lower()}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return made
