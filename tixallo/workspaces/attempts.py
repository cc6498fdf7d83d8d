"""Attempts at signing in and the like, counted for all processes and beyond a restart: Django's cache, for allauth.

What is counted, and which codes have been used, stands in a table, under a digest, as it names addresses. The lock that
allauth takes around each count stays in the process, so that who has tried too often from one address writes nothing.
Where several processes count the same at one moment, each attempt is counted all the same; each process may let one
more through than there should be.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, Never

import orjson
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache

from tixallo.kit import clock, transactions
from tixallo.workspaces.models import Attempt

_LOCK = ":lock"
_FOR_EVER = datetime.max.replace(tzinfo=UTC)


class Attempts(BaseCache):
    """A cache whose values are JSON and in the database; locks alone stay in memory.

    Of lists of times, what was put in and taken out since they were read is done to what is stored meanwhile. It does
    not count by itself (`incr`, `decr`), nor prolong (`touch`): whoever tries gets `NotImplementedError`.
    """

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._locks = LocMemCache(name, params)
        # Django makes one cache for each thread: what it has read last, as it was stored.
        self._read = ("", "")

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if _is_lock(key):
            return bool(self._locks.add(key, value, timeout, version))
        digest = self._digest(key, version)
        with transactions.change():
            Attempt.objects.filter(digest=digest, until__lte=clock.now()).delete()
            _, made = Attempt.objects.get_or_create(digest=digest, defaults=self._kept(value, timeout))
        return made

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        digest = self._digest(key, version)
        row = Attempt.objects.filter(digest=digest, until__gt=clock.now()).first()
        self._read = digest, "[]" if row is None else row.value
        return default if row is None else orjson.loads(row.value)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        digest, kept = self._digest(key, version), self._kept(value, timeout)
        read, self._read = self._read, ("", "")
        with transactions.change():
            row, made = Attempt.objects.select_for_update().get_or_create(digest=digest, defaults=kept)
            if not made:
                if read[0] == digest and row.until > clock.now():
                    kept["value"] = _merged(read[1], row.value, kept["value"])
                row.value, row.until = kept["value"], kept["until"]
                row.save(update_fields=["value", "until"])

    def delete(self, key: Any, version: int | None = None) -> bool:
        if _is_lock(key):
            return bool(self._locks.delete(key, version))
        with transactions.change():
            return bool(Attempt.objects.filter(digest=self._digest(key, version)).delete()[0])

    def clear(self) -> None:
        self._locks.clear()
        with transactions.change():
            Attempt.objects.all().delete()

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> Never:
        raise NotImplementedError("Attempts are lists of times, and not to be counted up")

    def _kept(self, value: Any, timeout: Any) -> dict[str, Any]:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        until = _FOR_EVER if seconds is None else clock.now() + timedelta(seconds=seconds)
        return {"value": orjson.dumps(value).decode(), "until": until}

    def _digest(self, key: Any, version: int | None) -> str:
        return hashlib.sha256(self.make_key(key, version).encode()).hexdigest()


def _is_lock(key: Any) -> bool:
    return str(key).endswith(_LOCK)


def _merged(read: str, stored: str, value: str) -> str:
    """Return what is to be stored by who makes `value` of `read`, when it is `stored` by now."""
    before, now, after = (orjson.loads(each) for each in (read, stored, value))
    if now == before or not all(isinstance(each, list) for each in (before, now, after)):
        return value
    gone = [each for each in before if each not in after]
    kept = [each for each in now if each not in gone]
    # The latest first, as allauth has them.
    return orjson.dumps(sorted([*kept, *(each for each in after if each not in before)], reverse=True)).decode()
