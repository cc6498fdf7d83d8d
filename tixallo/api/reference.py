"""The reference: every operation of the OpenAPI document as Markdown, with an answer that the guides show.

Each answer comes from a guide, whose examples the tests run; none is made up here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from django.conf import settings

from tixallo.api import openapi
from tixallo.api.routes import PREFIX
from tixallo.kit.shapes import Schema
from tixallo.web import guides
from tixallo.web.markdown import Article, render

_BLOCKS = re.compile(r"^```bash[^\n]*\n(?P<command>.*?)^```\n+```http\n(?P<answer>.*?)^```$", re.MULTILINE | re.DOTALL)
_ADDRESS = re.compile(r"(?:\$API|https?://[^/\s]+/api/v1)(/[^\s\"'?]*)")
_METHOD = re.compile(r"-X (\w+)")
_KINDS = {"array": "a list", "integer": "a whole number", "string": "a text"}
_FORMATS = {"email": "an e-mail address", "uuid": "an id", "date-time": "a time"}


class Example(NamedTuple):
    """A request of a guide and what it was answered."""

    operation: str
    command: str
    answer: str

    @property
    def status(self) -> str:
        """The status of the answer."""
        return self.answer.split(maxsplit=2)[1]


@cache
def article(language: str) -> Article:
    """Return the reference as it is shown to who reads the frame in `language`, which must be the active one."""
    return render(text(), lambda target: target)


def text() -> str:
    """Return the reference in Markdown."""
    document = openapi.document()
    shown = examples()
    about = f"Every operation of the API, made from its [OpenAPI document]({guides.OPENAPI})."
    lines = ["# Reference", f"{about} Each wants a [key](authentication) and counts against its [limit](limits)."]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            lines += _operation(f"{method.upper()} {path.removeprefix(PREFIX)}", operation, document, shown)
    return "\n\n".join(lines)


def examples() -> Mapping[str, Example]:
    """Return, by method and path as in the table of routes, the first example of the guides that succeeded."""
    found: dict[str, Example] = {}
    for guide in guides.GUIDES:
        if guide.path:
            for match in _BLOCKS.finditer(guides.text(guide)):
                example = _example(match["command"], match["answer"])
                if example and example.status in {"200", "201"}:
                    found.setdefault(example.operation, example)
    return found


def _example(command: str, answer: str) -> Example | None:
    # What was answered is the last of its requests.
    start = command.rfind("curl ")
    last = command[max(start, 0) :]
    address = _ADDRESS.search(last)
    if address is None or start < 0:
        return None
    method = _METHOD.search(last)
    name = method[1] if method else "POST" if re.search(r"\s-d ", last) else "GET"
    path = re.sub(r"\$\w+", "{id}", address[1])
    command = last.strip().replace("$API", f"{settings.TIXALLO.origin}{PREFIX}")
    return Example(f"{name} {path}", command, answer.strip())


def _operation(name: str, operation: Schema, document: Schema, shown: Mapping[str, Example]) -> Iterator[str]:
    yield f"## {name}"
    summary = operation["summary"].rstrip(".")
    yield f"{summary}. {operation.get('description', 'Any valid key opens it.')}"
    rows = [
        (f"`{each['name']}`", each["in"], each.get("description") or _rule(each["schema"]))
        for each in operation.get("parameters", [])
    ]
    if rows:
        yield _table(("parameter", "stands in", "rule"), rows)
    if "requestBody" in operation:
        schema = _resolved(operation["requestBody"]["content"]["application/json"]["schema"], document)
        required = schema.get("required", [])
        yield _table(
            ("field of the body", "rule"),
            [
                (f"`{field}`", ("required, " if field in required else "") + _rule(rule))
                for field, rule in schema["properties"].items()
            ],
        )
    yield _answers(operation["responses"], document)
    if example := shown.get(name):
        yield f"```bash\n{example.command}\n```"
        yield f"```http\n{example.answer}\n```"


def _answers(responses: Schema, document: Schema) -> str:
    told = []
    for status, response in responses.items():
        described = _resolved(response, document)
        if status < "300":
            schema = described["content"]["application/json"]["schema"]["properties"]["data"]
            many = schema.get("type") == "array"
            kind = (schema["items"] if many else schema)["$ref"].rpartition("/")[2]
            told.append((status, f"{'a page of' if many else 'one'} `{kind}`"))
        else:
            told.append((_error(status), described["description"]))
    return _table(("answer", "what it says"), told)


def _error(status: str) -> str:
    places = {
        heading.anchor[:3]: heading.anchor for heading in guides.headings("errors") if heading.anchor[:3].isdecimal()
    }
    return f"[{status}](errors#{places[status]})" if status in places else status


def _rule(schema: Schema) -> str:
    kinds = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    kind = kinds[0]
    rules = [_kind(kind)]
    if "minimum" in kind:
        rules.append(f"{kind['minimum']:,} to {kind['maximum']:,}")
    if "maxLength" in kind and "enum" not in kind:
        least = f"{kind['minLength']} to" if "minLength" in kind else "at most"
        rules.append(f"{least} {kind['maxLength']:,} characters")
    if "maxItems" in kind:
        rules.append(f"at most {kind['maxItems']}, each {_rule(kind['items'])}")
    if len(kinds) < len(schema.get("anyOf", [schema])):
        rules.append("or null")
    if schema.get("default") is not None:
        rules.append(f"`{schema['default']}` if left out")
    return ", ".join(rules)


def _kind(schema: Schema) -> str:
    if "enum" in schema:
        return " or ".join(f"`{each}`" for each in schema["enum"])
    if "format" in schema:
        return _FORMATS[schema["format"]]
    return _KINDS[schema["type"]]


def _resolved(schema: Schema, document: Schema) -> Schema:
    found = schema
    if "$ref" in schema:
        found = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
    return found


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
