"""The cast that the tests play with: the workspaces Acme and Globex, each with an owner, an admin, an agent and a key,
and an outsider who belongs to neither. `acme.get("/tickets")` sends a request with Acme's key to the running server;
each answer is held against the OpenAPI document and the rules for every answer before the test sees it.
"""

import contextlib
import http.client
import itertools
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

import pytest

from tests import openapi
from tests.backstage import Backstage
from tests.openapi import PREFIX, Document, Seen
from tests.servers import Server
from tixallo.keys import ending
from tixallo.keys.making import make_key
from tixallo.keys.models import LARGEST_LIMIT
from tixallo.kit.ids import new_id
from tixallo.workspaces.changes import Actor, Change, Subject, change
from tixallo.workspaces.models import Membership, Person, Role, Workspace
from tixallo.workspaces.opening import open_workspace

COMMAND = Actor("command", "", "tests")

# The server closes an idle connection after fifteen seconds.
_IDLE_SECONDS = 8
_numbers = itertools.count(1)


# ---- What is in the database. These run wherever Django points at it: in a test, or backstage of a server.


class Member(NamedTuple):
    """A person, with what is needed to name and find them."""

    id: str
    name: str
    email: str


class Key(NamedTuple):
    """A key: `text` is what a client sends."""

    id: str
    public_id: str
    text: str


class Troupe(NamedTuple):
    """A workspace with its people and a key that may do everything, a million times a minute."""

    id: str
    slug: str
    name: str
    owner: Member
    admin: Member
    agent: Member
    key: Key


def assemble(name: str = "Acme") -> Troupe:
    """Create a workspace with its people and its key; every one has a slug and addresses of its own."""
    slug = f"{name.lower()}-{secrets.token_hex(4)}"
    workspace = open_workspace(COMMAND, name=name, slug=slug, owner_email=f"owner@{slug}.example")
    owner = Person.objects.get(email_key=f"owner@{slug}.example")
    with change(workspace.id, COMMAND) as opened:
        admin = _join(opened, f"admin@{slug}.example", f"{name} Admin", Role.ADMIN)
        agent = _join(opened, f"agent@{slug}.example", f"{name} Agent", Role.AGENT)
        key = _make(opened, name=f"{name} key", limit=LARGEST_LIMIT)
    return Troupe(workspace.id, slug, name, Member(owner.id, owner.name, owner.email), admin, agent, key)


def add_outsider() -> Member:
    """Create a person who belongs to no workspace."""
    email = f"outsider@{secrets.token_hex(4)}.example"
    person = Person.objects.create(email=email, email_key=email, name="Olivia Outsider")
    return Member(person.id, person.name, person.email)


def add_key(workspace_id: str, **options: Any) -> Key:
    """Make another key of a workspace; the options are those of `make_key`."""
    with change(workspace_id, COMMAND) as opened:
        return _make(opened, **{"name": "Another key", "limit": LARGEST_LIMIT, **options})


def end_key(workspace_id: str, key_id: str, how: str) -> None:
    """Disable, enable or revoke a key."""
    with change(workspace_id, COMMAND) as opened:
        {"disable": ending.disable, "enable": ending.enable, "revoke": ending.revoke}[how](opened, key_id)


def revision(workspace_id: str) -> int:
    """Return how many changes a workspace has seen."""
    return Workspace.objects.get(id=workspace_id).revision


def _join(opened: Change, email: str, name: str, role: Role) -> Member:
    person = Person.objects.create(id=new_id(), email=email, email_key=email, name=name)
    Membership.objects.create(workspace_id=opened.workspace_id, person=person, role=role)
    opened.record("member.added", Subject("person", person.id, email), {"role": role})
    return Member(person.id, name, email)


def _make(opened: Change, **options: Any) -> Key:
    key, text = make_key(opened, **options)
    return Key(key.id, key.public_id, str(text))


# ---- What speaks to a running server.


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body as a value."""
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """What a successful answer is about."""
        assert self.status in {200, 201}, (self.status, self.body)
        return self.json["data"]

    @property
    def field_errors(self) -> dict[str, list[str]]:
        """What a validation error says of each field."""
        assert self.status == 400, (self.status, self.body)
        assert self.json["error"] == "Invalid input", self.body
        found: dict[str, list[str]] = self.json["details"]["fieldErrors"]
        return found

    @property
    def tag(self) -> str:
        """The entity tag."""
        return self.headers["ETag"]


class Client:
    """Requests to one server, over one kept connection for each thread. Every answer is checked."""

    def __init__(self, server: Server, document: Document) -> None:
        self._port = server.port
        self._document = document
        self._local = threading.local()
        self._open: list[http.client.HTTPConnection] = []

    def send(
        self,
        method: str,
        target: str,
        *,
        key: str | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request to a full target, like /api/v1/tickets?limit=5; `key` is taken to be valid."""
        sent = {} if key is None else {"Authorization": f"Bearer {key}"}
        connection = self._connection()
        try:
            with contextlib.suppress(BrokenPipeError):
                # Refused before the body was read: the answer is there all the same.
                connection.request(method, target, body=body, headers={**sent, **(headers or {})})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        if body is not None and answer.status >= 400:
            # Of a body that was left unread the server closes the connection.
            connection.close()
        self._local.used = time.monotonic()
        path = target.partition("?")[0]
        valid = key is not None and "Authorization" not in (headers or {}) and path != openapi.OPEN
        openapi.check(self._document, Seen(method, path, *answer, valid, body))
        return answer

    def close(self) -> None:
        """Close the connections."""
        for connection in self._open:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        found: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
            self._open.append(found)
        elif time.monotonic() - self._local.used > _IDLE_SECONDS:
            found.close()
        return found


