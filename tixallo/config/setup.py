"""Making Django ready in a process, and a database ready for this version."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

from tixallo.config import tables
from tixallo.config.environment import BadSetting
from tixallo.kit.sql import Statement


def use(overrides: Mapping[str, str] | None = None) -> None:
    """Load the settings, with `overrides` before the environment, and Django with them. Raises `BadSetting`."""
    os.environ.update(overrides or {})
    os.environ["DJANGO_SETTINGS_MODULE"] = "tixallo.config.settings"
    django.setup()


def prepare() -> None:
    """Bring the database to this version's tables and see that it belongs to the secret file.

    Raises `BadSetting` when it belongs to another one.
    """
    with _alone():
        tables.bring_up_to_date()
        check_mark()


def check_mark() -> None:
    """See that the database belongs to the secret file. Raises `BadSetting`."""
    from tixallo.kit.models import Installation

    mark = settings.TIXALLO_SECRETS.mark()
    found, _ = Installation.objects.get_or_create(id=1, defaults={"secret_mark": mark})
    if found.secret_mark == mark:
        return
    path = settings.TIXALLO.secret_file
    if settings.TIXALLO_SECRETS.fresh:
        # A database elsewhere does not show beforehand that it has a secret file already.
        path.unlink()
        raise BadSetting(
            f"The secret file {path} is missing, but there is a database: put back the one it was made with."
        )
    raise BadSetting(f"The secret file {path} is not the one that this database was made with: put that one back.")


@contextmanager
def _alone() -> Iterator[None]:
    # Two processes, or two nodes, that start together must not both migrate.
    if connection.vendor == "postgresql":
        _LOCK.one()
        try:
            yield
        finally:
            _UNLOCK.one()
    else:
        path = Path(settings.TIXALLO.data) / "migrate.lock"
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


_LOCK = Statement("SELECT pg_advisory_lock(hashtext('tixallo migrate'))")
_UNLOCK = Statement("SELECT pg_advisory_unlock(hashtext('tixallo migrate'))")
