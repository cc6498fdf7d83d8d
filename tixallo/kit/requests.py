"""Reading what a program sends: the query and the body, bounded and strict, before any rule sees them."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from tixallo.kit.errors import Invalid, InvalidJson, UnsupportedMediaType

MOST_BODY_BYTES = 1024 * 1024
MOST_QUERY_BYTES = 8 * 1024
MOST_PARAMETERS = 50
LONGEST_MEDIA_TYPE = 100

_JSON = re.compile(r"\s*application/json\s*(;\s*charset\s*=\s*\"?utf-8\"?\s*)?;?\s*", re.ASCII | re.IGNORECASE)
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def check_media_type(header: str | None, coding: str | None = None) -> None:
    """Raise `UnsupportedMediaType` unless a body is declared as JSON in UTF-8, and as not compressed."""
    if coding is not None and coding.strip().lower() != "identity":
        raise UnsupportedMediaType
    if header == "application/json":
        return
    # Bounded first: the pattern takes the square of a long run of spaces.
    if header is None or len(header) > LONGEST_MEDIA_TYPE or not _JSON.fullmatch(header):
        raise UnsupportedMediaType


def read_json(body: bytes) -> Any:
    """Return the value of a JSON text in UTF-8. Raises `InvalidJson` for anything else, and for a key given twice."""
    try:
        # orjson is strict where json is lenient (surrogates, NaN, depth), json sees what orjson does not (a key twice).
        orjson.loads(body)
        return json.loads(body.decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise InvalidJson from error


def read_query(text: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the parameters of a query string, and what is wrong with those given more than once. Raises `Invalid`."""
    if not text:
        return {}, {}
    if len(text) > MOST_QUERY_BYTES or _BROKEN_ESCAPE.search(text):
        raise Invalid(form_errors=["Invalid query"])
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError as error:
        raise Invalid(form_errors=["Invalid query"]) from error
    found: dict[str, str] = {}
    twice: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in found:
            twice[name] = ["Must be given once"]
        found[name] = value
    return found, twice


def _unique(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found
