"""Sessions in the database, found by a digest of what the browser holds: a stolen backup signs nobody in."""

import hashlib
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session

from tixallo.kit import clock, transactions

_OLD_KEY_LASTS = timedelta(seconds=30)


class SessionStore(db.SessionStore):
    """Django's own store, but for the digest, and for the turn that writers take."""

    def save(self, must_create: bool = False) -> None:
        with transactions.change():
            super().save(must_create)

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            with transactions.change():
                self._rows().filter(session_key=_digest(key)).delete()

    def renew(self) -> None:
        """Give the session another key; the old one opens what is in it for some seconds, for requests on their way."""
        data, old = dict(self.items()), self.session_key
        self.create()
        self.update(data)
        if old is not None:
            until = clock.now() + _OLD_KEY_LASTS
            left = self.encode({**data, "_session_expiry": until.isoformat()})
            with transactions.change():
                self._rows().filter(session_key=_digest(old)).update(expire_date=until, session_data=left)

    def exists(self, session_key: str) -> bool:
        return bool(self._rows().filter(session_key=_digest(session_key)).exists())

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = _digest(row.session_key)
        return row

    def _get_session_from_db(self) -> Session | None:
        if self.session_key is None:
            return None
        rows = self._rows().filter(session_key=_digest(self.session_key), expire_date__gt=clock.now())
        found: Session | None = rows.first()
        if found is None:
            self._session_key = None
        return found

    def _rows(self) -> Any:
        # unscoped: a session belongs to a person, not to a workspace
        return Session.objects


def _digest(key: str) -> str:
    # The column takes 40 characters, which are 160 bits here.
    return hashlib.sha256(key.encode()).hexdigest()[:40]
