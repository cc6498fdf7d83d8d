"""Identifiers: UUIDs of version 7 as 36 lower-case characters, and the model field that stores them.

SQLite keeps the text, so that a query can put it into JSON as it stands; PostgreSQL keeps its `uuid`.
"""

import os
import re
import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_FORM = re.compile(ID_PATTERN, re.ASCII)


# Django's fields take type parameters in their stubs alone.
if TYPE_CHECKING:
    _StrField = models.Field[str, str]
else:
    _StrField = models.Field


def new_id() -> str:
    """Return a fresh UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, 74 random bits."""
    random = int.from_bytes(os.urandom(10), "big")
    value = (time.time_ns() // 1_000_000) << 80 | random
    value = value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def is_id(text: str) -> bool:
    """Tell whether `text` is an id in the only spelling that we give out: hyphenated, lower case."""
    return _FORM.fullmatch(text) is not None


class IdField(_StrField):
    """A UUID that is a `str` in Python: `varchar(36)` on SQLite, `uuid` on PostgreSQL."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "uuid" if connection.vendor == "postgresql" else "varchar(36)"

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str:
        return self.db_type(connection)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> str | None:
        return None if value is None else str(value)

    def to_python(self, value: Any) -> str | None:
        return str(value) if isinstance(value, UUID) else value

    def get_internal_type(self) -> str:
        return "IdField"
