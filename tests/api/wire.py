"""Requests byte by byte over a plain socket, and their answers as they come: what no library would send or show.

The first answer of the API on a connection is held against its document and the rules for every answer.
"""

import contextlib
import http.client
import re
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Self
from urllib.parse import unquote
from urllib.request import urlopen

from tests import openapi
from tests.openapi import Document, Seen

# Longer than any answer may take; who waits so long has found a hang.
PATIENCE_SECONDS = 10.0

# A request to the API that is whole enough to say what was asked for.
_ASKED = re.compile(rb"([A-Za-z]+) (/api/v1/[!-~]+) HTTP/1\.1\r\n((?:[!-9;-~]+:[^\r\n]*\r\n)*)\r\n")


@dataclass(frozen=True)
class Answer:
    """One response: its status, its fields in the order they came (names in lower case), and its body."""

    line: str
    fields: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def status(self) -> int:
        """The status code."""
        return int(self.line.split()[1])

    def field(self, name: str) -> str | None:
        """The value of a field; None where it is missing, all of them where it is there twice."""
        values = [value for each, value in self.fields if each == name]
        return ", ".join(values) if values else None

    def without(self, *names: str) -> tuple[str, tuple[tuple[str, str], ...], bytes]:
        """The whole answer but for some fields, to be compared."""
        return self.line, tuple(each for each in self.fields if each[0] not in names), self.body


class Wire:
    """One connection."""

    def __init__(self, port: int, *, source: str = "127.0.0.1", patience: float = PATIENCE_SECONDS) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=patience, source_address=(source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = port
        self._sent: bytes | None = b""
        self._pending = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes; that the server has hung up already is left for `answer` to see."""
        if self._sent is not None:
            self._sent += data
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data)

    def answer(self, *, bodiless: bool = False) -> Answer | None:
        """Read one final response; None when the server closes without one. `bodiless` is for HEAD.

        Raises TimeoutError when nothing comes.
        """
        head = self._until(b"\r\n\r\n")
        if head is None:
            return None
        line, *lines = head.decode("latin-1").split("\r\n")
        fields = tuple((name.lower(), value.strip()) for name, _, value in (each.partition(":") for each in lines))
        answer = Answer(line, fields, b"")
        if answer.status < 200:
            return self.answer(bodiless=bodiless)
        if not bodiless and answer.status not in (204, 304):
            answer = Answer(line, fields, self._body(answer))
        if self._sent is not None:
            _check(self._port, self._sent, answer)
            self._sent = None
        return answer

    def ends(self) -> bool:
        """Tell whether the server closes the connection without another byte."""
        return not self._pending and not self._receive()

    def _body(self, answer: Answer) -> bytes:
        length = answer.field("content-length")
        if length is not None:
            return self._exactly(int(length))
        if answer.field("transfer-encoding") == "chunked":
            body = b""
            while size := int((self._until(b"\r\n") or b"0"), 16):
                body += self._exactly(size)
                self._exactly(2)
            self._until(b"\r\n")
            return body
        while received := self._receive():
            self._pending += received
        body, self._pending = self._pending, b""
        return body

    def _until(self, mark: bytes) -> bytes | None:
        while mark not in self._pending:
            received = self._receive()
            if not received:
                assert not self._pending, f"The answer breaks off: {self._pending!r}"
                return None
            self._pending += received
        found, _, self._pending = self._pending.partition(mark)
        return found

    def _exactly(self, size: int) -> bytes:
        while len(self._pending) < size:
            received = self._receive()
            assert received, f"The body breaks off after {len(self._pending)} of {size} bytes"
            self._pending += received
        found, self._pending = self._pending[:size], self._pending[size:]
        return found

    def _receive(self) -> bytes:
        try:
            return self.socket.recv(65536)
        except ConnectionResetError:
            return b""


def _check(port: int, sent: bytes, answer: Answer) -> None:
    asked = _ASKED.match(sent)
    # The HTTP parser's own refusals have no type.
    if asked is None or answer.field("content-type") is None:
        return
    method, target = asked[1].decode(), asked[2].decode()
    names = {line.partition(b":")[0].lower() for line in asked[3].splitlines()}
    path = unquote(target.partition("?")[0])
    # Whoever gets past the host and the key has a valid one.
    refused = answer.status == 401 or b"Host must be given once" in answer.body
    valid = b"authorization" in names and not refused and path != openapi.OPEN
    headers = http.client.HTTPMessage()
    for name, value in answer.fields:
        headers[name] = value
    openapi.check(_document(port), Seen(method, path, answer.status, headers, answer.body, valid))


@cache
def _document(port: int) -> Document:
    with urlopen(f"http://127.0.0.1:{port}{openapi.OPEN}") as answer:
        return Document(answer.read())


Fields = Mapping[str, str] | Iterable[tuple[str, str]]


def request(method: str, target: str, fields: Fields = (), body: bytes | None = None) -> bytes:
    """The bytes of a well-formed request, the fields as given; a Content-Length is added to a body."""
    pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
    if not any(name.lower() == "host" for name, _ in pairs):
        pairs.insert(0, ("Host", "localhost"))
    if body is not None:
        pairs.append(("Content-Length", str(len(body))))
    head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in pairs) + "\r\n"
    return head.encode("latin-1") + (body or b"")


def exchange(port: int, data: bytes, *, bodiless: bool = False, source: str = "127.0.0.1") -> Answer | None:
    """Send bytes on a connection of their own and return the first answer, None if there is none."""
    with Wire(port, source=source) as wire:
        wire.send(data)
        return wire.answer(bodiless=bodiless)
