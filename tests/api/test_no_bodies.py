"""Operations that take no body: what is sent all the same may say nothing."""

from typing import Any

import pytest

from tests.cast import Player
from tixallo.api.routes import ROUTES
from tixallo.kit.ids import new_id
from tixallo.workspaces.operations import Writing

BODILESS = [
    (method, route.path)
    for route in ROUTES
    for method, (_, operation) in route.methods.items()
    if isinstance(operation, Writing) and operation.body is None
]


def test_there_are_operations_that_take_no_body() -> None:
    assert ("DELETE", "/tickets/{id}/merge") in BODILESS


@pytest.fixture
def merged(acme: Player) -> str:
    """The id of a ticket that is merged, so that what takes no body has something to do."""
    gone, stays = acme.ticket(), acme.ticket()
    assert acme.post(f"/tickets/{gone['id']}/merge", {"into": stays["id"]}).status == 201
    return str(gone["id"])


@pytest.mark.parametrize(("method", "path"), BODILESS)
def test_fields_are_refused_by_name(acme: Player, merged: str, method: str, path: str) -> None:
    before = acme.revision()
    for body, wrong in ((b'{"x":1}', ["x"]), (b'{"into":null,"id":"x"}', ["id", "into"])):
        answer = acme.request(method, path.format(id=merged), body)
        assert (answer.status, answer.json["error"]) == (400, "Invalid input")
        assert sorted(answer.json["details"]["fieldErrors"]) == wrong
    for text in (b"[]", b"null", b"1", b'"x"'):
        answer = acme.request(method, path.format(id=merged), text)
        assert (answer.status, answer.json["details"]["fieldErrors"]) == (400, {}), text
    for text in (b"{", b" ", b"{}{}", b"\xff"):
        assert acme.request(method, path.format(id=merged), text).json == {"error": "Invalid JSON"}, text
    # What is not there is said before anything else is.
    assert acme.request(method, path.format(id=new_id()), b'{"x":1}').status == 404
    assert acme.revision() == before


@pytest.mark.parametrize("body", [None, b"", b"{}", b" {\n} "])
@pytest.mark.parametrize(("method", "path"), BODILESS)
def test_an_object_without_fields_is_as_good_as_none(
    acme: Player, merged: str, method: str, path: str, body: Any
) -> None:
    assert acme.request(method, path.format(id=merged), body).status == 200
