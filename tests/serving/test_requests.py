"""What of a request reaches the application, and what granian refuses by itself.

Much in the house rests on these; a new version of granian must hold them too.
"""

import json
import os
from typing import Any

import pytest

from tests.serving.conftest import NewServing
from tests.serving.processes import Serving, until
from tixallo.cli.bridge import SENT_AT_ONCE_BYTES

pytestmark = pytest.mark.once

_HOST = b"Host: localhost\r\n"


def _head(line: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([line, b"Host: localhost", b"Connection: close", *headers, b"", b""])


def _environ(serving: Serving, sent: bytes) -> dict[str, Any]:
    answer = serving.talk(sent)
    assert b" 200 OK\r\n" in answer, answer
    found: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "headers",
    [
        [b"Content-Length: 2", b"Content-Length: 3"],
        [b"Content-Length: 2, 2"],
        [b"Content-Length: +2"],
        [b"Content-Length: -2"],
        [b"Content-Length: 0x2"],
        [b"Content-Length: two"],
        [b"Content-Length: "],
        [b"Content-Length: 99999999999999999999999"],
        [b"Transfer-Encoding: gzip"],
        [b"Transfer-Encoding: xchunked"],
        [b"Transfer-Encoding: chunked, gzip"],
        [b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"],
        [b"Transfer-Encoding : chunked"],
        [b"X-Folded: a", b"  b"],
        [b"X-Bytes: a\rb"],
        [b"X-Bytes: a\x00b"],
    ],
)
def test_ambiguous_framing_is_refused(serving: Serving, headers: list[bytes]) -> None:
    assert _status(serving.talk(_head(b"POST /environ HTTP/1.1", *headers) + b"ab")) == 400


def test_chunks_in_http_1_0_are_refused(serving: Serving) -> None:
    assert _status(serving.talk(_head(b"POST /environ HTTP/1.0", b"Transfer-Encoding: chunked") + b"0\r\n\r\n")) == 400


def test_with_both_a_length_and_chunks_the_length_is_dropped_and_nothing_follows(serving: Serving) -> None:
    both = [b"Content-Length: 5", b"Transfer-Encoding: chunked"]
    smuggled = b"GET /pid HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for headers in (both, both[::-1]):
        sent = b"POST /environ HTTP/1.1\r\n" + _HOST + b"\r\n".join([*headers, b"", b"0", b"", smuggled])
        environ = _environ(serving, sent)  # one JSON object and no second answer
        assert "CONTENT_LENGTH" not in environ
        assert environ["HTTP_TRANSFER_ENCODING"] == "chunked"


def test_a_body_that_nobody_reads_is_not_taken_for_the_next_request(serving: Serving) -> None:
    body = b"GET /pid HTTP/1.1\r\nHost: localhost\r\n\r\n"
    sent = b"POST / HTTP/1.1\r\n" + _HOST + b"Content-Length: %d\r\n\r\n" % len(body) + body

    assert serving.talk(sent + _head(b"GET / HTTP/1.1")).count(b"\r\n\r\nok") == 2


def test_headers_given_twice_are_joined_by_a_comma(serving: Serving) -> None:
    environ = _environ(
        serving,
        _head(b"GET /environ HTTP/1.1", b"Host: b", b"Authorization: Bearer a", b"Authorization: Bearer b"),
    )

    assert environ["HTTP_AUTHORIZATION"] == "Bearer a,Bearer b"
    assert environ["HTTP_HOST"] == "localhost,b"


def test_of_two_content_types_the_first_counts(serving: Serving) -> None:
    environ = _environ(serving, _head(b"GET /environ HTTP/1.1", b"Content-Type: a/b", b"Content-Type: c/d"))

    assert environ["CONTENT_TYPE"] == "a/b"


def test_a_header_that_is_not_ascii_arrives_empty(serving: Serving) -> None:
    environ = _environ(serving, _head(b"GET /environ HTTP/1.1", b"Authorization: Bearer \xff", b"X-Name: caf\xc3\xa9"))

    assert environ["HTTP_AUTHORIZATION"] == ""
    assert environ["HTTP_X_NAME"] == ""


def test_an_underscore_in_a_header_cannot_be_told_from_a_hyphen(serving: Serving) -> None:
    # Why the documentation asks proxies to drop such headers.
    environ = _environ(serving, _head(b"GET /environ HTTP/1.1", b"X-Forwarded-For: proxy", b"X_Forwarded_For: client"))

    assert environ["HTTP_X_FORWARDED_FOR"] == "client"


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/environ?a=%20b", "/environ", "a=%20b"),
        (b"/%65nviron", "/environ", ""),
        (b"/environ#part", "/environ", ""),
        (b"http://evil.example/environ?x", "/environ", "x"),
    ],
)
def test_the_path_is_decoded_and_the_query_is_not(serving: Serving, target: bytes, path: str, query: str) -> None:
    environ = _environ(serving, _head(b"GET %s HTTP/1.1" % target))

    assert (environ["PATH_INFO"], environ["QUERY_STRING"], environ["SCRIPT_NAME"]) == (path, query, "")
    assert environ["HTTP_HOST"] == "localhost"


