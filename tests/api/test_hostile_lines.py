"""Request lines, targets and header fields that no honest client sends: a right answer or a clear refusal, at once."""

from collections.abc import Iterator

import pytest

from tests.api.wire import Answer, Wire, exchange, request
from tests.cast import Player
from tests.servers import Server

LIST = "/api/v1/tickets"


@pytest.fixture
def honest(server: Server, shared_acme: Player) -> Iterator[str]:
    """The value of an honest Authorization field; after the test, an honest request must still work."""
    header = f"Bearer {shared_acme.key.text}"
    yield header
    answer = exchange(server.port, request("GET", "/api/v1/key", {"Authorization": header}))
    assert answer is not None
    assert answer.status == 200


def lines(*texts: bytes | str) -> bytes:
    return b"\r\n".join(text if isinstance(text, bytes) else text.encode() for text in texts) + b"\r\n\r\n"


def refused_or_closed(answer: Answer | None) -> bool:
    return answer is None or 400 <= answer.status < 500


BROKEN_LINES = {
    "no version": b"GET /api/v1/tickets\r\n\r\n",
    "two spaces": b"GET  /api/v1/tickets  HTTP/1.1\r\nHost: x\r\n\r\n",
    "tabs": b"GET\t/api/v1/tickets\tHTTP/1.1\r\nHost: x\r\n\r\n",
    "version 2": b"GET /api/v1/tickets HTTP/2.0\r\nHost: x\r\n\r\n",
    "version 1.7": b"GET /api/v1/tickets HTTP/1.7\r\nHost: x\r\n\r\n",
    "version 11": b"GET /api/v1/tickets HTTP/11\r\nHost: x\r\n\r\n",
    "lower-case version": b"GET /api/v1/tickets http/1.1\r\nHost: x\r\n\r\n",
    "a word too many": b"GET /api/v1/tickets x HTTP/1.1\r\nHost: x\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: x\r\n\r\n",
    "no method": b" /api/v1/tickets HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in the method": b"GE\x00T /api/v1/tickets HTTP/1.1\r\nHost: x\r\n\r\n",
    "separators in the method": b"G(T /api/v1/tickets HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in the target": b"GET /api/v1/ti\x00ckets HTTP/1.1\r\nHost: x\r\n\r\n",
    "not UTF-8 in the target": b"GET /api/v1/tickets/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "not UTF-8 in the query": b"GET /api/v1/tickets?q=\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "backslashes": b"GET \\api\\v1\\tickets HTTP/1.1\r\nHost: x\r\n\r\n",
    "no first slash": b"GET api/v1/tickets HTTP/1.1\r\nHost: x\r\n\r\n",
    "TLS to a plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "random bytes": bytes(range(256)) * 4 + b"\r\n\r\n",
    "a long method": b"A" * 100_000 + b" / HTTP/1.1\r\n\r\n",
}


@pytest.mark.once
@pytest.mark.parametrize("sent", BROKEN_LINES.values(), ids=list(BROKEN_LINES))
def test_a_broken_request_line_is_refused(server: Server, honest: str, sent: bytes) -> None:
    assert refused_or_closed(exchange(server.port, sent))


BROKEN_FIELDS: dict[str, bytes | str] = {
    "space before the colon": "X-Any : 1",
    "folded": "X-Any: 1\r\n 2",
    "folded with a tab": "X-Any: 1\r\n\t2",
    "NUL": b"X-Any: a\x00b",
    "CR alone": b"X-Any: a\rb",
    "control character": b"X-Any: a\x01b",
    "DEL": b"X-Any: a\x7fb",
    "no colon": "X-Any",
    "no name": ": 1",
    "separators in the name": "X(Any): 1",
    "not ASCII in the name": "X-Äny: 1",
    "length not a number": "Content-Length: ten",
    "negative length": "Content-Length: -1",
    "signed length": "Content-Length: +1",
    "hexadecimal length": "Content-Length: 0x1",
    "list of lengths": "Content-Length: 1, 1",
    "a length beyond 64 bits": "Content-Length: 99999999999999999999",
    "unknown transfer coding": "Transfer-Encoding: xchunked",
    "transfer coding identity": "Transfer-Encoding: identity",
}


@pytest.mark.once
@pytest.mark.parametrize("field", BROKEN_FIELDS.values(), ids=list(BROKEN_FIELDS))
def test_a_broken_field_is_refused(server: Server, honest: str, field: bytes | str) -> None:
    for method in ("GET", "POST"):
        answer = exchange(server.port, lines(f"{method} {LIST} HTTP/1.1", "Host: x", field, f"Authorization: {honest}"))
        assert answer is not None
        assert answer.status == 400


