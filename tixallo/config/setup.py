"""Making Django ready in a process, and a database ready for this version."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import django
from django.conf import settings
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection

from tixallo.config import environment, holding, tables
from tixallo.config.environment import BadSetting, OutOfReach

# No connection, no space, no turn; and a file that is no database.
_UNUSABLE: Final = {OperationalError, InterfaceError, DatabaseError}
# SQLSTATE insufficient_privilege, as for a role that may not make tables.
_NOT_ALLOWED: Final = "42501"


def use(overrides: Mapping[str, str] | None = None) -> None:
    """Load the settings, with `overrides` before the environment, and Django with them. Raises `BadSetting`."""
    os.environ.update(overrides or {})
    os.environ["DJANGO_SETTINGS_MODULE"] = "tixallo.config.settings"
    try:
        django.setup()
    except OSError as error:
        raise _unusable(error) from error


def prepare() -> None:
    """Bring the database to this version's tables, see that it belongs to the secret file, and hold it: its tables stay
    as they are for as long as this process lives.

    Raises `BadSetting` when it belongs to another file, or its tables cannot be brought to this version, and
    `OutOfReach` when it cannot be used.
    """
    with reaching(), holding.alone():
        tables.bring_up_to_date()
        check_mark()
        _remember_peppers()
        holding.use()


@contextmanager
def reaching() -> Iterator[None]:
    """Do as `answering`, and raise `BadSetting` when it is the data directory that cannot be used."""
    try:
        with answering():
            yield
    except OSError as error:
        raise _unusable(error) from error


@contextmanager
def answering() -> Iterator[None]:
    """Turn what the database says when it cannot be used into `OutOfReach`."""
    try:
        yield
    except Error as error:
        # A database that is there and refuses a statement has met a fault of ours, which is shown as it is; without a
        # connection it was not even asked, as when its URL has an option that there is not.
        asked = connection.connection is not None
        if asked and type(error) not in _UNUSABLE and getattr(error.__cause__, "sqlstate", "") != _NOT_ALLOWED:
            raise
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise OutOfReach(f"The database cannot be used ({why}).") from error


def _unusable(error: OSError) -> BadSetting:
    data = environment.load(os.environ).data
    return BadSetting(f"The data directory {data} cannot be used: {(error.strerror or str(error)).lower()}.")


def check_mark() -> None:
    """See that the database belongs to the secret file, and that the file has the peppers that keys were made with.

    Raises `BadSetting`.
    """
    from tixallo.kit.models import Installation

    mark = settings.TIXALLO_SECRETS.mark()
    found, _ = Installation.objects.get_or_create(id=1, defaults={"secret_mark": mark})
    path = settings.TIXALLO.secret_file
    if found.secret_mark == mark:
        _check_peppers()
        return
    if settings.TIXALLO_SECRETS.fresh:
        # A database elsewhere does not show beforehand that it has a secret file already.
        path.unlink()
        raise BadSetting(
            f"The secret file {path} is missing, but there is a database: put back the one it was made with."
        )
    raise BadSetting(f"The secret file {path} is not the one that this database was made with: put that one back.")


def _check_peppers() -> None:
    from tixallo.keys.models import ApiKey

    marks, known = settings.TIXALLO_SECRETS.pepper_marks(), _known_peppers()
    if known == marks:
        return
    # unscoped: the secret file is that of all workspaces
    keys = ApiKey.objects.filter(revoked_at=None)
    # A pepper under which no key is hashed any more may go, or be another one.
    for number in sorted(set(keys.values_list("pepper_version", flat=True))):
        if number not in marks:
            raise BadSetting(_pepper(number, "is missing, but keys were made with it: put it back"))
        if marks[number] != known.get(number, marks[number]):
            raise BadSetting(_pepper(number, "is not the one that keys were made with: put that one back"))


def _remember_peppers() -> None:
    from tixallo.kit.models import Installation

    known = _known_peppers()
    for number, mark in settings.TIXALLO_SECRETS.pepper_marks().items():
        if known.get(number) != mark:
            Installation.objects.update_or_create(id=Installation.PEPPERS + number, defaults={"secret_mark": mark})


def _known_peppers() -> dict[int, str]:
    from tixallo.kit.models import Installation

    rows = Installation.objects.filter(id__gte=Installation.PEPPERS).values_list("id", "secret_mark")
    return {number - Installation.PEPPERS: mark for number, mark in rows}


def _pepper(number: int, wrong: str) -> str:
    path = settings.TIXALLO.secret_file
    return f"Pepper {number} in the secret file {path} {wrong}."
