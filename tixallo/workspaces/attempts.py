"""Attempts at signing in and the like, counted for all processes and beyond a restart: Django's cache, for allauth.

What is counted, and which codes have been used, stands in a table, under a digest, as it names addresses. The lock that
allauth takes around each count stays in the process: two processes that count at the same moment may let one attempt
more through, but who has tried too often from one address writes nothing.
"""

import hashlib
from datetime import timedelta
from typing import Any

import orjson
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache

from tixallo.kit import clock, transactions
from tixallo.workspaces.models import Attempt

_LOCK = ":lock"
_USUAL_SECONDS = 300


class Attempts(LocMemCache):
    """A cache whose values are JSON and in the database; locks alone stay in memory."""

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if str(key).endswith(_LOCK):
            return bool(super().add(key, value, timeout, version))
        with transactions.change():
            Attempt.objects.filter(digest=_digest(key), until__lte=clock.now()).delete()
            _, made = Attempt.objects.get_or_create(digest=_digest(key), defaults=self._kept(value, timeout))
        return made

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        row = Attempt.objects.filter(digest=_digest(key), until__gt=clock.now()).first()
        return default if row is None else orjson.loads(row.value)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        with transactions.change():
            Attempt.objects.update_or_create(digest=_digest(key), defaults=self._kept(value, timeout))

    def delete(self, key: Any, version: int | None = None) -> bool:
        if str(key).endswith(_LOCK):
            return bool(super().delete(key, version))
        with transactions.change():
            return bool(Attempt.objects.filter(digest=_digest(key)).delete()[0])

    def clear(self) -> None:
        super().clear()
        with transactions.change():
            Attempt.objects.all().delete()

    def _kept(self, value: Any, timeout: Any) -> dict[str, Any]:
        seconds = _USUAL_SECONDS if timeout is DEFAULT_TIMEOUT else timeout
        return {"value": orjson.dumps(value).decode(), "until": clock.now() + timedelta(seconds=seconds)}


def _digest(key: Any) -> str:
    return hashlib.sha256(str(key).encode()).hexdigest()
