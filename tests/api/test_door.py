"""What comes before any route: transport, the key and where it may stand, and the order of refusals."""

import pytest

from tests.cast import Client, NewPlayer, Player, end_key
from tests.conftest import NewServer
from tests.openapi import PREFIX
from tixallo.keys import token

UNAUTHORIZED = b'{"error": "Unauthorized"}'
ASKED, WRONG = "Bearer", 'Bearer error="invalid_token"'


def refused(client: Client, challenge: str, target: str = "/api/v1/tickets", **headers: str) -> None:
    for method in ("GET", "POST", "PATCH", "DELETE"):
        answer = client.send(method, target, headers=headers)
        assert (answer.status, answer.body) == (401, UNAUTHORIZED)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["WWW-Authenticate"] == challenge
        assert "RateLimit" not in answer.headers


def opened(client: Client, authorization: str) -> bool:
    return client.send("GET", "/api/v1/key", headers={"Authorization": authorization}).status == 200


def test_no_key_is_refused(client: Client) -> None:
    refused(client, ASKED)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic eDp5",
        "KEY",
        "Token KEY",
        "BearerKEY",
        "Bearer\tKEY",
        "x, Bearer KEY",
        "Bearer: KEY",
    ],
)
def test_what_is_no_bearer_credential_is_refused(client: Client, acme: Player, authorization: str) -> None:
    refused(client, ASKED, Authorization=authorization.replace("KEY", acme.key.text))


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer KEY,",
        "Bearer KEY, x",
        "Bearer a,b",
        "Bearer KEY, Bearer KEY",
        "bearer  KEY, Basic eDp5",
        'Bearer "KEY"',
        "Bearer KEY x",
        "Bearer token=KEY",
        "Bearer KEY;x=1",
        "Bearer =KEY",
    ],
)
def test_a_malformed_bearer_credential_is_an_invalid_token(client: Client, acme: Player, authorization: str) -> None:
    refused(client, WRONG, Authorization=authorization.replace("KEY", acme.key.text))


def test_a_key_that_is_none_of_ours_is_refused(client: Client, acme: Player) -> None:
    parts = acme.key.text.split("_")
    other = token.generate("production")
    for text in (
        "x",
        "a" * 5000,
        acme.key.public_id,
        acme.key.id,
        str(other),
        str(token.generate("development")),
        acme.key.text[:-1],
        acme.key.text + "x",
        acme.key.text + "=",
        acme.key.text.swapcase(),
        "_".join([parts[0], parts[1], parts[2], "000000"]),
        str(remade(parts[0], acme.key.public_id, other.secret)),
        str(remade("tixdevel", *parts[1:3])),
    ):
        refused(client, WRONG, Authorization=f"Bearer {text}")


def remade(prefix: str, public_id: str, secret: str) -> token.Token:
    """Return these parts with the checksum that belongs to them."""
    environment = next(name for name, each in token.PREFIXES.items() if each == prefix)
    draft = token.Token(environment, public_id, secret, "")
    return draft._replace(checksum=token._checksum(draft.signed_part.decode()))


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
@pytest.mark.parametrize("spaces", [1, 2, 9])
def test_the_schemes_case_and_its_spaces_do_not_matter(client: Client, acme: Player, scheme: str, spaces: int) -> None:
    assert opened(client, f"{scheme}{' ' * spaces}{acme.key.text}")


def test_an_ended_key_is_refused_from_the_next_request_on(client: Client, acme: Player) -> None:
    header = f"Bearer {acme.key.text}"
    assert opened(client, header)
    acme.backstage(end_key, acme.id, acme.key.id, "disable")
    refused(client, WRONG, Authorization=header)
    acme.backstage(end_key, acme.id, acme.key.id, "enable")
    assert opened(client, header)
    acme.backstage(end_key, acme.id, acme.key.id, "revoke")
    refused(client, WRONG, Authorization=header)


@pytest.mark.parametrize(
    "query",
    [
        "access_token=KEY",
        "access_token=",
        "access_token",
        "limit=5&access_token=KEY",
        "access%5ftoken=KEY",
        "%61ccess_token=x",
        "%61%63%63%65%73%73%5f%74%6f%6b%65%6e=x",
        "q=%&access_token=x",
        "access_token=x&access_token=y",
    ],
)
def test_a_key_in_the_query_is_refused_also_beside_a_good_one(client: Client, acme: Player, query: str) -> None:
    target = f"/api/v1/tickets?{query.replace('KEY', acme.key.text)}"
    refused(client, ASKED, target)
    refused(client, ASKED, target, Authorization=f"Bearer {acme.key.text}")


