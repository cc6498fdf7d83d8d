"""Every route against every key that must not open it, and against the ids of another workspace.

Made from the route table: a route, or an id in a query or body, that this module has no example for fails it.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
import pytest
from pydantic import BaseModel

from tests.api.refused import Refused, refused_keys
from tests.api.wire import Answer, exchange, request
from tests.cast import NewPlayer, Player
from tests.servers import Server
from tixallo.api.routes import ANY_KEY, PREFIX, ROUTES, Route, checked
from tixallo.keys.scopes import SCOPES
from tixallo.kit.ids import new_id
from tixallo.kit.requests import MOST_BODY_BYTES
from tixallo.tickets import api as tickets
from tixallo.workspaces.operations import Reading, Writing

# What an operation answers well: its body, if it takes one. `{unique}` is another word each time, `{ticket}` a ticket.
BODIES: dict[str, dict[str, Any]] = {
    "POST /tickets": {"subject": "Help", "description": "It broke", "customer_email": "{unique}@customer.example"},
    "PATCH /tickets/{id}": {"priority": "high", "subject": "{unique}"},
    "POST /tickets/{id}/merge": {"into": "{ticket}"},
    "POST /tickets/{id}/messages": {"body": "Hello"},
    "POST /customers": {"email": "{unique}@customer.example"},
    "PATCH /customers/{id}": {"name": "{unique}"},
    "POST /companies": {"name": "Initech", "domains": ["{unique}.example"]},
    "PATCH /companies/{id}": {"name": "{unique}"},
}
# What the id in a path is of, by the segment before it, and an id in a query or body, by its name.
KINDS = {
    "tickets": "ticket",
    "customers": "customer",
    "companies": "company",
    "customer_id": "customer",
    "company_id": "company",
    "assignee_id": "person",
    "into": "ticket",
    "after": "event",
}


class Case(NamedTuple):
    """One method of one route."""

    method: str
    route: str
    scope: str
    operation: Any

    @property
    def name(self) -> str:
        return f"{self.method.replace('HEAD', 'GET')} {self.route}"


def _cases() -> Iterator[Case]:
    for route in ROUTES:
        for method, (scope, operation) in route.methods.items():
            yield Case(method, route.path, scope, operation)
            if method == "GET":
                yield Case("HEAD", route.path, scope, operation)


CASES = list(_cases())
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.route}")


class Things(NamedTuple):
    """The id of one thing of each kind in a workspace."""

    ticket: str
    customer: str
    company: str
    person: str
    event: str


def things_of(company: Player) -> Things:
    ticket = company.ticket()
    firm = company.post("/companies", {"name": "Hooli"}).data
    return Things(ticket["id"], ticket["customer_id"], firm["id"], company.agent.id, company.events()[-1]["id"])


def unknown_things() -> Things:
    return Things(*(new_id() for _ in Things._fields))


@pytest.fixture(scope="module")
def refused(shared_acme: Player) -> Refused:
    return refused_keys(shared_acme)


@pytest.fixture(scope="module")
def own(shared_acme: Player) -> Things:
    return things_of(shared_acme)


@pytest.fixture(scope="module")
def foreign(stage: Any) -> tuple[Player, Things]:
    company: Player = stage.assemble("Globex")
    return company, things_of(company)


@every_case
def test_a_refused_key_gets_the_same_answer_everywhere(
    case: Case, server: Server, refused: Refused, own: Things, foreign: tuple[Player, Things]
) -> None:
    nowhere = f"{PREFIX}/{new_id()}"
    for cause, header in refused.items():
        reference = _bare(_ask(server, "GET", nowhere, header))
        assert reference[0] == "HTTP/1.1 401 Unauthorized"
        challenge = 'Bearer error="invalid_token"' if refused.is_bearer(cause) else "Bearer"
        assert dict(reference[1])["www-authenticate"] == challenge, cause
        assert dict(reference[1])["content-type"] == "application/json"
        assert reference[2] == b'{"error": "Unauthorized"}'
        if case.method == "HEAD":
            reference = (*reference[:2], b"")
        for things in (own, foreign[1], unknown_things()):
            answer = _ask(server, case.method, PREFIX + _path(case, things), header, _body(case, things))
            assert _bare(answer) == reference, f"{cause}: {answer}"


def test_all_refusals_differ_in_the_challenge_alone(server: Server, refused: Refused) -> None:
    paths = (PREFIX, f"{PREFIX}/", f"{PREFIX}/nothing", f"{PREFIX}/tickets/", f"{PREFIX}//tickets", f"{PREFIX}/%00")
    methods = ("GET", "POST", "DELETE", "OPTIONS", "BREW", "get")
    seen = set()
    for cause, header in refused.items():
        for path in paths:
            for method in methods:
                line, fields, body = _bare(_ask(server, method, path, header))
                seen.add((refused.is_bearer(cause), line, fields, body))
    assert len(seen) == 2
    first, second = sorted(seen)
    assert set(first[2]) ^ set(second[2]) == {
        ("www-authenticate", "Bearer"),
        ("www-authenticate", 'Bearer error="invalid_token"'),
    }
    assert first[3] == second[3]


@every_case
def test_a_key_without_the_scope_is_refused_whatever_it_asks_for(
    case: Case, server: Server, shared_acme: Player, own: Things, foreign: tuple[Player, Things]
) -> None:
    if case.scope == ANY_KEY:
        return
    lacking = shared_acme.another_key(allowed=[scope for scope in SCOPES if scope != case.scope])
    for things in (own, foreign[1], unknown_things()):
        body = _body(case, things)
        for sent in {body, None if body is None else b"{no JSON"}:
            answer = _ask(server, case.method, PREFIX + _path(case, things), _bearer(lacking), sent)
            assert answer.status == 403
            assert answer.body == (b"" if case.method == "HEAD" else b'{"error":"Forbidden"}')
    holding = shared_acme.another_key(allowed=[case.scope])
    path, good = _good_request(case, shared_acme, own)
    answer = _ask(server, case.method, PREFIX + path, _bearer(holding), good)
    assert answer.status == case.operation.about.status, answer


def test_a_route_is_found_before_its_scope_is_asked_for(server: Server, shared_acme: Player) -> None:
    lacking = shared_acme.another_key(allowed=["events:read"])
    assert _ask(server, "GET", f"{PREFIX}/nothing", _bearer(lacking)).status == 404
    assert _ask(server, "DELETE", f"{PREFIX}/tickets", _bearer(lacking)).status == 405
    assert _ask(server, "GET", f"{PREFIX}/key", _bearer(lacking)).status == 200


@every_case
def test_a_foreign_id_in_the_path_looks_like_an_unknown_one(
    case: Case, server: Server, shared_acme: Player, own: Things, foreign: tuple[Player, Things]
) -> None:
    globex, theirs = foreign
    before = globex.revision()
    header = _bearer(shared_acme)
    path, good = _good_request(case, shared_acme, own)
    answer = _ask(server, case.method, PREFIX + path, header, good)
    assert answer.status == case.operation.about.status, f"No example of a good request: {answer}"
    if "{id}" not in case.route:
        return
    for body in (_body(case, own), None if _body(case, own) is None else b"{no JSON"):
        answers = [
            _ask(server, case.method, PREFIX + _path(case, things), header, body)
            for things in (theirs, unknown_things())
        ]
        assert answers[0].status == 404
        assert _bare(answers[0], "ratelimit") == _bare(answers[1], "ratelimit")
    assert globex.revision() == before


@every_case
def test_what_the_id_names_is_looked_for_before_anything_else_is_refused(
    case: Case, server: Server, shared_acme: Player, foreign: tuple[Player, Things]
) -> None:
    if "{id}" not in case.route:
        return
    key = ("Authorization", _bearer(shared_acme))
    as_json = ("Content-Type", "application/json")
    wrong = {
        "query": ("?x=1", [as_json], b"{}"),
        "not JSON": ("", [as_json], b"{no JSON"),
        "no field": ("", [as_json], b'{"nothing": 1}'),
        "type": ("", [("Content-Type", "text/plain")], b"{}"),
        "retry key": ("", [as_json, ("Idempotency-Key", "a b")], _body(case, foreign[1])),
        "length": ("", [as_json, ("Content-Length", str(MOST_BODY_BYTES + 1))], None),
    }
    for name, (query, fields, body) in wrong.items():
        for things in (foreign[1], unknown_things(), Things(*["zz"] * len(Things._fields))):
            sent = request(case.method, f"{PREFIX}{_path(case, things)}{query}", [key, *fields], body)
            answer = exchange(server.port, sent, bodiless=case.method == "HEAD")
            assert answer is not None, name
            assert answer.status == 404, name


@every_case
def test_a_foreign_id_in_the_query_looks_like_an_unknown_one(
    case: Case, server: Server, shared_acme: Player, own: Things, foreign: tuple[Player, Things]
) -> None:
    if not isinstance(case.operation, Reading):
        return
    for name in _ids_in(case.operation.query):
        kind = KINDS[name]
        good, theirs, unknown = (
            _ask(
                server,
                case.method,
                f"{PREFIX}{_path(case, own)}?{name}={getattr(things, kind)}",
                _bearer(shared_acme),
            )
            for things in (own, foreign[1], unknown_things())
        )
        assert good.status == 200
        assert _bare(theirs, "ratelimit") == _bare(unknown, "ratelimit")
        assert theirs.status == 400 or case.method == "HEAD" or orjson.loads(theirs.body)["data"] == []


@every_case
def test_a_foreign_id_in_the_body_looks_like_an_unknown_one(
    case: Case, server: Server, shared_acme: Player, own: Things, foreign: tuple[Player, Things]
) -> None:
    if not isinstance(case.operation, Writing) or case.operation.body is None:
        return
    globex, theirs = foreign
    before = globex.revision()
    for name in _ids_in(case.operation.body):
        kind = KINDS[name]
        path, _ = _good_request(case, shared_acme, own)
        answers = []
        for things in (own, theirs, unknown_things()):
            value = {**orjson.loads(_body(case, own) or b""), name: getattr(things, kind)}
            answers.append(_ask(server, case.method, PREFIX + path, _bearer(shared_acme), orjson.dumps(value)))
        assert [answer.status for answer in answers] == [case.operation.about.status, 400, 400]
        assert list(orjson.loads(answers[1].body)["details"]["fieldErrors"]) == [name]
        assert _bare(answers[1], "ratelimit") == _bare(answers[2], "ratelimit")
    assert globex.revision() == before


def test_a_foreign_cursor_shows_nothing_foreign(new_player: NewPlayer) -> None:
    acme, globex = new_player("Acme"), new_player("Globex")
    for company in (acme, globex):
        for _ in range(3):
            company.ticket(customer_email=f"{new_id()}@customer.example")
            company.post("/companies", {"name": "Hooli"})
    for path in ("/tickets", "/customers", "/companies"):
        theirs = globex.get(path, limit=1).json["next_cursor"]
        mine = {one["id"] for one in acme.pages(path)}
        answer = acme.get(path, cursor=theirs)
        assert answer.status == 200
        assert {one["id"] for one in answer.data} <= mine


def test_the_kept_answer_of_one_workspace_is_never_anothers(new_player: NewPlayer) -> None:
    acme, globex = new_player("Acme"), new_player("Globex")
    mine, theirs = acme.ticket(), globex.ticket()
    for _ in range(2):
        assert acme.get(f"/tickets/{mine['id']}").status == 200
        assert globex.get(f"/tickets/{mine['id']}").status == 404
        assert globex.get(f"/tickets/{theirs['id']}").status == 200
        assert acme.get(f"/tickets/{theirs['id']}").status == 404


def test_the_same_retry_key_in_two_workspaces_is_two_keys(new_player: NewPlayer) -> None:
    acme, globex = new_player("Acme"), new_player("Globex")
    body = {"subject": "Help", "description": "It broke", "customer_email": "c@customer.example"}
    headers = {"Idempotency-Key": "the-same"}
    mine, theirs = acme.post("/tickets", body, headers=headers), globex.post("/tickets", body, headers=headers)
    assert (mine.status, theirs.status) == (201, 201)
    assert mine.data["id"] != theirs.data["id"]


@pytest.mark.once
def test_a_route_without_a_scope_fails_the_build() -> None:
    wrong: list[Any] = ["tickets:delete", "tickets", None]
    for scope in wrong:
        with pytest.raises(ValueError, match="scope"):
            checked(Route("/tickets", {"GET": (scope, tickets.list_tickets)}))
    with pytest.raises(ValueError, match="GET /tickets"):
        checked(Route("/tickets", {"GET": ("tickets:read", tickets.create_ticket)}))
    good = Route("/tickets", {"GET": ("tickets:read", tickets.list_tickets)})
    assert checked(good) == (good,)


@pytest.mark.once
def test_every_scope_opens_something() -> None:
    assert {case.scope for case in CASES} - {ANY_KEY} == set(SCOPES)


def _good_request(case: Case, company: Player, things: Things) -> tuple[str, bytes | None]:
    """Return a path and a body that are answered well; what can be done to a ticket once is done to a new one."""
    if case.route != "/tickets/{id}/merge":
        return _path(case, things), _body(case, things)
    ticket = company.ticket()["id"]
    if case.method == "DELETE":
        assert company.post(f"/tickets/{ticket}/merge", {"into": things.ticket}).status == 201
    return _path(case, things._replace(ticket=ticket)), _body(case, things)


def _path(case: Case, things: Things) -> str:
    if "{id}" not in case.route:
        return case.route
    return case.route.replace("{id}", getattr(things, KINDS[case.route.split("/")[1]]))


def _body(case: Case, things: Things) -> bytes | None:
    if not isinstance(case.operation, Writing) or case.operation.body is None:
        return None
    text = orjson.dumps(BODIES[case.name]).replace(b"{unique}", new_id().encode())
    return text.replace(b"{ticket}", things.ticket.encode())


def _ids_in(model: type[BaseModel]) -> list[str]:
    properties = model.model_json_schema()["properties"] if model.model_fields else {}
    return [
        name
        for name, schema in properties.items()
        if any(each.get("format") == "uuid" for each in schema.get("anyOf", [schema]))
    ]


def _bearer(company: Player) -> str:
    return f"Bearer {company.key.text}"


def _ask(server: Server, method: str, target: str, header: str | None, body: bytes | None = None) -> Answer:
    fields = [] if header is None else [("Authorization", header)]
    if body is not None:
        fields.append(("Content-Type", "application/json"))
    answer = exchange(server.port, request(method, target, fields, body), bodiless=method == "HEAD")
    assert answer is not None, f"{method} {target} is not answered"
    return answer


def _bare(answer: Answer, *names: str) -> tuple[str, tuple[tuple[str, str], ...], bytes]:
    return answer.without("date", "x-request-id", *names)
