"""What all operations of the API share: a read with its entity tag, a write in one change, and their description.

A function decorated with `reads` or `writes` becomes an operation: what is declared there parses the input, checks it,
and describes both directions in the OpenAPI document.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Concatenate, Generic, NamedTuple, ParamSpec, TypeVar

import orjson
from pydantic import BaseModel

from tixallo.kit import answers, bodies, requests
from tixallo.kit.errors import (
    Invalid,
    InvalidJson,
    NotFound,
    PreconditionFailed,
    TooLarge,
    UnsupportedMediaType,
)
from tixallo.kit.fields import Input, QueryInput, validated
from tixallo.kit.ids import is_id
from tixallo.kit.shapes import Described, Shape
from tixallo.workspaces import retries
from tixallo.workspaces.changes import Actor, Change, change

Query = TypeVar("Query", bound=QueryInput)
Body = TypeVar("Body", bound=BaseModel)
Ids = ParamSpec("Ids")


class Nothing(QueryInput):
    """The query of an operation that takes none."""


class _Empty(Input):
    """The body of an operation that takes none."""


class Call(NamedTuple):
    """A request whose key is good: the workspace that it opens, at the revision read with the key, and who acts."""

    workspace_id: str
    revision: int
    actor: Actor


class Reply(NamedTuple):
    """What a door sends back; a `lasting` one stays as it is until the workspace changes."""

    status: int
    body: bytes
    tag: str | None = None
    lasting: bool = False


@dataclass(frozen=True)
class About:
    """How an operation is described, beside the first line of its function's documentation.

    An `endless` list has no last page.
    """

    name: str
    answer: Shape | Described
    many: bool = False
    endless: bool = False
    status: int = 200
    clashes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading(Generic[Query]):
    """An operation that only reads. `keep` lets its answers be kept while the workspace stays as it is."""

    about: About
    query: type[Query]
    keep: bool
    read: Callable[..., bytes]

    @property
    def summary(self) -> str:
        """What the operation does, in a line."""
        return _summary(self.read)

    def reply(self, call: Call, environ: Mapping[str, Any], ids: Mapping[str, str]) -> Reply:
        """Return the answer as it is now."""
        _check_ids(ids)
        query = self._checked(call, environ["QUERY_STRING"], ids)
        body = self.read(call, query, **ids)
        return Reply(200, body, answers.tag_of(body), self.keep and query.may_be_kept())

    def _checked(self, call: Call, text: str, ids: Mapping[str, str]) -> Query:
        try:
            found: Query = _query(self.query, text)
            return found
        except Invalid:
            self.find(call, ids)
            raise

    def find(self, call: Call, ids: Mapping[str, str]) -> None:
        """Raise `NotFound` unless what the ids in the path name is there: that is said before anything else is."""
        if ids:
            self.read(call, self.query(), **ids)


@dataclass(frozen=True)
class Writing(Generic[Body]):
    """An operation that changes the workspace. `of` is the reading of what the id in its path names, by which that is
    looked for and whose tag an `If-Match` names.

    Without a `body` it takes none: what is sent may at most be an object without fields, whatever its declared type.
    """

    about: About
    body: type[Body] | None
    write: Callable[..., bytes]
    of: Reading[Any] | None

    @property
    def summary(self) -> str:
        """What the operation does, in a line."""
        return _summary(self.write)

    def reply(self, call: Call, environ: MutableMapping[str, Any], ids: Mapping[str, str]) -> Reply:
        """Carry the request out once and return its answer."""
        _check_ids(ids)
        try:
            raw, given, key = self._taken(call, environ)
        except (Invalid, InvalidJson, TooLarge, UnsupportedMediaType):
            if self.of is not None:
                self.of.find(call, ids)
            raise
        method = environ["REQUEST_METHOD"]
        wanted = environ.get("HTTP_IF_MATCH") if method == "PATCH" else None

        def make(opened: Change) -> tuple[int, bytes]:
            if wanted is not None:
                self._check_version(call, wanted, ids)
            return self.about.status, self.write(call, opened, *given, **ids)

        if key is None:
            with change(call.workspace_id, call.actor) as opened:
                status, answer = make(opened)
            return Reply(status, answer)
        request = retries.fingerprint(method, environ["PATH_INFO"], raw)
        return Reply(*retries.once(call.workspace_id, call.actor, key, request, make))

    def _taken(self, call: Call, environ: MutableMapping[str, Any]) -> tuple[bytes, tuple[BaseModel, ...], str | None]:
        """Return the body as it came and as the verb takes it, and the key of a retry; all that is wrong is said at
        once.
        """
        raw = bodies.read_body(environ, requests.MOST_BODY_BYTES, call.actor.origin)
        value = None
        if self.body is not None:
            requests.check_media_type(environ.get("CONTENT_TYPE"), environ.get("HTTP_CONTENT_ENCODING"))
        if raw or self.body is not None:
            value = requests.read_json(raw)
        wrong: list[Invalid] = []
        given: tuple[BaseModel, ...] = ()
        key = None
        if environ["QUERY_STRING"]:
            with _noting(wrong):
                _query(Nothing, environ["QUERY_STRING"])
        if self.body is not None:
            with _noting(wrong):
                given = (validated(self.body, value),)
        elif raw:
            with _noting(wrong):
                validated(_Empty, value)
        header = environ.get("HTTP_IDEMPOTENCY_KEY")
        if header is not None and environ["REQUEST_METHOD"] == "POST":
            with _noting(wrong):
                key = retries.read_key(header)
        if wrong:
            raise Invalid.joined(wrong)
        return raw, given, key

    def _check_version(self, call: Call, wanted: str, ids: Mapping[str, str]) -> None:
        assert self.of is not None, "what is edited is there to be read"
        stored = self.of.read(call, self.of.query(), **ids)
        if not answers.matches_strongly(wanted, answers.tag_of(stored)):
            raise PreconditionFailed


def reads(
    about: About, query: type[Query], *, keep: bool = True
) -> Callable[[Callable[Concatenate[Call, Query, Ids], bytes]], Reading[Query]]:
    """Make a reading of a function that returns the body for a call, its checked query and the ids in its path."""
    return lambda read: Reading(about, query, keep, read)


def writes(
    about: About, body: type[Body], *, of: Reading[Any] | None = None
) -> Callable[[Callable[Concatenate[Call, Change, Body, Ids], bytes]], Writing[Body]]:
    """Make a writing of a function that returns the answer's body for a call, an open change, and its checked body."""
    return lambda write: Writing(about, body, write, of)


def deletes(
    about: About, *, of: Reading[Any]
) -> Callable[[Callable[Concatenate[Call, Change, Ids], bytes]], Writing[Any]]:
    """Make a writing without a body of a function that returns the answer's body for a call and an open change."""
    return lambda write: Writing(about, None, write, of)


def one(text: str | None) -> bytes:
    """Return the body of one object, given its JSON. Raises `NotFound` for None."""
    if text is None:
        raise NotFound
    return b'{"data":%s}' % text.encode()


def data(value: Any) -> bytes:
    """Return the body of one object, given its value."""
    return b'{"data":%s}' % orjson.dumps(value)


# A program asks the same again and again; a checked query is frozen, so that all may share it.
@lru_cache(maxsize=512)
def _query(model: type[Query], text: str) -> Query:
    return validated(model, *requests.read_query(text))


@contextmanager
def _noting(wrong: list[Invalid]) -> Iterator[None]:
    try:
        yield
    except Invalid as error:
        wrong.append(error)


def _summary(function: Callable[..., bytes]) -> str:
    return (function.__doc__ or "").partition("\n")[0].removesuffix(".")


def _check_ids(ids: Mapping[str, str]) -> None:
    if ids and not all(map(is_id, ids.values())):
        raise NotFound