class Player:
    """A workspace on a server: its people, and requests with its key, in which `/tickets` means `/api/v1/tickets`."""

    def __init__(self, troupe: Troupe, client: Client, backstage: Backstage) -> None:
        self.troupe = troupe
        self.client = client
        self.backstage = backstage
        self.id, self.slug, self.name, self.owner, self.admin, self.agent, self.key = troupe

    def with_key(self, key: Key) -> "Player":
        """The same workspace by another key."""
        return Player(self.troupe._replace(key=key), self.client, self.backstage)

    def get(self, path: str, *, headers: Mapping[str, str] | None = None, **query: Any) -> Answer:
        return self.request("GET", f"{path}?{urlencode(query)}" if query else path, headers=headers)

    def head(self, path: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("HEAD", path, headers=headers)

    def post(self, path: str, value: Any, *, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("POST", path, json.dumps(value).encode(), headers=headers)

    def patch(self, path: str, value: Any, *, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("PATCH", path, json.dumps(value).encode(), headers=headers)

    def request(
        self, method: str, path: str, body: bytes | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send any request; a body goes as JSON unless the headers say otherwise."""
        declared = {} if body is None else {"Content-Type": "application/json"}
        return self.client.send(
            method, PREFIX + path, key=self.key.text, body=body, headers={**declared, **(headers or {})}
        )

    def ticket(self, **fields: Any) -> Any:
        """Create a ticket and return it; what the fields leave out is made up."""
        number = next(_numbers)
        made_up = {
            "subject": f"Ticket {number}",
            "description": f"Description {number}",
            "customer_email": "carla@customer.example",
        }
        return self.post("/tickets", {**made_up, **fields}).data

    def customer(self, **fields: Any) -> Any:
        """Create a customer and return them."""
        return self.post("/customers", {"email": f"customer-{next(_numbers)}@customer.example", **fields}).data

    def message(self, ticket_id: str, body: str = "Hello", **fields: Any) -> Any:
        """Append a message and return it."""
        return self.post(f"/tickets/{ticket_id}/messages", {"body": body, **fields}).data

    def pages(self, path: str, **query: Any) -> list[Any]:
        """Return what all pages of a list hold."""
        found, more = [], query
        while True:
            answer = self.get(path, **more)
            found += answer.data
            if answer.json["next_cursor"] is None:
                return found
            more = {**query, "cursor": answer.json["next_cursor"]}

    def events(self) -> list[Any]:
        """Return the whole feed."""
        found: list[Any] = []
        while page := self.get("/events", limit=100, **({"after": found[-1]["id"]} if found else {})).data:
            found += page
        return found

    def revision(self) -> int:
        """How many changes the workspace has seen."""
        return self.backstage(revision, self.id)

    def another_key(self, **options: Any) -> "Player":
        """The same workspace by a new key, made with these options."""
        return self.with_key(self.backstage(add_key, self.id, **options))


def next_second() -> None:
    """Wait until the times in answers, which count seconds, are later ones."""
    time.sleep(1.01 - time.time() % 1)


class NewPlayer(Protocol):
    """What the fixture `new_player` gives."""

    def __call__(self, name: str = "Acme", *, on: Server | None = None) -> Player: ...


class _Stage:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.backstage = Backstage(server)
        self.client = Client(server, _document(server))

    def assemble(self, name: str) -> Player:
        return Player(self.backstage(assemble, name), self.client, self.backstage)

    def close(self) -> None:
        self.client.close()
        self.backstage.close()


def _document(server: Server) -> Document:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    # Where plain http is refused, the document is another server's of the same version.
    connection.request("GET", f"{PREFIX}/openapi.json", headers={"X-Forwarded-Proto": "https"})
    response = connection.getresponse()
    text = response.read()
    connection.close()
    if response.status == 200:
        return Document(text)
    from tixallo.api.openapi import document

    return Document(json.dumps(document()).encode())


@pytest.fixture(scope="session")
def stage(server: Server) -> Iterator[_Stage]:
    """What the cast on the shared server stands on."""
    made = _Stage(server)
    yield made
    made.close()


@pytest.fixture(scope="session")
def backstage(stage: _Stage) -> Backstage:
    """Runs functions on the shared server's data: `backstage(function, …)`."""
    return stage.backstage


@pytest.fixture
def client(stage: _Stage) -> Client:
    """Requests to the shared server without a key, or with any: `client.send("GET", "/healthz")`."""
    return stage.client


@pytest.fixture
def acme(stage: _Stage) -> Player:
    """Acme, new for each test."""
    return stage.assemble("Acme")


@pytest.fixture
def globex(stage: _Stage) -> Player:
    """Globex, new for each test."""
    return stage.assemble("Globex")


@pytest.fixture(scope="module")
def shared_acme(stage: _Stage) -> Player:
    """Acme, shared by the tests of a module, which only read or do not mind each other."""
    return stage.assemble("Acme")


@pytest.fixture(scope="session")
def outsider(backstage: Backstage) -> Member:
    """A person without a workspace on the shared server."""
    return backstage(add_outsider)


@pytest.fixture
def new_player(stage: _Stage) -> Iterator[NewPlayer]:
    """Workspaces made by the test: `new_player("Globex", on=new_server(…))`; without `on`, on the shared server."""
    stages: dict[int, _Stage] = {stage.server.port: stage}

    def make(name: str = "Acme", *, on: Server | None = None) -> Player:
        server = on or stage.server
        if server.port not in stages:
            stages[server.port] = _Stage(server)
        return stages[server.port].assemble(name)

    yield make
    for made in stages.values():
        if made is not stage:
            made.close()