def test_a_key_anywhere_else_opens_nothing(client: Client, acme: Player) -> None:
    for name in ("X-API-Key", "Api-Key", "Cookie", "Proxy-Authorization", "X-Authorization", "Authorization_"):
        refused(client, ASKED, **{name: f"Bearer {acme.key.text}"})
    body = f'{{"access_token": "{acme.key.text}"}}'.encode()
    assert client.send("POST", "/api/v1/tickets", body=body).status == 401


def test_cookies_are_neither_read_nor_set(acme: Player) -> None:
    plain = acme.get("/key")
    assert acme.get("/key", headers={"Cookie": f"sessionid=x; access_token={acme.key.text}"}).body == plain.body


def test_without_a_key_no_path_tells_whether_it_is_there(client: Client) -> None:
    for path in (
        "",
        "/",
        "/tickets",
        "/tickets/",
        "/nothing",
        "/tickets/1/merge",
        "/openapi.json/",
        "/%2e%2e/healthz",
        "//",
    ):
        refused(client, ASKED, PREFIX + path)


# ---- Routes and methods


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/nothing",
        "/tickets/",
        "//tickets",
        "/tickets//",
        "/Tickets",
        "/tickets/x/y",
        "/key/",
        "/openapi.json/",
        "/tickets/00000000-0000-7000-8000-000000000000/",
        "/events/1",
        "/tickets;x=1",
        "/.",
    ],
)
def test_an_unknown_path_is_not_found_and_nothing_redirects(acme: Player, path: str) -> None:
    for method in ("GET", "POST", "DELETE", "OPTIONS"):
        answer = acme.request(method, path)
        assert (answer.status, answer.body) == (404, b'{"error":"Not found"}')


ALLOWED = {
    "/tickets": "GET, HEAD, POST",
    "/tickets/1": "GET, HEAD, PATCH",
    "/tickets/1/messages": "GET, HEAD, POST",
    "/customers": "GET, HEAD, POST",
    "/customers/1": "GET, HEAD, PATCH",
    "/customers/1/tickets": "GET, HEAD",
    "/companies": "GET, HEAD, POST",
    "/companies/1": "GET, HEAD, PATCH",
    "/events": "GET, HEAD",
    "/key": "GET, HEAD",
}


@pytest.mark.parametrize("path", ALLOWED)
def test_another_method_is_refused_with_those_that_are_allowed(acme: Player, path: str) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"):
        if method not in ALLOWED[path].split(", "):
            answer = acme.request(method, path)
            assert (answer.status, answer.body) == (405, b'{"error":"Method not allowed"}'), method
            assert answer.headers["Allow"] == ALLOWED[path]


def test_options_from_a_browser_is_refused_without_any_word_on_origins(acme: Player, client: Client) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = acme.request("OPTIONS", "/tickets", headers=asked)
    assert answer.status == 405
    assert client.send("OPTIONS", "/api/v1/tickets", headers=asked).status == 401
    assert acme.get("/tickets", headers=asked).status == 200


def test_the_openapi_document_is_public(client: Client, acme: Player) -> None:
    answer = client.send("GET", "/api/v1/openapi.json")
    assert answer.json["openapi"].startswith("3.1.")
    assert client.send("GET", "/api/v1/openapi.json", headers={"Authorization": "Bearer x"}).body == answer.body
    assert client.send("POST", "/api/v1/openapi.json").headers["Allow"] == "GET, HEAD"
    for name in (acme.slug, acme.id, "Acme"):
        assert name not in answer.body.decode()


