"""The floors: bare WSGI functions that read the same rows, or write the same rows, and do nothing else.

No key, no limit, no routing, no checks: sqlite3, dictionaries and orjson, served by the same server in one thread.
"""

import fcntl
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from bench.rows import EVENT, FIELDS, READ, SEARCH, TICKET, WORKSPACE

_WORKSPACE = os.environ.get("BENCH_WORKSPACE", "")
_CUSTOMER = os.environ.get("BENCH_CUSTOMER", "")
_INBOX = os.environ.get("BENCH_INBOX", "")
_JSON = [("content-type", "application/json")]


def prepare() -> None:
    """There is nothing to prepare; the server asks for it."""


def reading(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with the newest 20 tickets of the workspace."""
    rows = _database().execute(READ, (_WORKSPACE,)).fetchall()
    body = orjson.dumps({"data": [_ticket(row) for row in rows]})
    start_response("200 OK", _JSON)
    return [body]


def writing(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Insert a ticket, its document in the index and its event, in one durable transaction under the same lock."""
    sent = orjson.loads(environ["wsgi.input"].read())
    subject, description = sent["subject"], sent["description"]
    database, lock = _database(), _lock()
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        now = time.strftime("%Y-%m-%d %H:%M:%S.000000", time.gmtime())
        run = database.execute
        run("BEGIN IMMEDIATE")
        revision, number = run(WORKSPACE, (_hex(32), _hex(32), _WORKSPACE)).fetchone()
        ticket = _id()
        document = f"ws{_WORKSPACE.replace('-', '')} {subject} {description} {sent['customer_email']}".lower()
        search = run(SEARCH, (document,)).lastrowid
        fields = (number, subject, description, "new", "medium", "api")
        listed = (now, "open", time.time_ns() // 1000, "", "The text of a sample ticket", "customer", now)
        run(TICKET, (ticket, _WORKSPACE, *fields, _CUSTOMER, _INBOX, "[]", search, now, now, *listed))
        payload = orjson.dumps(
            {"ticket_id": ticket, "ticket_number": number, "subject": subject, "status": "new", "priority": "medium"}
            | {"source": "api", "customer_id": _CUSTOMER}
        ).decode()
        chain = (_hex(16), _hex(32), _hex(32), now)
        who = ("key", _CUSTOMER, "Benchmark", "127.0.0.1", "ticket", ticket, f"#{number} {subject}")
        run(EVENT, (_id(), _WORKSPACE, revision, 0, "ticket.created", True, *who, payload, *chain))
        run("COMMIT")
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)
    start_response("201 Created", _JSON)
    row = (ticket, *fields, now, now, None, _CUSTOMER, _INBOX, None, None, "[]")
    return [orjson.dumps({"data": _ticket(row)})]


def _ticket(row: tuple[Any, ...]) -> dict[str, Any]:
    found = dict(zip(FIELDS, row, strict=True))
    assignee, name = found.pop("assignee_id"), found.pop("assignee_name")
    found["assignee"] = None if assignee is None else {"id": assignee, "name": name}
    found["tags"] = orjson.loads(found["tags"])
    return found


def _id() -> str:
    digits = secrets.token_hex(16)
    return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def _hex(count: int) -> str:
    return secrets.token_hex(count)


@cache
def _database() -> sqlite3.Connection:
    database = sqlite3.connect(Path(os.environ["TIXALLO_DATA"]) / "tixallo.sqlite3", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY")
    database.execute("PRAGMA foreign_keys=ON")
    return database


@cache
def _lock() -> int:
    return os.open(Path(os.environ["TIXALLO_DATA"]) / "write.lock", os.O_RDWR | os.O_CREAT, 0o600)