@pytest.mark.once
@pytest.mark.parametrize(
    "field", ["X-Any: " + "a" * 200_000, "\r\n".join(f"X-{n}: 1" for n in range(500)), "Cookie: " + "a=b; " * 30_000]
)
def test_fields_without_end_are_refused(server: Server, honest: str, field: str) -> None:
    answer = exchange(server.port, lines(f"GET {LIST} HTTP/1.1", "Host: x", field, f"Authorization: {honest}"))
    assert answer is None or answer.status == 431


@pytest.mark.once
def test_a_target_without_end_is_refused(server: Server, honest: str) -> None:
    for size in (10_000, 60_000, 300_000):
        answer = exchange(server.port, request("GET", f"{LIST}?q={'a' * size}", {"Authorization": honest}))
        assert answer is None or answer.status in {400, 414, 431}
    answer = exchange(server.port, request("GET", f"/api/v1/{'a' * 60_000}", {"Authorization": honest}))
    assert answer is None or answer.status in {404, 414, 431}


# What a second field of a name does. The first one is the honest one's; both orders are tried.
DOUBLED = {
    "Authorization": ("Basic eDp5", {401}),
    "Host": ("evil.example", {400}),
    "Content-Length": ("3", {400}),
    "If-None-Match": ('"x"', {200}),
    "X-Forwarded-For": ("203.0.113.9", {200}),
    "X-Forwarded-Proto": ("https", {200}),
}


@pytest.mark.once
@pytest.mark.parametrize("name", DOUBLED)
def test_a_field_given_twice_has_one_outcome(server: Server, honest: str, name: str) -> None:
    value, statuses = DOUBLED[name]
    good = {"Authorization": honest, "Host": "localhost", "Content-Length": "0"}.get(name, value)
    for first, second in ((good, value), (value, good)):
        answer = exchange(
            server.port,
            lines(
                f"GET {LIST} HTTP/1.1",
                *(["Host: localhost"] if name != "Host" else []),
                *([f"Authorization: {honest}"] if name != "Authorization" else []),
                f"{name}: {first}",
                f"{name}: {second}",
            ),
        )
        assert answer is not None
        assert answer.status in statuses


@pytest.mark.once
@pytest.mark.parametrize("path", [LIST, "/api/v1/nothing", "/api/v1/openapi.json", "/healthz"])
def test_without_a_host_a_request_is_refused_before_its_key_is_looked_at(
    server: Server, honest: str, path: str
) -> None:
    for key in (honest, "Bearer no-such-key"):
        answer = exchange(server.port, lines(f"GET {path} HTTP/1.1", f"Authorization: {key}"))
        assert answer is not None
        assert (answer.status, answer.field("content-type")) == (400, "application/json")
        assert b'"formErrors":["Host must be given once"]' in answer.body
        assert answer.field("x-request-id")
        assert answer.field("ratelimit") is None
    before = exchange(server.port, lines(f"GET {path} HTTP/1.0", f"Authorization: {honest}"))
    assert before is not None
    assert before.status == (404 if path == "/api/v1/nothing" else 200)


@pytest.mark.once
def test_the_same_key_twice_opens_nothing(server: Server, honest: str) -> None:
    answer = exchange(
        server.port,
        lines(f"GET {LIST} HTTP/1.1", "Host: x", f"Authorization: {honest}", f"Authorization: {honest}"),
    )
    assert answer is not None
    assert answer.status == 401


@pytest.mark.once
def test_a_key_is_read_from_its_field_alone(server: Server, honest: str, shared_acme: Player) -> None:
    text = shared_acme.key.text
    for field in (
        f"X-Api-Key: {text}",
        f"Api-Key: {text}",
        f"Proxy-Authorization: {honest}",
        f"X-Authorization: {honest}",
        f"X-Forwarded-Authorization: {honest}",
        f"Cookie: Authorization={text}; access_token={text}; sessionid={text}",
        f"Authorization_: {honest}",
        f"Http-Authorization: {honest}",
        f"WWW-Authenticate: {honest}",
    ):
        answer = exchange(server.port, lines(f"GET {LIST} HTTP/1.1", "Host: x", field))
        assert answer is not None
        assert answer.status == 401, field
    for target in (
        f"{LIST}?access_token={text}",
        f"{LIST}?key={text}",
        f"{LIST}?api_key={text}",
        f"{LIST}/{text}",
        f"http://{text}@localhost{LIST}",
        f"http://bearer:{text}@localhost{LIST}",
    ):
        answer = exchange(server.port, request("GET", target))
        assert answer is not None
        assert answer.status == 401, target
    body = b'{"access_token": "%s"}' % text.encode()
    answer = exchange(server.port, request("POST", LIST, {"Content-Type": "application/x-www-form-urlencoded"}, body))
    assert answer is not None
    assert answer.status == 401


