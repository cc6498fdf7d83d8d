"""Bodies that no honest client sends: too large, cut off, oddly framed, not JSON, or JSON at its edges."""

import gzip
import json
import socket
import time

import pytest

from tests.api.wire import Answer, Wire, exchange, request
from tests.cast import Player
from tests.servers import Server
from tixallo.kit.bodies import BODY_SECONDS
from tixallo.kit.requests import MOST_BODY_BYTES

LIST = "/api/v1/tickets"
TICKET = {"subject": "Help", "description": "It broke", "customer_email": "carla@customer.example"}
GOOD = json.dumps(TICKET).encode()


def head(player: Player, *more: tuple[str, str], method: str = "POST", target: str = LIST) -> bytes:
    """The head of a request with a body, which is for the test to send."""
    fields = [("Authorization", f"Bearer {player.key.text}"), ("Content-Type", "application/json"), *more]
    return request(method, target, fields)


def sent(server: Server, data: bytes, *, end: bool = False) -> Answer:
    with Wire(server.port) as wire:
        wire.send(data)
        if end:
            wire.socket.shutdown(socket.SHUT_WR)
        answer = wire.answer()
    assert answer is not None
    return answer


def posted(server: Server, player: Player, body: bytes, *more: tuple[str, str]) -> Answer:
    return sent(server, head(player, ("Content-Length", str(len(body))), *more) + body)


def chunked(body: bytes, size: int = 50) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


CHUNKED = ("Transfer-Encoding", "chunked")


def count(player: Player) -> int:
    return len(player.pages("/tickets"))


# ---- Time.


@pytest.mark.slow
@pytest.mark.parametrize("framing", [("Content-Length", "50"), CHUNKED], ids=["declared", "chunked"])
def test_a_body_that_comes_too_late_is_answered_with_all_that_every_answer_has(
    server: Server, acme: Player, framing: tuple[str, str]
) -> None:
    with Wire(server.port, patience=BODY_SECONDS + 30) as wire:
        wire.send(head(acme, framing) + b"1")
        answer = wire.answer()
        assert wire.ends()
    assert answer is not None
    assert (answer.status, answer.body) == (408, b'{"error": "Request timeout"}')
    assert answer.field("ratelimit-policy") == '"key";q=1000000;w=60'
    assert answer.field("x-request-id")
    assert count(acme) == 0


# ---- Framing.


def test_a_chunked_body_is_read_like_any_other(server: Server, acme: Player) -> None:
    for size in (1, 50, 5000):
        assert sent(server, head(acme, CHUNKED) + chunked(GOOD, size)).status == 201
    with_extension = b'%x;a=b;c="d"\r\n%s\r\n0\r\nX-Trailer: 1\r\nAuthorization: Bearer x\r\n\r\n' % (len(GOOD), GOOD)
    assert sent(server, head(acme, CHUNKED) + with_extension).status == 201
    assert sent(server, head(acme, ("Transfer-Encoding", "ChUnKeD")) + chunked(GOOD)).status == 201
    assert count(acme) == 5


def test_a_chunked_body_that_breaks_off_does_nothing(server: Server, acme: Player) -> None:
    start = b"%x\r\n%s\r\n" % (20, GOOD[:20])
    for rest in (b"", b"5\r\nab", b"zz\r\n", b"-1\r\n", b"ffffffffffffffffff\r\n", b"\r\n", b"0\r\n", b"\x00"):
        assert sent(server, head(acme, CHUNKED) + start + rest, end=True).status == 400
    assert count(acme) == 0


def test_a_body_that_ends_before_its_length_does_nothing(server: Server, acme: Player) -> None:
    for missing in (1, 1000):
        data = head(acme, ("Content-Length", str(len(GOOD) + missing))) + GOOD
        assert sent(server, data, end=True).status == 400
    assert count(acme) == 0


@pytest.mark.parametrize(
    "coding", ["gzip, chunked", "chunked, chunked", "chunked, identity", "gzip", "x", "chunked;q=1"]
)
def test_another_transfer_coding_is_refused(server: Server, acme: Player, coding: str) -> None:
    answer = sent(server, head(acme, ("Transfer-Encoding", coding)) + chunked(GOOD))
    assert answer.status in {400, 501}
    assert count(acme) == 0


