"""Shapes of what the API answers: one definition gives the SQL that encodes a row and its OpenAPI schema."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tixallo.kit.sql import Dialect

Encoder = Callable[[Dialect], str]
Schema = dict[str, Any]

ID: Schema = {"type": "string", "format": "uuid"}
TIME: Schema = {"type": "string", "format": "date-time"}
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}


def nullable(schema: Schema) -> Schema:
    """Return the schema that also allows null."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    changed = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        changed["enum"] = [*schema["enum"], None]
    return changed


@dataclass(frozen=True)
class Field:
    """One field of an answer: its name, how a row gives it, and what it looks like."""

    name: str
    encode: Encoder
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """A named object of the API, read from rows of the tables its fields name; `parts` are the objects inside it."""

    name: str
    fields: tuple[Field, ...]
    description: str = ""
    parts: tuple["Shape", ...] = ()

    def sql(self, dialect: Dialect) -> str:
        """Return the expression that makes the finished JSON object of one row."""
        return dialect.object([(each.name, each.encode(dialect)) for each in self.fields])

    def schema(self) -> Schema:
        """Return the object's JSON schema: every field there, nothing else."""
        schema: Schema = {
            "type": "object",
            "properties": {each.name: dict(each.schema) for each in self.fields},
            "required": [each.name for each in self.fields],
            "additionalProperties": False,
        }
        return {"description": self.description, **schema} if self.description else schema


@dataclass(frozen=True)
class Described:
    """A named object of the API that is stored as it is answered, so that only its schema is to be told."""

    name: str
    described: Mapping[str, Any]

    def schema(self) -> Schema:
        """Return the object's JSON schema."""
        return dict(self.described)


def column(name: str, source: str, schema: Schema = TEXT) -> Field:
    """Return a field that is a column as it stands."""
    return Field(name, lambda dialect: source, schema)


def identifier(name: str, source: str, *, null: bool = False) -> Field:
    """Return a field that is an id."""
    return Field(name, lambda dialect: dialect.text(source), nullable(ID) if null else ID)


def time(name: str, source: str, *, null: bool = False) -> Field:
    """Return a field that is a time: RFC 3339, UTC, whole seconds."""
    return Field(name, lambda dialect: dialect.time(source), nullable(TIME) if null else TIME)


def choice(name: str, source: str, values: tuple[str, ...]) -> Field:
    """Return a field that is one of a few words."""
    return Field(name, lambda dialect: source, {"type": "string", "enum": list(values)})
