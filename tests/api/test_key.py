"""GET /key: what a key is told about itself."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import Player
from tixallo.keys.scopes import SCOPES


def test_a_key_is_told_what_it_is(acme: Player) -> None:
    assert acme.get("/key").json == {
        "data": {
            "id": acme.key.id,
            "name": "Acme key",
            "environment": "production",
            "workspace": {"id": acme.id, "name": "Acme", "slug": acme.slug},
            "scopes": sorted(SCOPES),
            "limit": 1_000_000,
            "expires_at": None,
        }
    }


def test_its_text_is_not_told(acme: Player) -> None:
    body = acme.get("/key").body.decode()
    assert acme.key.text not in body
    assert acme.key.text.split("_")[2] not in body


@pytest.mark.parametrize("environment", ["development", "staging", "production"])
def test_a_key_of_any_environment_opens_the_workspace(acme: Player, environment: str) -> None:
    other = acme.another_key(environment=environment, limit=77, allowed=["events:read"], name="Ünder “quotes”")
    told = other.get("/key").data
    assert (told["environment"], told["limit"], told["scopes"]) == (environment, 77, ["events:read"])
    assert (told["name"], told["workspace"]["id"]) == ("Ünder “quotes”", acme.id)


def test_an_expiry_is_told_in_whole_seconds(acme: Player) -> None:
    told = acme.another_key(expires_in=timedelta(days=1)).get("/key").data["expires_at"]
    assert re.fullmatch(r"[0-9-]{10}T[0-9:]{8}Z", told)
    left = datetime.fromisoformat(told) - datetime.now(UTC)  # noqa: TID251 - the clock of the client
    assert timedelta(hours=23, minutes=59) < left <= timedelta(days=1)


SCOPED = {
    "tickets:read": [
        ("GET", "/tickets"),
        ("GET", "/tickets/ID"),
        ("GET", "/tickets/ID/messages"),
        ("GET", "/customers/ID/tickets"),
    ],
    "tickets:write": [("POST", "/tickets"), ("PATCH", "/tickets/ID"), ("POST", "/tickets/ID/messages")],
    "customers:read": [
        ("GET", "/customers"),
        ("GET", "/customers/ID"),
        ("GET", "/companies"),
        ("GET", "/companies/ID"),
    ],
    "customers:write": [
        ("POST", "/customers"),
        ("PATCH", "/customers/ID"),
        ("POST", "/companies"),
        ("PATCH", "/companies/ID"),
    ],
    "events:read": [("GET", "/events")],
}


@pytest.mark.parametrize("held", SCOPED)
def test_a_scope_opens_its_routes_and_no_other(acme: Player, held: str) -> None:
    made, company = acme.ticket(), acme.post("/companies", {"name": "Customer Ltd"}).data
    other = acme.another_key(allowed=[held])
    of_path = {"/tickets": made["id"], "/customers": made["customer_id"], "/companies": company["id"]}
    for scope, routes in SCOPED.items():
        for method, template in routes:
            path = template.replace("ID", of_path.get(template.partition("/ID")[0], ""))
            answer = other.request(method, path, None if method == "GET" else b"{")
            if scope == held:
                assert answer.status == (200 if method == "GET" else 400), (method, path)
            else:
                assert (answer.status, answer.body) == (403, b'{"error":"Forbidden"}'), (method, path)
                assert "RateLimit" in answer.headers
    assert other.get("/key").status == 200
    assert other.head("/tickets").status == (200 if held == "tickets:read" else 403)


def test_every_scope_is_covered_here() -> None:
    assert sorted(SCOPED) == sorted(SCOPES)
