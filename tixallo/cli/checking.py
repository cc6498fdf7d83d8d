"""`tixallo check`: whether this deployment is sound, one line a point, and status 1 if any is not."""

import argparse
import os
import shutil
import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tixallo.cli.words import with_data
from tixallo.config import environment
from tixallo.config.environment import BadSetting, Environment

_LEAST_SQLITE = (3, 35, 0)
_LEAST_ROOM_MIB = 100


class Point(NamedTuple):
    """One thing looked at: `wrong` is empty, or says what to do; a warning does not make the deployment unsound."""

    what: str
    wrong: str = ""
    warning: bool = False


def add(commands: Any) -> None:
    """Declare the word."""
    with_data(commands.add_parser("check", help="say whether this deployment is sound")).set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    settings = environment.load(os.environ, data=arguments.data)
    sound = True
    for look in (_names, _files, _network, _certificate, _database):
        for point in look(settings):
            sound = sound and (point.warning or not point.wrong)
            mark = ("warn " if point.warning else "WRONG") if point.wrong else "ok   "
            print(f"{mark} {point.what}{': ' + point.wrong if point.wrong else ''}")
    return 0 if sound else 1


def _names(settings: Environment) -> Iterator[Point]:
    unknown = environment.unknown(os.environ)
    yield Point("settings", f"{', '.join(unknown)}: no such setting" if unknown else "", warning=True)


def _files(settings: Environment) -> Iterator[Point]:
    yield _data_directory(settings)
    if settings.data.is_dir():
        yield room(shutil.disk_usage(settings.data).free)
    yield _secret_file(settings)


def _data_directory(settings: Environment) -> Point:
    try:
        is_open = settings.data.stat().st_mode & 0o077
        return Point("data directory", "is open to other users of this machine" if is_open else "")
    except OSError as error:
        return Point("data directory", _unusable(error))


def room(free: int) -> Point:
    """Return whether so many bytes of the data directory's disk are enough to go on with."""
    left = free // 1024**2
    full = f"its disk has only {left} MiB left; when it is full, every change is refused"
    return Point("room in the data directory", full if left < _LEAST_ROOM_MIB else "")


def _secret_file(settings: Environment) -> Point:
    from tixallo.config import secret_file

    try:
        # One that is missing may be missing with reason: there may be no database yet.
        settings.secret_file.stat()
        secret_file.read_or_create(settings.secret_file, may_create=False)
    except OSError as error:
        return Point("secret file", _unusable(error))
    except BadSetting as error:
        return Point("secret file", str(error))
    return Point("secret file")


def _unusable(error: OSError) -> str:
    return f"cannot be used ({(error.strerror or str(error)).lower()})"


def _network(settings: Environment) -> Iterator[Point]:
    origin = urlsplit(settings.origin)
    is_local = origin.hostname in {"localhost", "127.0.0.1", "::1"}
    insecure = "keys travel in clear over http: put https in TIXALLO_ORIGIN" if origin.scheme == "http" else ""
    yield Point(f"origin {settings.origin}", "" if is_local else insecure, warning=True)
    behind = origin.scheme == "https" and not settings.tls and not settings.trusted_proxies
    yield Point(
        "transport",
        "https is promised, but there is neither a certificate here nor a trusted proxy: every request gets 403"
        if behind
        else "",
    )


def _certificate(settings: Environment) -> Iterator[Point]:
    if settings.tls:
        from tixallo.config import certificates

        try:
            certificates.check(settings)
            yield Point("certificate")
        except BadSetting as error:
            yield Point("certificate", str(error))


def _database(settings: Environment) -> Iterator[Point]:
    if not settings.database_url:
        old = sqlite3.sqlite_version_info < _LEAST_SQLITE
        yield Point(f"SQLite {sqlite3.sqlite_version}", "is too old: 3.35 or newer is needed" if old else "")
    if not settings.data.is_dir() or _secret_file(settings).wrong:
        # Already said; and to go on would make what is missing.
        return
    if not settings.database_url and not (settings.data / environment.SQLITE_FILE).is_file():
        yield Point("database", "is made by the first start", warning=True)
        return
    from tixallo.config import setup

    try:
        setup.use({"TIXALLO_DATA": str(settings.data)})
    except BadSetting as error:
        yield Point("data directory", str(error))
        return
    from django.db import Error, connection
    from django.db.migrations.loader import MigrationLoader

    from tixallo.config import tables
    from tixallo.kit.models import Due

    try:
        loader = MigrationLoader(connection)
        waiting, newer = tables.waiting(loader), tables.too_new(loader)
        yield Point(f"database ({connection.vendor})")
        if newer:
            yield Point("tables", f"were changed by a newer version ({newer[0]}): install that one")
            return
        yield Point("tables", f"{len(waiting)} migrations wait for the next start" if waiting else "", warning=True)
        if waiting:
            return
        setup.check_mark()
        yield Point("secret file and database belong together")
        dead = Due.objects.filter(dead_at__isnull=False).count()
        yield Point("work of the worker", f"{dead} given up: see tixallo due list --dead" if dead else "", warning=True)
    except Error as error:
        yield Point("database", f"does not answer ({str(error).strip().splitlines()[0]})")
    except BadSetting as error:
        yield Point("secret file and database", str(error))
