"""A key that is used in every way, right and wrong, and then looked for in everything that was written or answered."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.api.wire import Wire, request
from tests.cast import NewPlayer, end_key
from tests.conftest import NewServer
from tests.databases import Cluster
from tests.servers import Server
from tixallo.keys import token
from tixallo.keys.models import ApiKey
from tixallo.keys.usage import FLUSH_SECONDS

LIST = "/api/v1/tickets"
BODY = b'{"subject":"a","description":"b","customer_email":"c@customer.example"}'


def spoil(key_id: str) -> None:
    """Store scopes that cannot be read, so that every use of the key meets a defect. Runs backstage."""
    ApiKey.objects.filter(id=key_id).update(scopes=5)


@pytest.mark.slow
def test_a_key_is_nowhere_but_in_the_answer_that_showed_it(
    new_server: NewServer, new_player: NewPlayer, cluster: Cluster | None
) -> None:
    server = new_server(TIXALLO_LOG_LEVEL="debug")
    acme = new_player(on=server)
    canaries = [acme.key.text]
    for how in ("disable", "revoke"):
        ended = acme.another_key().key
        acme.backstage(end_key, acme.id, ended.id, how)
        canaries.append(ended.text)
    spoilt = acme.another_key().key
    acme.backstage(spoil, spoilt.id)
    canaries.append(spoilt.text)
    made = server.run("key", "create", "--workspace", acme.slug, "--name", "By command").stdout.strip()
    canaries += [made, str(token.generate("production"))]

    answers = b"".join(answer for text in canaries for answer in _use(server, text))
    said = _command(server, canaries)
    assert b'"error":"Internal server error"' in answers, "no defect was provoked"
    assert "request" in server.log.read_text(), "the defect was not logged"
    time.sleep(FLUSH_SECONDS + 1)
    acme.events()
    files = _files(server, cluster)
    server.stop()
    files += _files(server, cluster)

    for text in canaries:
        for trace in _traces(text):
            assert trace not in answers, "in an answer"
            assert trace not in said.encode(), "in what a command said"
            for name, content in files:
                assert trace not in content, f"in {name}"
    # What is looked for can be found: the public id is stored.
    assert any(acme.key.public_id.encode() in content for _, content in files)


def _traces(text: str) -> Iterator[bytes]:
    """The key, its secret part, and either as encodings show them."""
    secret = text.split("_")[2]
    for shown in (text, secret):
        yield shown.encode()
        yield shown.lower().encode()
        yield shown.encode("utf-16-le")
        yield base64.b64encode(shown.encode())[:-4]
        yield shown.encode().hex().encode()
    yield text.replace("_", "%5F").encode()
    yield secret[:24].encode()


def _use(server: Server, text: str) -> Iterator[bytes]:
    """Send a key in every way and give the answers, all of them."""
    secret = text.split("_")[2]
    good = ("Authorization", f"Bearer {text}")
    json = ("Content-Type", "application/json")
    for shown in (
        text,
        secret,
        text[:-1],
        text + "x",
        text.lower(),
        text.replace("_", "-"),
        quote(text).replace("_", "%5F"),
    ):
        for method, target, fields, body in (
            ("GET", LIST, [("Authorization", f"Bearer {shown}")], None),
            ("GET", LIST, [("Authorization", shown)], None),
            ("GET", LIST, [("Authorization", f"Bearer {shown}, Bearer {shown}")], None),
            ("POST", LIST, [good, json, ("Idempotency-Key", shown)], BODY),
            ("POST", LIST, [good, json, ("Idempotency-Key", f"{shown} {shown}")], BODY),
            ("GET", f"{LIST}?access_token={shown}", [good], None),
            ("GET", f"{LIST}?{shown}=1", [good], None),
            ("GET", f"{LIST}?limit={shown}", [good], None),
            ("GET", f"{LIST}?cursor={shown}", [good], None),
            ("GET", f"{LIST}?status={shown}&priority={shown}&customer_id={shown}&tag={shown}", [good], None),
            ("GET", f"{LIST}?customer_email={shown}&updated_since={shown}", [good], None),
            ("GET", f"{LIST}?q={shown}", [good], None),
            ("GET", f"/api/v1/events?after={shown}", [good], None),
            ("GET", f"{LIST}/{shown}", [good], None),
            ("GET", f"/api/v1/{shown}", [good], None),
            ("GET", f"/api/{shown}", [good], None),
            ("GET", f"/{shown}", [good, ("Host", "localhost")], None),
            ("GET", f"/?key={shown}", [good, ("Host", "localhost")], None),
            ("GET", "/", [good, ("Host", shown)], None),
            ("GET", "/", [good, ("Host", "localhost"), ("Cookie", f"sessionid={shown}"), ("Referer", shown)], None),
            ("POST", "/", [good, ("Host", "localhost"), ("Content-Type", "text/plain")], shown.encode()),
            ("GET", f"/static/{shown}", [good, ("Host", "localhost")], None),
            (shown, LIST, [good], None),
            ("GET", LIST, [good, ("User-Agent", f"client/{shown}")], None),
            ("GET", LIST, [good, ("User-Agent", f"{'x' * 100} {text}")], None),
            ("GET", LIST, [good, ("X-Forwarded-For", shown), ("X-Request-Id", shown)], None),
            ("GET", LIST, [good, ("If-None-Match", shown)], None),
            ("POST", LIST, [good, ("Content-Type", shown)], BODY),
            ("POST", LIST, [good, json, ("Content-Encoding", shown)], BODY),
            ("POST", LIST, [good, json], shown.encode()),
            ("POST", LIST, [good, json], b'{"%s": 1}' % shown.encode()),
            ("POST", LIST, [good, json], BODY[:-1] + b',"priority":"%s"}' % shown.encode()),
            ("POST", LIST, [good, json], BODY.replace(b"c@customer.example", shown.encode())),
            ("POST", f"{LIST}/{shown}/messages", [good, json], b'{"body":"a"}'),
            ("PATCH", f"{LIST}/{shown}", [good, json, ("If-Match", shown)], b"{}"),
            ("POST", "/api/v1/companies", [good, json], b'{"name":"a","domains":["%s"]}' % shown.encode()),
            ("POST", "/healthz", [good, json], shown.encode()),
            (f"GET {LIST} {shown}", LIST, [good], None),
        ):
            with Wire(server.port) as wire:
                wire.send(request(method, target, fields, body))
                answer = wire.answer(bodiless=method == "HEAD")
            if answer is not None:
                yield repr(answer.fields).encode() + answer.body


def _command(server: Server, canaries: list[str]) -> str:
    said = ""
    for words in (
        ("key", "revoke", canaries[0]),
        ("key", "disable", canaries[0][:-1]),
        ("key", "list", "--workspace", canaries[0]),
        ("workspace", "create", "X", "--owner", canaries[0]),
        ("workspace", "create", "X", "--owner", "x@x.example", "--slug", canaries[0]),
        ("audit", "verify"),
        ("due", "list"),
    ):
        run = server.run(*words, check=False)
        said += run.stdout + run.stderr
    return said


def _files(server: Server, cluster: Cluster | None) -> list[tuple[str, bytes]]:
    places = [server.data, *([cluster.directory] if cluster else [])]
    paths = [path for place in places for path in place.rglob("*") if path.is_file()]
    return [(str(path), _content(path)) for path in [*paths, server.log]]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