@pytest.mark.parametrize("target", [b"/\xff", b"/?q=\xff", b"/a b", b""])
def test_a_target_that_is_none_is_refused(serving: Serving, target: bytes) -> None:
    assert _status(serving.talk(_head(b"GET %s HTTP/1.1" % target))) == 400


@pytest.mark.parametrize("target", [b"/%ff", b"/%00", b"/%zz", b"/..%2f", b"//", b"*", b"name"])
def test_an_odd_path_reaches_the_application(serving: Serving, target: bytes) -> None:
    assert _status(serving.talk(_head(b"GET %s HTTP/1.1" % target))) == 200


def test_a_request_without_a_host_has_an_empty_one(serving: Serving) -> None:
    assert _environ(serving, b"GET /environ HTTP/1.1\r\nConnection: close\r\n\r\n")["HTTP_HOST"] == ""


def test_methods_arrive_as_they_were_sent(serving: Serving) -> None:
    for method in (b"get", b"BREW-TEA", b"OPTIONS"):
        assert _environ(serving, _head(b"%s /environ HTTP/1.1" % method))["REQUEST_METHOD"] == method.decode()


def test_the_answer_to_head_has_the_length_and_no_body(serving: Serving) -> None:
    head, _, body = serving.talk(_head(b"HEAD /large?10 HTTP/1.1")).partition(b"\r\n\r\n")

    assert b"content-length: 10" in head
    assert body == b""


@pytest.mark.parametrize("request_line", [b"GET / HTTP/2.0", b"GET /", b"GET / HTTP/1.1 x", b"\x16\x03\x01\x00\xa5"])
def test_what_is_not_http_1_is_refused(serving: Serving, request_line: bytes) -> None:
    assert _status(serving.talk(_head(request_line))) == 400


def test_heads_are_bounded(serving: Serving) -> None:
    assert _status(serving.talk(_head(b"GET / HTTP/1.1", *[b"X-%d: 1" % number for number in range(101)]))) == 431
    assert b" 200 " not in serving.talk(_head(b"GET / HTTP/1.1", b"X-Long: " + b"a" * 2_000_000))
    assert _status(serving.talk(_head(b"GET /%s HTTP/1.1" % (b"a" * 70_000)))) == 414


def test_the_application_sees_nothing_of_the_process_environment(new_serving: NewServing) -> None:
    serving = new_serving(HTTP_X_NAME="from the shell", TIXALLO_API_KEY="not for requests").listening()

    environ = _environ(serving, _head(b"GET /environ HTTP/1.1"))

    assert "HTTP_X_NAME" not in environ
    assert not [name for name in environ if name in os.environ or name.startswith("TIXALLO")]


def test_a_broken_application_answers_500_without_a_trace(serving: Serving) -> None:
    answer = serving.talk(_head(b"GET /raise HTTP/1.1"))

    assert _status(answer) == 500
    assert answer.endswith(b'\r\n\r\n{"error": "Internal server error"}')
    assert "ValueError: the application is broken" in serving.log


def test_a_short_answer_made_of_pieces_has_a_length(serving: Serving) -> None:
    pieces = SENT_AT_ONCE_BYTES // 65536

    assert b"content-length: %d\r\n" % SENT_AT_ONCE_BYTES in serving.talk(_head(b"GET /stream?%d HTTP/1.1" % pieces))


def test_a_long_answer_is_streamed_and_closed_when_its_reader_leaves(serving: Serving) -> None:
    answer = serving.talk(_head(b"GET /stream?40 HTTP/1.1"))
    assert b"transfer-encoding: chunked\r\n" in answer
    assert answer.count(b"x") == 40 * 65536
    until(lambda: "closed, 0 left" in serving.log)

    connection = serving.connect(_head(b"GET /stream?4000 HTTP/1.1"))
    connection.recv(1000)
    connection.close()

    until(lambda: serving.log.count("closed, ") > serving.log.count("closed, 0 left"))