def test_a_body_with_both_lengths_is_taken_as_chunked_and_ends_the_connection(server: Server, acme: Player) -> None:
    body = chunked(GOOD)
    smuggled = request("POST", LIST, {"Authorization": f"Bearer {acme.key.text}", "Content-Length": "0"})
    for order in ((0, 1), (1, 0)):
        for length in (4, len(body), len(body) + len(smuggled)):
            fields = [("Content-Length", str(length)), CHUNKED]
            with Wire(server.port) as wire:
                wire.send(head(acme, fields[order[0]], fields[order[1]]) + body + smuggled)
                first = wire.answer()
                assert first is not None
                assert first.status in {201, 400}
                # RFC 9112, section 6.1: who sends both may be smuggling, so nothing more is read from there.
                assert wire.ends()


def test_a_compressed_body_is_refused(server: Server, acme: Player) -> None:
    for coding, body in (("gzip", gzip.compress(GOOD)), ("gzip", GOOD), ("br", GOOD), ("identity, gzip", GOOD)):
        assert posted(server, acme, body, ("Content-Encoding", coding)).status == 415
    assert posted(server, acme, GOOD, ("Content-Encoding", "identity")).status == 201
    assert count(acme) == 1


# ---- Size.


def test_a_body_over_the_limit_is_refused_before_it_is_sent(server: Server, acme: Player) -> None:
    for declared in (MOST_BODY_BYTES + 1, 2**31, 2**32 + 1, 2**62):
        for more in ((), (("Expect", "100-continue"),)):
            with Wire(server.port) as wire:
                wire.send(head(acme, ("Content-Length", str(declared)), *more))
                answer = wire.answer()
                assert answer is not None
                assert (answer.status, answer.body) == (413, b'{"error":"Payload too large"}')


def test_a_body_of_just_the_limit_is_read(server: Server, acme: Player) -> None:
    padded = GOOD + b" " * (MOST_BODY_BYTES - len(GOOD))
    assert posted(server, acme, padded).status == 201
    assert sent(server, head(acme, CHUNKED) + chunked(padded, 65536)).status == 201
    assert posted(server, acme, padded + b" ").status == 413
    assert sent(server, head(acme, CHUNKED) + chunked(padded + b" ", 65536)).status == 413
    assert count(acme) == 2


