"""Whether an answer is the one that a page shows: what differs from run to run (ids, times, keys, tags) set aside."""

import json
import re
from typing import Any, NamedTuple

# Each is replaced by a word and, where two of the same kind must stay two, by a number in order of appearance.
_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_VARYING = (
    ("TIME", re.compile(r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?")),
    ("KEY", re.compile(r"\btix(?:devel|stg|prod)_[0-9A-Za-z]{6,12}(?:…|_)[0-9A-Za-z_]+")),
    ("TAG", re.compile(r'"[0-9a-f]{32}"')),
    ("REQUEST", re.compile(r"^[0-9a-f]{16}$")),
    ("CURSOR", re.compile(r'(?<="next_cursor":")[\w-]{34}(?=")')),
    ("RESET", re.compile(r"(?<=;t=)\d+$")),
    ("VERSION", re.compile(r"(?<=SQLite )[\d.]+$", re.MULTILINE)),
    ("PUBLIC-ID", re.compile(r"^[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{12}\b", re.MULTILINE)),
)


class Response(NamedTuple):
    """A status line's number, the fields of the head in lower case, and the body."""

    status: int
    fields: dict[str, str]
    body: str


def response(text: str) -> Response:
    """Read what a page shows of a response, or what curl wrote of one: status line, fields, empty line, body."""
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    first, *lines = head.splitlines()
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Response(int(first.split()[1]), fields, body.strip())


def plain(text: str) -> str:
    """Return a text with what varies replaced."""
    seen: dict[str, str] = {}
    text = _ID.sub(lambda match: seen.setdefault(match[0], f"ID-{len(seen) + 1}"), text)
    for word, pattern in _VARYING:
        text = pattern.sub(word, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def plain_json(text: str) -> str:
    """Return a JSON text with what varies replaced; spaces and the order of fields do not count, ids do."""
    if not text:
        return ""
    value: Any = json.loads(text)
    return plain(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))).replace(",", ",\n")
