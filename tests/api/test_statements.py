"""How many statements the hot routes cost: one more is a decision, not an accident.

SQLite says what it runs, down to what Django does not see; the statements are the same on PostgreSQL.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from wsgiref.util import setup_testing_defaults

import orjson
import pytest
from django.db import connection

from tests.cast import Troupe, assemble
from tixallo.api import app

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("config.getoption('--database') != 'sqlite'", reason="SQLite tells what it runs"),
]

# Of a change: begin, take the revision, write the seal, commit (of a repetition: begin, take, look it up, roll back).
_CHANGE = 4
_KEY = 1


class Counted:
    """The API in this process: what it answers, and the statements that it ran for that."""

    def __init__(self, troupe: Troupe) -> None:
        self._api = app.make()
        self._troupe = troupe
        self.statements: list[str] = []

    def __call__(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> bytes:
        text = b"" if body is None else orjson.dumps(body)
        path, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": f"/api/v1{path}",
            "QUERY_STRING": query,
            "HTTP_AUTHORIZATION": f"Bearer {self._troupe.key.text}",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(text)),
            "wsgi.input": io.BytesIO(text),
            **(headers or {}),
        }
        setup_testing_defaults(environ)
        self.statements.clear()
        seen: list[str] = []
        answer = b"".join(self._api(environ, lambda status, fields: seen.append(status)))
        assert seen[0][:2] in {"20", "30"}, (seen, answer)
        return answer

    def note(self, statement: str) -> None:
        # What a virtual table runs inside comes as a comment.
        if not statement.startswith("--"):
            self.statements.append(statement)


@pytest.fixture
def api() -> Iterator[Counted]:
    counted = Counted(assemble("Acme"))
    connection.ensure_connection()
    connection.connection.set_trace_callback(counted.note)
    yield counted
    connection.connection.set_trace_callback(None)


TICKET = {"subject": "Printer", "description": "It is on fire", "customer_email": "carla@customer.example"}


def ticket(api: Counted) -> str:
    found: str = orjson.loads(api("POST", "/tickets", TICKET))["data"]["id"]
    return found


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/tickets", 1),
        ("/tickets?limit=50&status=new&priority=medium&customer_email=carla@customer.example&tag=x", 1),
        ("/tickets?q=printer", 2),
        ("/tickets?updated_since=2026-01-01T00:00:00Z", 2),
        ("/tickets/{id}", 1),
        ("/tickets/{id}/messages", 2),
        ("/customers", 1),
        ("/companies", 1),
        ("/events", 1),
        ("/key", 1),
    ],
)
def test_a_read_costs_the_key_and_what_it_shows(api: Counted, path: str, count: int) -> None:
    made = ticket(api)
    api("GET", path.format(id=made))
    assert len(api.statements) == _KEY + count, api.statements


@pytest.mark.parametrize("path", ["/tickets", "/tickets?limit=5", "/tickets/{id}", "/customers", "/companies"])
def test_a_kept_answer_costs_the_key_alone(api: Counted, path: str) -> None:
    made = ticket(api)
    first = api("GET", path.format(id=made))
    assert api("GET", path.format(id=made)) == first
    assert len(api.statements) == _KEY, api.statements
    api("POST", "/customers", {"email": "gus@customer.example"})
    api("GET", path.format(id=made))
    assert len(api.statements) == _KEY + 1, api.statements


def test_the_number_of_rows_does_not_matter(api: Counted) -> None:
    for _ in range(12):
        api("POST", f"/tickets/{ticket(api)}/messages", {"body": "Hello"})
    api("GET", "/tickets?limit=12")
    assert len(api.statements) == _KEY + 1


def test_a_refused_key_costs_no_change_and_a_wrong_checksum_nothing(api: Counted) -> None:
    def refused(text: str) -> Callable[[], bytes]:
        return lambda: api("GET", "/tickets", headers={"HTTP_AUTHORIZATION": f"Bearer {text}"})

    for text in ("x", "tixprod_x_y_z"):
        with pytest.raises(AssertionError, match="401"):
            refused(text)()
        assert api.statements == []


@pytest.mark.parametrize(
    ("what", "count"),
    [
        ("first ticket", 10),
        ("ticket", 8),
        ("ticket under a key", 11),
        ("repetition", 0),
        ("message", 6),
        ("answer", 7),
        ("edit", 4),
    ],
)
def test_a_change_costs_so_many(api: Counted, what: str, count: int) -> None:
    keyed = {"HTTP_IDEMPOTENCY_KEY": "k"}
    if what != "first ticket":
        ticket(api)
    made = ticket(api)
    match what:
        case "first ticket":
            api("POST", "/tickets", {**TICKET, "customer_email": "new@customer.example"})
        case "ticket":
            api("POST", "/tickets", TICKET)
        case "ticket under a key":
            api("POST", "/tickets", TICKET, keyed)
        case "repetition":
            api("POST", "/tickets", TICKET, keyed)
            api("POST", "/tickets", TICKET, keyed)
        case "message":
            api("POST", f"/tickets/{made}/messages", {"body": "Hello", "author": "customer"})
        case "answer":
            # One more than what the customer writes to nobody: the worker is to mail it.
            api("POST", f"/tickets/{made}/messages", {"body": "Hello"})
        case "edit":
            api("PATCH", f"/tickets/{made}", {"priority": "low"})
    assert len(api.statements) == _KEY + _CHANGE + count, api.statements