def test_a_chunked_body_without_end_is_refused_at_the_limit(server: Server, acme: Player) -> None:
    with Wire(server.port) as wire:
        wire.send(head(acme, CHUNKED) + (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 18)
        answer = wire.answer()
    assert answer is not None
    assert answer.status == 413


def test_who_waits_for_a_hundred_gets_it(server: Server, acme: Player) -> None:
    with Wire(server.port) as wire:
        wire.send(head(acme, ("Content-Length", str(len(GOOD))), ("Expect", "100-continue")))
        assert wire.socket.recv(100).startswith(b"HTTP/1.1 100")
        wire.send(GOOD)
        answer = wire.answer()
    assert answer is not None
    assert answer.status == 201


def test_who_waits_for_a_hundred_without_a_key_gets_none(server: Server, acme: Player) -> None:
    answer = sent(server, request("POST", LIST, {"Content-Length": "10", "Expect": "100-continue"}))
    assert answer.status == 401


# ---- JSON.

DEEP = 100_000
NOT_JSON = {
    "empty": b"",
    "a space": b" ",
    "NUL": b"\x00",
    "cut off": GOOD[:-1],
    "two values": GOOD + GOOD,
    "a byte after it": GOOD + b"x",
    "a BOM": b"\xef\xbb\xbf" + GOOD,
    "UTF-16": GOOD.decode().encode("utf-16"),
    "UTF-32": GOOD.decode().encode("utf-32"),
    "not UTF-8": GOOD.replace(b"Help", b"\xff\xfe"),
    "overlong UTF-8": GOOD.replace(b"Help", b"\xc0\xaf"),
    "a surrogate in UTF-8": GOOD.replace(b"Help", b"\xed\xa0\x80"),
    "a lone surrogate": GOOD.replace(b"Help", b"\\ud800"),
    "surrogates in the wrong order": GOOD.replace(b"Help", b"\\udc00\\ud800"),
    "a lone surrogate in a name": GOOD.replace(b"subject", b"\\ud800"),
    "a key twice": GOOD[:-1] + b',"subject":"Other"}',
    "a key twice, escaped": GOOD[:-1] + b',"\\u0073ubject":"Other"}',
    "a key twice, deep inside": GOOD[:-1] + b',"x":[{"a":1,"a":2}]}',
    "single quotes": b"{'subject': 'Help'}",
    "a comment": b"/* */" + GOOD,
    "a trailing comma": GOOD[:-1] + b",}",
    "NaN": GOOD[:-1] + b',"x":NaN}',
    "Infinity": GOOD[:-1] + b',"x":-Infinity}',
    "a raw newline in a string": GOOD.replace(b"Help", b"He\nlp"),
    "a leading zero": GOOD[:-1] + b',"x":01}',
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep and open": b"[" * (MOST_BODY_BYTES - 1),
    "a form": b"subject=Help&description=It+broke",
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=list(NOT_JSON))
def test_what_is_not_json_is_refused(server: Server, shared_acme: Player, body: bytes) -> None:
    answer = posted(server, shared_acme, body)
    assert (answer.status, answer.body) == (400, b'{"error":"Invalid JSON"}')


NOT_A_TICKET = {
    "null": b"null",
    "a list": b"[]",
    "a string": b'"x"',
    "a number": b"1",
    "true": b"true",
    "nothing": b"{}",
    "a huge number": GOOD[:-1] + b',"x":1e400}',
    "a number of 4,000 digits": GOOD[:-1] + b',"x":' + b"9" * 4000 + b"}",
    "a number of 100,000 digits": GOOD[:-1] + b',"x":' + b"9" * 100_000 + b"}",
    "2 to the 70": GOOD[:-1] + b',"priority":1180591620717411303424}',
    "a number for a text": GOOD.replace(b'"Help"', b"5"),
    "null for a text": GOOD.replace(b'"Help"', b"null"),
    "a list for a text": GOOD.replace(b'"Help"', b'["Help"]'),
    "an object for a text": GOOD.replace(b'"Help"', b'{"a":1}'),
    "NUL in a text": GOOD.replace(b"Help", b"He\\u0000lp"),
    "NUL in an address": GOOD.replace(b"carla@", b"carla\\u0000@"),
    "NUL in a name of a field": GOOD[:-1] + b',"a\\u0000":1}',
    "a field too many": GOOD[:-1] + b',"status":"closed"}',
    "fields of the language": GOOD[:-1] + b',"__proto__":{},"__class__":1}',
    "the workspace's id": GOOD[:-1] + b',"workspace_id":"x","id":"x","ticket_number":1}',
    "10,000 fields": b"{" + b",".join(b'"f%d":1' % number for number in range(10_000)) + b"}",
    "a long text": GOOD.replace(b"Help", b"a" * 301),
    "a very long text": GOOD.replace(b"It broke", b"a" * 1_000_000),
    "only spaces": GOOD.replace(b"Help", b"   "),
    "only odd spaces": GOOD.replace(b"Help", "\u2003\u00a0".encode()),
    "another priority": GOOD[:-1] + b',"priority":"HIGH"}',
    "an address with a line break": GOOD.replace(b"carla@", b"carla\\r\\nBcc: x@"),
    "an address with a name": GOOD.replace(b"carla@customer.example", b"Carla <carla@customer.example>"),
    "two addresses": GOOD.replace(b"carla@", b"a@a.example,carla@"),
    "a long address": GOOD.replace(b"carla@", b"a" * 250 + b"@"),
    "deep inside a field": GOOD.replace(b'"Help"', b"[" * 200 + b"]" * 200),
}


@pytest.mark.parametrize("body", NOT_A_TICKET.values(), ids=list(NOT_A_TICKET))
def test_what_is_no_ticket_is_refused_in_words(server: Server, shared_acme: Player, body: bytes) -> None:
    answer = posted(server, shared_acme, body)
    assert answer.status == 400
    assert json.loads(answer.body)["error"] in {"Invalid input", "Invalid JSON"}


ODD_BUT_GOOD = {
    "escapes": ('"\\u0048\\u0065lp \\ud83d\\ude00 \\/ \\b"', "Help \N{GRINNING FACE} / \b"),
    "controls": ('"a\\u0001\\u001f\\u007f\\u0085\\u2028\\u2029b"', "a\x01\x1f\x7f\x85\u2028\u2029b"),
    "right to left": ('"\u202eabc"', "\u202eabc"),
    "not a character": ('"a\\uffff\\ufffeb"', "a\uffff\ufffeb"),
    "SQL": ('"\'); DROP TABLE tickets_ticket; --"', "'); DROP TABLE tickets_ticket; --"),
    "placeholders": ('"? %s %(a)s :x $1 {} {0}"', "? %s %(a)s :x $1 {} {0}"),
    "HTML": ('"<script>alert(1)</script>"', "<script>alert(1)</script>"),
    "300 of four bytes": ('"' + "🙂" * 300 + '"', "🙂" * 300),
    "newlines": ('"a\\n\\r\\n\\tb"', "a\n\r\n\tb"),
    "decomposed": ('"e\\u0301"', "e\u0301"),
}


@pytest.mark.parametrize("name", ODD_BUT_GOOD)
def test_an_odd_text_comes_back_as_it_was(server: Server, shared_acme: Player, name: str) -> None:
    text, value = ODD_BUT_GOOD[name]
    answer = posted(server, shared_acme, GOOD.replace(b'"Help"', text.encode()))
    assert answer.status == 201, answer
    made = json.loads(answer.body)["data"]
    assert made["subject"] == value
    read = shared_acme.get(f"/tickets/{made['id']}").data
    assert read["subject"] == value
    listed = [one for one in shared_acme.get("/tickets", limit=1).data if one["id"] == made["id"]]
    assert [one["subject"] for one in listed] == [value]
    event = next(one for one in reversed(shared_acme.events()) if one.get("ticket_id") == made["id"])
    assert event["subject"] == value


@pytest.mark.parametrize(
    "kind",
    [
        *(
            "",
            "\t",
            "json",
            "*/*",
            "text/plain",
            "application/jsonx",
            "application/json5",
            "application/json, text/plain",
        ),
        *("application/json; charset=utf-16", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
    ],
)
def test_a_body_of_another_type_is_refused(server: Server, shared_acme: Player, kind: str) -> None:
    fields = {"Authorization": f"Bearer {shared_acme.key.text}", "Content-Type": kind}
    answer = exchange(server.port, request("POST", LIST, fields, GOOD))
    assert answer is not None
    assert (answer.status, answer.body) == (415, b'{"error":"Unsupported media type"}')


COSTLY = {
    "a media type of spaces": ("application/json" + " " * 30_000 + "x", GOOD, 415),
    "a media type of semicolons": ("application/json" + ";" * 30_000, GOOD, 415),
    "80,000 unknown fields": ("application/json", b"{" + b",".join(b'"f%d":1' % n for n in range(80_000)) + b"}", 400),
    "a text of escapes": ("application/json", GOOD.replace(b"Help", b"\\u0041" * 170_000), 400),
    "a list of 400,000": ("application/json", b"[" + b"1," * 400_000 + b"1]", 400),
    "an address of dots": ("application/json", GOOD.replace(b"carla@", b"a." * 120 + b"@"), 400),
    "a domain of dots": ("application/json", GOOD.replace(b"customer.example", b"b." * 110 + b"-"), 400),
}


@pytest.mark.once
@pytest.mark.parametrize("name", COSTLY)
def test_what_is_cheap_to_send_is_cheap_to_refuse(server: Server, shared_acme: Player, name: str) -> None:
    kind, body, status = COSTLY[name]
    fields = {"Authorization": f"Bearer {shared_acme.key.text}", "Content-Type": kind}
    start = time.monotonic()
    answer = exchange(server.port, request("POST", LIST, fields, body))
    assert answer is not None
    assert answer.status == status
    assert len(answer.body) < 1000
    # A tenth of it on an idle machine; the square of 30,000 spaces took five.
    assert time.monotonic() - start < 1


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", 'application/json;charset="UTF-8"']
)
def test_json_may_be_declared_in_several_ways(server: Server, shared_acme: Player, kind: str) -> None:
    fields = {"Authorization": f"Bearer {shared_acme.key.text}", "Content-Type": kind}
    answer = exchange(server.port, request("POST", LIST, fields, GOOD))
    assert answer is not None
    assert answer.status == 201


# ---- Bodies where there should be none, and keys of retries.


def test_a_body_on_get_is_not_read(server: Server, shared_acme: Player) -> None:
    for length, body in ((len(GOOD), GOOD), (2**40, b""), (2**40, b"x" * 1000)):
        answer = sent(server, head(shared_acme, ("Content-Length", str(length)), method="GET") + body)
        assert answer.status == 200
    assert sent(server, head(shared_acme, CHUNKED, method="GET") + chunked(GOOD)).status == 200


@pytest.mark.parametrize("value", ["", '""', "a b", "a,b", 'a"b', "é", "a" * 256, '"a', "\t", "a\tb"])
def test_a_retry_key_that_is_none_is_refused(server: Server, acme: Player, value: str) -> None:
    fields = head(acme, ("Content-Length", str(len(GOOD))), ("Idempotency-Key", "?"))
    answer = sent(server, fields.replace(b"Idempotency-Key: ?", f"Idempotency-Key: {value}".encode()) + GOOD)
    assert answer.status == 400
    assert count(acme) == 0


def test_two_retry_keys_are_refused(server: Server, acme: Player) -> None:
    for first, second in (("a", "b"), ("a", "a"), ('"a"', '"b"')):
        answer = posted(server, acme, GOOD, ("Idempotency-Key", first), ("Idempotency-Key", second))
        assert answer.status == 400
    assert count(acme) == 0
