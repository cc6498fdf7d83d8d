"""The OpenAPI 3.1 document, made from the definitions that validate what comes in and encode what goes out."""

from collections.abc import Mapping
from functools import cache

import orjson
from falcon import Request, Response
from pydantic import BaseModel

import tixallo
from tixallo.api.routes import ANY_KEY, PREFIX, ROUTES, Operation
from tixallo.kit import answers
from tixallo.kit.shapes import Described, Schema, Shape
from tixallo.workspaces.operations import Writing

_ERROR: Schema = {
    "type": "object",
    "properties": {"error": {"type": "string"}},
    "required": ["error"],
    "additionalProperties": False,
}
_INVALID: Schema = {
    "type": "object",
    "properties": {
        "error": {"type": "string"},
        "details": {
            "type": "object",
            "properties": {
                "fieldErrors": {
                    "type": "object",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
                "formErrors": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["fieldErrors", "formErrors"],
            "additionalProperties": False,
        },
    },
    "required": ["error"],
    "additionalProperties": False,
}
_LIMITED: Schema = {
    "type": "object",
    "properties": {"error": {"type": "string"}, "limit": {"type": "integer"}, "window_seconds": {"type": "integer"}},
    "required": ["error", "limit", "window_seconds"],
    "additionalProperties": False,
}
_REFUSALS = {
    "BadRequest": ("The input breaks rules, or is not JSON.", _INVALID),
    "Unauthorized": ("No valid key.", _ERROR),
    "Forbidden": ("The key's scope does not allow it, or plain http is not taken.", _ERROR),
    "NotFound": ("No such thing in this workspace.", _ERROR),
    "Timeout": ("The body did not arrive in time.", _ERROR),
    "Conflict": ("The request clashes with the state.", _ERROR),
    "PreconditionFailed": ("If-Match names another version.", _ERROR),
    "TooLarge": ("The body is over 1 MiB.", _ERROR),
    "UnsupportedMediaType": ("The body is not sent as JSON.", _ERROR),
    "KeyReused": ("The Idempotency-Key was used for another request.", _ERROR),
    "RateLimited": ("Too many requests: wait for Retry-After.", _LIMITED),
    "ServerError": ("A defect of the server.", _ERROR),
    "Unavailable": ("The server cannot take this on now: wait for Retry-After.", _ERROR),
}
_ALWAYS = {"401": "Unauthorized", "403": "Forbidden", "429": "RateLimited", "500": "ServerError", "503": "Unavailable"}


class Document:
    """`/openapi.json`, the one path under the prefix that needs no key."""

    scopes: Mapping[str, str] = {}

    def on_get(self, req: Request, resp: Response) -> None:
        """Answer with the document, or with its tag alone."""
        body, tag = _encoded()
        resp.set_header("ETag", tag)
        if answers.is_known(req.env, tag):
            resp.status = "304 Not Modified"
        else:
            resp.data = body


def document() -> Schema:
    """Return the whole document."""
    paths: dict[str, Schema] = {}
    schemas: dict[str, Schema] = {}
    for route in ROUTES:
        paths[PREFIX + route.path] = {
            method.lower(): _operation(method, route.path, scope, operation, schemas)
            for method, (scope, operation) in route.methods.items()
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tixallo", "version": tixallo.__version__, "description": "A workspace, opened by its keys."},
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": {name: _response(text, schema) for name, (text, schema) in _REFUSALS.items()},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


@cache
def _encoded() -> tuple[bytes, str]:
    body = orjson.dumps(document())
    return body, answers.tag_of(body)


def _operation(method: str, path: str, scope: str, operation: Operation, schemas: dict[str, Schema]) -> Schema:
    about = operation.about
    refusals = {"400": "BadRequest", **_ALWAYS}
    parameters: list[Schema] = []
    described: Schema = {"operationId": about.name, "summary": operation.summary}
    if scope != ANY_KEY:
        described["description"] = f"Scope: `{scope}`."
    if "{id}" in path:
        parameters.append({"name": "id", "in": "path", "required": True, "schema": {"type": "string"}})
        refusals["404"] = "NotFound"
    if isinstance(operation, Writing):
        refusals.update({"408": "Timeout", "413": "TooLarge"})
        if operation.body is not None:
            refusals["415"] = "UnsupportedMediaType"
            schema = _input(operation.body, schemas)
            described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
        parameters += _write_headers(method, refusals)
    else:
        parameters += _parameters(operation.query)
        parameters.append(_header("If-None-Match", "The tag of an answer already at hand: 304 if it is still good."))
    if about.clashes:
        refusals["409"] = "Conflict"
    if parameters:
        described["parameters"] = parameters
    described["responses"] = {
        str(about.status): _response("Done.", _answer(operation, schemas)),
        **({"304": {"description": "The answer at hand is still good."}} if method == "GET" else {}),
        **{status: {"$ref": f"#/components/responses/{name}"} for status, name in sorted(refusals.items())},
    }
    return described


def _write_headers(method: str, refusals: dict[str, str]) -> list[Schema]:
    if method == "POST":
        refusals.update({"409": "Conflict", "422": "KeyReused"})
        return [_header("Idempotency-Key", "Repeats under the same key do nothing again for 24 hours.")]
    if method == "PATCH":
        refusals["412"] = "PreconditionFailed"
        return [_header("If-Match", "The tag of the version that the change is meant for.")]
    return []


def _header(name: str, text: str) -> Schema:
    return {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}


def _parameters(query: type[BaseModel]) -> list[Schema]:
    schema = query.model_json_schema()
    return [
        {"name": name, "in": "query", "required": False, "schema": _without_null(each)}
        for name, each in schema.get("properties", {}).items()
    ]


def _without_null(schema: Schema) -> Schema:
    # A query cannot say null; a parameter is there or not.
    kinds = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    return {**kinds[0], **({"default": schema["default"]} if schema.get("default") is not None else {})}


def _input(model: type[BaseModel], schemas: dict[str, Schema]) -> Schema:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    for each in schema["properties"].values():
        if each.get("default", "") is None:
            del each["default"]
    schemas[model.__name__] = schema
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _answer(operation: Operation, schemas: dict[str, Schema]) -> Schema:
    about = operation.about
    _collect(about.answer, schemas)
    one: Schema = {"$ref": f"#/components/schemas/{about.answer.name}"}
    properties: Schema = {"data": {"type": "array", "items": one} if about.many else one}
    if about.many:
        properties["next_cursor"] = {"type": "string" if about.endless else ["string", "null"]}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _collect(shape: Shape | Described, schemas: dict[str, Schema]) -> None:
    schemas[shape.name] = shape.schema()
    if isinstance(shape, Shape):
        for part in shape.parts:
            _collect(part, schemas)


def _response(text: str, schema: Schema) -> Schema:
    return {"description": text, "content": {"application/json": {"schema": schema}}}
