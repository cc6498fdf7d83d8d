"""Answers that are kept: for who may read them, counted as any other, and gone with the first change."""

import pytest

from tests.cast import NewPlayer, Player
from tests.keys.test_counting_served import called
from tests.keys.test_usage import wait_until
from tixallo.keys.scopes import SCOPES

PATHS = {
    "/tickets": "tickets:read",
    "/tickets?status=new": "tickets:read",
    "/tickets/{ticket}": "tickets:read",
    "/tickets/{ticket}/messages": "tickets:read",
    "/customers": "customers:read",
    "/customers/{customer}": "customers:read",
    "/customers/{customer}/tickets": "tickets:read",
    "/companies": "customers:read",
}


@pytest.fixture(params=PATHS)
def path(request: pytest.FixtureRequest) -> str:
    """The form of each path whose answers are kept."""
    return str(request.param)


def kept(player: Player, form: str) -> str:
    """A path of the form, whose answer the server has given and keeps."""
    made = player.ticket()
    player.post("/companies", {"name": "Customer Ltd"})
    path = form.format(ticket=made["id"], customer=made["customer_id"])
    assert player.get(path).status == 200
    return path


def test_a_kept_answer_is_for_keys_with_its_scope(acme: Player, path: str) -> None:
    asked = kept(acme, path)
    lacking = acme.another_key(allowed=[scope for scope in SCOPES if scope != PATHS[path]])
    holding = acme.another_key(allowed=[PATHS[path]])
    for _ in range(2):
        answer = lacking.get(asked)
        assert (answer.status, answer.body) == (403, b'{"error":"Forbidden"}')
        assert lacking.get(asked, headers={"If-None-Match": "*"}).status == 403
        assert holding.get(asked).body == acme.get(asked).body


def test_a_kept_answer_is_for_its_workspace(acme: Player, new_player: NewPlayer, path: str) -> None:
    asked = kept(acme, path)
    globex = new_player("Globex")
    for _ in range(2):
        answer = globex.get(asked)
        assert answer.status == (404 if "{" in path else 200)
        assert answer.body != acme.get(asked).body


def test_a_kept_answer_counts_against_the_limit(acme: Player, path: str) -> None:
    asked = kept(acme, path)
    program = acme.another_key(limit=3)
    assert [program.get(asked).status for _ in range(4)] == [200, 200, 200, 429]
    assert program.get(asked, headers={"If-None-Match": "*"}).status == 429


def test_a_kept_answer_has_the_fields_of_the_first(acme: Player, path: str) -> None:
    made = acme.ticket()
    asked = path.format(ticket=made["id"], customer=made["customer_id"])
    for headers in ({}, {"If-None-Match": "*"}):
        acme.patch(f"/tickets/{made['id']}", {"priority": "high" if headers else "low"})
        first, second = acme.get(asked, headers=headers), acme.get(asked, headers=headers)
        assert first.status == second.status == (304 if headers else 200)
        assert sorted(name.lower() for name in first.headers) == sorted(name.lower() for name in second.headers)
        for name in ("Content-Type", "Content-Length", "ETag", "RateLimit-Policy"):
            assert first.headers.get(name) == second.headers.get(name), name
        assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


def test_a_kept_answer_is_counted_by_its_route(acme: Player, path: str) -> None:
    asked = kept(acme, path)
    program = acme.another_key()
    program.get(asked, headers={"User-Agent": "curl/8.5.0"})
    route = "GET " + path.partition("?")[0].replace("{ticket}", "{id}").replace("{customer}", "{id}")
    found = {("curl 8", "127.0.0.0/24"): (1, 0, route)}
    wait_until(lambda: acme.backstage(called, program.key.id) == found)


def test_a_path_with_a_kept_answer_takes_no_other_method(acme: Player) -> None:
    asked = kept(acme, "/tickets/{ticket}")
    assert acme.request("DELETE", asked).status == 405
    assert acme.request("OPTIONS", asked).status == 405
    assert acme.get(f"{asked}/").status == 404
    assert acme.get(f"{asked}?nothing=1").status == 400
