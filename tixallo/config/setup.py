"""Making Django ready in a process, and a database ready for this version."""

import os
from collections.abc import Mapping

import django
from django.conf import settings

from tixallo.config import holding, tables
from tixallo.config.environment import BadSetting


def use(overrides: Mapping[str, str] | None = None) -> None:
    """Load the settings, with `overrides` before the environment, and Django with them. Raises `BadSetting`."""
    os.environ.update(overrides or {})
    os.environ["DJANGO_SETTINGS_MODULE"] = "tixallo.config.settings"
    django.setup()


def prepare() -> None:
    """Bring the database to this version's tables, see that it belongs to the secret file, and hold it: its tables stay
    as they are for as long as this process lives.

    Raises `BadSetting` when it belongs to another file, or its tables cannot be brought to this version.
    """
    with holding.alone():
        tables.bring_up_to_date()
        check_mark()
        holding.use()


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