def test_health_needs_no_key(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        answer = client.send("GET", path)
        assert (answer.status, answer.json) == (200, {"status": "ok"})
        assert client.send("HEAD", path).status == 200
        assert client.send("POST", path).status == 405


# ---- Bodies: length before type before content, and each after scope


def test_refusals_come_in_order(acme: Player) -> None:
    reader = acme.another_key(allowed=["tickets:read"])
    huge, text = b"x" * (1024 * 1024 + 1), {"Content-Type": "text/plain"}
    assert acme.request("POST", "/nothing", huge, headers=text).status == 404
    assert acme.request("PUT", "/tickets", huge, headers=text).status == 405
    assert reader.request("PUT", "/tickets", huge, headers=text).status == 405
    assert reader.request("POST", "/tickets", huge, headers=text).status == 403
    assert acme.request("POST", "/tickets", huge, headers=text).status == 413
    assert acme.request("POST", "/tickets", b"{", headers=text).status == 415
    assert acme.request("POST", "/tickets", b"{").json == {"error": "Invalid JSON"}
    assert acme.request("POST", "/tickets", b"{}").json["error"] == "Invalid input"


def test_a_body_holds_at_most_a_mebibyte(acme: Player) -> None:
    start = b'{"subject": "x", "description": "y", "customer_email": "a@b.example"'
    full = start + b" " * (1024 * 1024 - len(start) - 1) + b"}"
    assert acme.request("POST", "/tickets", full).status == 201
    answer = acme.request("POST", "/tickets", full + b" ")
    assert (answer.status, answer.body) == (413, b'{"error":"Payload too large"}')


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json; charset=latin-1",
        "application/json, text/plain",
        "application/problem+json",
        "*/*",
        "json",
    ],
)
def test_another_type_of_body_is_refused(acme: Player, kind: str) -> None:
    made = acme.ticket()
    for method, path in (("POST", "/tickets"), ("PATCH", f"/tickets/{made['id']}")):
        answer = acme.request(method, path, b"{}", headers={"Content-Type": kind})
        assert (answer.status, answer.body) == (415, b'{"error":"Unsupported media type"}')


def test_a_body_without_a_type_is_refused(acme: Player, client: Client) -> None:
    answer = client.send("POST", "/api/v1/tickets", key=acme.key.text, body=b"{}")
    assert answer.status == 415


@pytest.mark.parametrize(
    "kind",
    ["application/json", "Application/JSON", "application/json; charset=utf-8", 'application/json;charset="UTF-8"'],
)
def test_json_is_taken_however_it_is_spelt(acme: Player, kind: str) -> None:
    body = b'{"subject": "x", "description": "y", "customer_email": "a@b.example"}'
    assert acme.request("POST", "/tickets", body, headers={"Content-Type": kind}).status == 201


def test_a_get_may_declare_json(acme: Player) -> None:
    assert acme.get("/tickets", headers={"Content-Type": "application/json"}).status == 200


# ---- Plain http, where the origin is https


def test_plain_http_is_refused_where_the_origin_is_https(new_server: NewServer, new_player: NewPlayer) -> None:
    server = new_server(TIXALLO_ORIGIN="https://support.example")
    acme = new_player(on=server)
    secure = {"X-Forwarded-Proto": "https"}
    for headers in ({}, secure, {"Authorization": "Bearer x"}, {"Forwarded": "proto=https"}):
        for path in ("/tickets", "/key", "/nothing", "/openapi.json"):
            answer = acme.client.send("GET", PREFIX + path, key=None if headers else acme.key.text, headers=headers)
            assert (answer.status, answer.body) == (403, b'{"error":"Forbidden"}')
            assert "WWW-Authenticate" not in answer.headers
    assert acme.client.send("GET", "/healthz").status == 200


def test_only_a_trusted_proxy_is_believed_to_have_spoken_https(new_server: NewServer, new_player: NewPlayer) -> None:
    trusting = new_server(TIXALLO_ORIGIN="https://support.example", TIXALLO_TRUSTED_PROXIES="127.0.0.0/8")
    acme = new_player(on=trusting)
    assert acme.get("/key", headers={"X-Forwarded-Proto": "https"}).status == 200
    for word in ("http", "", "https, http", "wss", "httpsx"):
        assert acme.get("/key", headers={"X-Forwarded-Proto": word}).status == 403, word
    assert acme.get("/key").status == 403
    other = new_server(TIXALLO_ORIGIN="https://support.example", TIXALLO_TRUSTED_PROXIES="192.0.2.0/24")
    assert new_player(on=other).get("/key", headers={"X-Forwarded-Proto": "https"}).status == 403