@pytest.mark.once
@pytest.mark.parametrize(
    "query",
    [
        *("access_token=x", "access_token", "limit=1&access_token=", "access%5Ftoken=x", "%61ccess_token=x"),
        "&".join(f"a{n}=1" for n in range(2000)) + "&access_token=x",
    ],
    ids=lambda query: query[:30],
)
def test_a_token_in_the_query_spoils_a_good_key(server: Server, honest: str, query: str) -> None:
    answer = exchange(server.port, request("GET", f"{LIST}?{query}", {"Authorization": honest}))
    assert answer is not None
    assert answer.status == 401


# Spellings of a path. None may reach the API without a key; with one, each is the path itself or leads nowhere.
PATHS = {
    "//api/v1/tickets": {404},
    "/api//v1/tickets": {404},
    "/api/v1//tickets": {404},
    "/api/v1/tickets/": {404},
    "/api/v1/tickets//": {404},
    "/api/v1/./tickets": {404},
    "/api/v1/../v1/tickets": {404},
    "/api/v1/%2e%2e/v1/tickets": {404},
    "/api/v1/tickets/..": {404},
    "/api/v1/tickets/%2e%2e/customers": {404},
    "/api%2Fv1%2Ftickets": {200, 404},
    "/api/v1%2Ftickets": {200, 404},
    "/api/v1/%74ickets": {200},
    "/api/v1/%2574ickets": {404},
    "/api/v1/tickets;x=1": {404},
    "/api/v1/tickets%3Flimit=1": {404},
    "/api/v1/tickets%23": {404},
    "/api/v1/tickets%00": {404},
    "/api/v1/tickets%0d%0aX-Injected:%201": {404},
    "/api/v1/tickets%20": {404},
    "/api/v1/tick%ets": {404},
    "/api/v1/tickets/%ff%fe": {404},
    "/api/v1/tickets/%c0%af": {404},
    "/api/v1/tickets/%ed%a0%80": {404},
    "/api/v1/tickets/%F0%9F%98%80": {404},
    "/api/v1/TICKETS": {404},
    "/API/v1/tickets": {404},
    "/api/v1/tickets/{id}": {404},
    "/api/v1/tickets/*": {404},
    "/api/v1/tickets/%7Bid%7D": {404},
    "/api/v1/tickets/00000000-0000-0000-0000-000000000000": {404},
    "/api/v1/tickets/00000000-0000-0000-0000-00000000000G": {404},
    "/api/v1/tickets/{00000000-0000-0000-0000-000000000000}": {404},
    "http://evil.example/api/v1/tickets": {200, 400},
    "http://a:b@evil.example/api/v1/tickets?limit=1": {200, 400},
}


@pytest.mark.parametrize("target", PATHS)
def test_a_path_spelt_oddly_leads_to_itself_or_nowhere(server: Server, honest: str, target: str) -> None:
    answer = exchange(server.port, request("GET", target, {"Authorization": honest}))
    assert answer is not None
    assert answer.status in PATHS[target], answer
    assert answer.field("x-injected") is None
    without = exchange(server.port, request("GET", target))
    assert without is not None
    assert without.status in {400, 401, 404}
    assert b'"data"' not in without.body


@pytest.mark.once
@pytest.mark.parametrize(
    "target", ["*", "localhost:80", "http://evil.example", "http://[::1", "http://", "http://:80/"]
)
def test_a_target_that_is_no_path_is_refused(server: Server, honest: str, target: str) -> None:
    for method in ("GET", "OPTIONS", "CONNECT", "POST"):
        answer = exchange(server.port, request(method, target, {"Authorization": honest, "Content-Length": "0"}))
        assert answer is not None
        # A target without a path can be taken for the start page, which leads to signing in, never for anything of the
        # API.
        assert answer.status in {302, 400, 404, 405} or b"<!doctype html>" in answer.body


