"""The secret file: the peppers of keys, the key of the log's chain and Django's. It is not in the database."""

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from tixallo.config.environment import BadSetting

_BYTES = 32


@dataclass(frozen=True)
class Secrets:
    """What the secret file holds; all values are hex. `fresh` says that this process has just made it."""

    peppers: dict[str, str]
    audit: str
    django: str
    fresh: bool = False

    def mark(self) -> str:
        """Return what a database keeps of its secret file, to know it again: a hash that gives nothing away."""
        return hashlib.sha256(f"tixallo mark {self.audit}".encode()).hexdigest()


def read_or_create(path: Path, *, may_create: bool) -> Secrets:
    """Return the secrets in the file, which is made if it is missing and `may_create`.

    Raises `BadSetting` for a file that is missing, unreadable or open to others.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise BadSetting(f"The secret file {path} is open to others: run 'chmod 600 {path}'.")
        found = json.loads(path.read_text())
        return Secrets(found["peppers"], found["audit"], found["django"])
    except FileNotFoundError:
        if not may_create:
            raise BadSetting(
                f"The secret file {path} is missing, but there is a database: put back the file that belongs to it."
            ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise BadSetting(f"The secret file {path} cannot be read: {why}.") from error
    return _create(path)


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
