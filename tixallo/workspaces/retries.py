"""Safe retries: a POST repeated under the same `Idempotency-Key` gets its first answer and does nothing again.

The record is written in the transaction of the change itself, so that both are there or neither is. A twin that comes
meanwhile waits for the workspace's turn, finds the record and replays it.
The header is that of draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from django.db import OperationalError

from tixallo.kit import clock, due, sql, transactions
from tixallo.kit.errors import Conflict, InProgress, Invalid, KeyReused, WaitedTooLong
from tixallo.kit.ids import new_id
from tixallo.kit.sql import Statement
from tixallo.workspaces.changes import Actor, Change, change, lock

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255
# Of the clashes this alone passes by itself, and is not kept.
IN_PROGRESS = "A request with this Idempotency-Key is in progress"
_AT_ONCE = 1000

Answer = tuple[int, bytes]
Make = Callable[[Change], Answer]

_KEY = re.compile(rf"[!#-+\--~]{{1,{LONGEST_KEY}}}", re.ASCII)


def read_key(header: str) -> str:
    """Return the key in a header, with or without the quotes of a structured field, as the hash that is stored.

    Raises `Invalid` unless it is 1 to 255 visible ASCII characters without quotes and commas (two headers arrive
    joined by a comma).
    """
    text = header.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if not _KEY.fullmatch(text):
        raise Invalid(
            form_errors=[
                f"Idempotency-Key must be 1 to {LONGEST_KEY} visible ASCII characters, without quotes and commas"
            ]
        )
    # Only for equality, so that whatever a client has put there is not kept.
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(method: str, path: str, body: bytes) -> str:
    """Return what makes a request the same one as an earlier one."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


def once(workspace_id: str, actor: Actor, key: str, request: str, make: Make) -> Answer:
    """Carry out `make` in a change and keep its answer, or return the kept answer of the same request.

    `request` is its fingerprint. Raises `KeyReused` when the key was used for another request, and `InProgress` when
    the workspace was held for too long and another request with the key is under way in this process.
    """
    with _under_way.noted((workspace_id, key)) as twins:
        try:
            return _once(workspace_id, actor, key, request, make)
        except WaitedTooLong as error:
            if twins():
                raise InProgress(IN_PROGRESS) from error
            raise
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") == "55P03" and twins():  # lock_not_available
                raise InProgress(IN_PROGRESS) from error
            raise


class _UnderWay:
    """The requests that are being carried out by this process, by workspace and key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def noted(self, name: tuple[str, str]) -> Iterator[Callable[[], bool]]:
        """Note one for as long as it takes; what is given tells whether there is another one of this name."""
        with self._lock:
            self._count[name] += 1
        try:
            yield lambda: self._count[name] > 1
        finally:
            with self._lock:
                self._count[name] -= 1
                if not self._count[name]:
                    del self._count[name]


_under_way = _UnderWay()


def _once(workspace_id: str, actor: Actor, key: str, request: str, make: Make) -> Answer:
    try:
        with change(workspace_id, actor) as opened:
            _stop_if_kept(workspace_id, key, request)
            status, body = make(opened)
            _keep(workspace_id, key, request, status, body)
            return status, body
    except _Kept as kept:
        return kept.answer
    except Conflict as conflict:
        body = b'{"error":"%s"}' % str(conflict).encode()
        return _keep_clash(workspace_id, key, request, (409, body))


@due.kind("retries.forget", every=timedelta(minutes=5))
def forget_old(_key: str = "") -> None:
    """Delete the answers kept longer than 24 hours, a thousand at a time."""
    transactions.change_in_parts(partial(_FORGET.run, sql.moment(clock.now() - KEPT_FOR)), _AT_ONCE)


class _Kept(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__("kept")
        self.answer = answer


def _stop_if_kept(workspace_id: str, key: str, request: str) -> None:
    row = _FIND.one(workspace_id, key, sql.moment(clock.now() - KEPT_FOR))
    if row is None:
        return
    if row[0] != request:
        raise KeyReused
    raise _Kept((row[1], row[2].encode()))


def _keep_clash(workspace_id: str, key: str, request: str, answer: Answer) -> Answer:
    # The clash undid its transaction; its answer is kept under the same lock, unless a twin was quicker.
    try:
        with transactions.change():
            lock(workspace_id)
            _stop_if_kept(workspace_id, key, request)
            _keep(workspace_id, key, request, *answer)
            return answer
    except _Kept as kept:
        return kept.answer


def _keep(workspace_id: str, key: str, request: str, status: int, body: bytes) -> None:
    # A row past its time may still wait to be swept.
    _REPLACE.run(workspace_id, key)
    _KEEP.run(new_id(), workspace_id, key, request, status, body.decode(), sql.moment(clock.now()))


_FIND = Statement(
    "SELECT fingerprint, status, body FROM workspaces_keptanswer WHERE workspace_id = ? AND key = ? AND created_at > ?"
)
_REPLACE = Statement("DELETE FROM workspaces_keptanswer WHERE workspace_id = ? AND key = ?")
_KEEP = Statement(
    "INSERT INTO workspaces_keptanswer (id, workspace_id, key, fingerprint, status, body, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
# unscoped: kept answers end by their age in every workspace alike
_FORGET = Statement(
    "DELETE FROM workspaces_keptanswer WHERE id IN "
    "(SELECT id FROM workspaces_keptanswer WHERE created_at <= ? ORDER BY created_at LIMIT ?)"
)