ODD_QUERIES = """
    q=%ff q=%00 q=%ed%a0%80 q=% q=%zz tag=%00 cursor=%00 cursor=%ff limit=%d9%a5 = && limit limit=1&limit=1
    limit=1&%6cimit=2 x=1 q[]=1 limit=99999999999999999999 limit=1e1 limit=0x5 limit=NaN customer_id=..%2f
    updated_since=9999-99-99T00:00:00Z updated_since=0001-01-01T00:00:00%2B14:00 customer_id=%27%20OR%201=1 a=1;limit=2
""".split()  # noqa: SIM905 - one a line would be a page


@pytest.mark.parametrize("query", [*ODD_QUERIES, "cursor=" + "A" * 2000])
def test_an_odd_query_is_refused_in_words(server: Server, honest: str, query: str) -> None:
    answer = exchange(server.port, request("GET", f"{LIST}?{query}", {"Authorization": honest}))
    assert answer is not None
    assert answer.status == 400
    assert answer.body.startswith(b'{"error":"Invalid input"')


ODD_SEARCHES = r"""' " * ( ) - NEAR(a) a:b ^a % _ \ {} AND NOT ﬃ & | ! <-> $1 ? :x @@""".split()  # noqa: SIM905 - as above


@pytest.mark.parametrize(
    "asked",
    [*ODD_SEARCHES, "a OR b", "a\tb", "\u202e", "\u200b", "'; DROP TABLE x; --", "a" * 300, "é" * 300, "🙂" * 150],
)
def test_a_search_for_anything_finds_or_does_not(shared_acme: Player, asked: str) -> None:
    assert shared_acme.get("/tickets", q=asked).status in {200, 400}


METHODS = [
    "TRACE",
    "CONNECT",
    "BREW",
    "get",
    "Get",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PROPFIND",
    "QUERY",
    "M-SEARCH",
    "A" * 99,
]


@pytest.mark.parametrize("method", METHODS)
def test_a_method_that_no_route_has_is_refused(server: Server, honest: str, method: str) -> None:
    answer = exchange(server.port, request(method, LIST, {"Authorization": honest}))
    assert answer is not None
    assert answer.status == 405
    assert answer.field("allow") == "GET, HEAD, POST"
    assert answer.body == b'{"error":"Method not allowed"}'
    nowhere = exchange(server.port, request(method, "/api/v1/nothing", {"Authorization": honest}))
    assert nowhere is not None
    assert nowhere.status == 404


@pytest.mark.parametrize(
    "path", ["/api/v1/tickets", "/api/v1/key", "/api/v1/nothing", "/healthz", "/api/v1/openapi.json"]
)
def test_head_is_get_without_its_body(server: Server, honest: str, path: str) -> None:
    get = exchange(server.port, request("GET", path, {"Authorization": honest}))
    with Wire(server.port) as wire:
        wire.send(request("HEAD", path, {"Authorization": honest}) * 2)
        first, second = wire.answer(bodiless=True), wire.answer(bodiless=True)
    assert get is not None
    assert first is not None
    assert second is not None
    for head in (first, second):
        dropped = ("date", "x-request-id", "ratelimit")
        assert head.without(*dropped) == (*get.without(*dropped)[:2], b"")


@pytest.mark.once
def test_an_upgrade_is_not_taken(server: Server, honest: str) -> None:
    for fields in (
        {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA"},
        {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
    ):
        with Wire(server.port) as wire:
            wire.send(request("GET", LIST, {"Authorization": honest, **fields}) + request("GET", LIST))
            first, second = wire.answer(), wire.answer()
        assert first is not None
        assert second is not None
        assert (first.status, second.status) == (200, 401)


@pytest.mark.once
def test_a_method_cannot_be_overridden(server: Server, honest: str) -> None:
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        answer = exchange(server.port, request("GET", LIST, {"Authorization": honest, name: "DELETE"}))
        assert answer is not None
        assert answer.status == 200


@pytest.mark.once
def test_bytes_beyond_ascii_in_fields_do_no_harm(server: Server, honest: str) -> None:
    for name in ("User-Agent", "Accept", "X-Forwarded-For", "Cookie", "Content-Type", "If-None-Match", "X-Request-Id"):
        for value in (b"\xff\xfe", "Müller \N{SNOWMAN}".encode(), b'"\xc3('):
            answer = exchange(
                server.port,
                lines(f"GET {LIST} HTTP/1.1", "Host: x", f"Authorization: {honest}", name.encode() + b": " + value),
            )
            assert answer is not None
            assert answer.status == 200
    for value in (b"Bearer \xff", "Bearer \N{SNOWMAN}".encode(), b"\xff"):
        answer = exchange(server.port, lines(f"GET {LIST} HTTP/1.1", "Host: x", b"Authorization: " + value))
        assert answer is not None
        assert answer.status == 401
