"""What every answer of the API must keep to, whatever it says: the OpenAPI document of the server that gave it, and the
rules that hold for all of them. The cast's clients pass each answer they get through here.
"""

import http.client
import json
import re
from functools import cache
from typing import Any, NamedTuple

import jsonschema_rs

PREFIX = "/api/v1"

# The one path that needs no key.
OPEN = f"{PREFIX}/openapi.json"

_NO_BODY = frozenset({204, 304})
_REQUEST_ID = re.compile(r"[0-9a-f]{16}")
_POLICY = re.compile(r'"key";q=([0-9]+);w=60')
_LEFT = re.compile(r'"key";r=([0-9]+);t=([0-9]+)')
# What may be answered to a request that no operation describes.
_ELSEWHERE = {
    400: "Invalid input",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    429: "Rate limit exceeded",
    500: "Internal server error",
    503: "Temporarily unavailable",
}


class Seen(NamedTuple):
    """A request and its answer, as far as the rules look at them."""

    method: str
    path: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    with_valid_key: bool
    sent: bytes | None = None


def check(document: "Document", seen: Seen) -> None:
    """Raise AssertionError unless the answer keeps to the document and to the rules for every answer.

    A body that was taken must be one that the document allows.
    """
    headers = seen.headers
    assert _REQUEST_ID.fullmatch(headers.get("X-Request-Id", "")), "no X-Request-Id"
    crossing = [name for name in headers if name.lower().startswith("access-control-")]
    assert not crossing, f"CORS: {crossing}"
    assert "Set-Cookie" not in headers, "a cookie"
    assert not 300 <= seen.status < 304, "a redirect"
    if not seen.path.startswith(f"{PREFIX}/"):
        return
    _check_limit(seen)
    _check_tag(seen)
    if seen.status in _NO_BODY or seen.method == "HEAD":
        assert seen.body == b"", "a body where there is none"
        return
    assert headers["Content-Type"] == "application/json", headers["Content-Type"]
    value = json.loads(seen.body)
    if seen.sent and seen.status in {200, 201}:
        document.input(seen.method, seen.path).validate(json.loads(seen.sent))
    documented = document.schema(seen.method, seen.path, seen.status)
    if documented is None:
        assert seen.path == OPEN or value["error"] == _ELSEWHERE[seen.status], value
    else:
        documented.validate(value)


def _check_limit(seen: Seen) -> None:
    if not seen.with_valid_key:
        return
    policy, left = seen.headers.get("RateLimit-Policy", ""), seen.headers.get("RateLimit", "")
    if seen.status in {401, 403, 500, 503} and not policy:
        # Refused, or failed, before the key was known to be valid.
        return
    most, rest = _POLICY.fullmatch(policy), _LEFT.fullmatch(left)
    assert most is not None, f"RateLimit-Policy: {policy}"
    assert rest is not None, f"RateLimit: {left}"
    assert 0 <= int(rest[1]) < int(most[1])
    assert 1 <= int(rest[2]) <= 60


def _check_tag(seen: Seen) -> None:
    tagged = seen.method in {"GET", "HEAD"} and seen.status in {200, 304}
    assert ("ETag" in seen.headers) == tagged, f"ETag on {seen.method} {seen.status}: {seen.headers.get('ETag')}"


class Document:
    """The OpenAPI document of one server."""

    def __init__(self, text: bytes) -> None:
        self.value: dict[str, Any] = json.loads(text)
        self._paths = [
            (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path) for path in self.value["paths"]
        ]
        self.schema = cache(self._schema)
        self.input = cache(self._input)

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """Return what the document says of a request, or None if it does not know it; methods know upper case alone."""
        if not method.isupper():
            return None
        for pattern, template in self._paths:
            if pattern.fullmatch(path):
                found: dict[str, Any] | None = self.value["paths"][template].get(method.lower())
                return found
        return None

    def _schema(self, method: str, path: str, status: int) -> jsonschema_rs.Draft202012Validator | None:
        operation = self.operation(method, path)
        if operation is None:
            return None
        assert str(status) in operation["responses"], f"{method} {path}: {status} is not documented"
        response = operation["responses"][str(status)]
        if "$ref" in response:
            response = self.value["components"]["responses"][response["$ref"].rpartition("/")[2]]
        return self._validator(response["content"]["application/json"]["schema"])

    def _input(self, method: str, path: str) -> jsonschema_rs.Draft202012Validator:
        operation = self.operation(method, path)
        assert operation is not None, f"{method} {path} took a body, but is not documented"
        if "requestBody" not in operation:
            return self._validator({"type": "object", "maxProperties": 0})
        return self._validator(operation["requestBody"]["content"]["application/json"]["schema"])

    def _validator(self, schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(
            {**schema, "components": self.value["components"]}, validate_formats=True
        )
