"""Reads of a workspace that stays as it is: answered again without asking the database for their content.

What a key may read is asked before anything is looked up here, and its scope for each answer.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings

from tixallo.api.door import Passage
from tixallo.kit import answers
from tixallo.kit.answers import Answers, Kept
from tixallo.workspaces.operations import Call, Reply

_answers = Answers(settings.TIXALLO.cache_bytes)


def keep(passage: Passage, environ: Mapping[str, Any], reply: Reply, scope: str, route: str) -> None:
    """Keep a reply that is lasting; `route` is its method and path, as use of keys is counted by."""
    if reply.lasting and passage.call is not None and reply.tag is not None:
        kept = Kept(passage.call.revision, reply.body, reply.tag, scope, route)
        _answers.keep(_name(passage.call, environ), kept)


def find(passage: Passage, environ: Mapping[str, Any]) -> Kept | None:
    """Return the answer to a request, if it is kept and its key may read it."""
    if passage.call is None or passage.error is not None or environ["REQUEST_METHOD"] != "GET":
        return None
    kept = _answers.get(_name(passage.call, environ), passage.call.revision)
    return kept if kept is not None and passage.has(kept.scope) else None


def send(
    kept: Kept, passage: Passage, environ: Mapping[str, Any], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    """Answer with what is kept, or with its tag alone where the caller has it already."""
    fields = [*passage.headers, ("etag", kept.tag)]
    if answers.is_known(environ, kept.tag):
        status, line, body = 304, "304 Not Modified", b""
    else:
        status, line, body = 200, "200 OK", kept.body
        fields += [("content-length", str(len(body))), ("content-type", "application/json")]
    passage.leave(environ, kept.route, status)
    start_response(line, fields)
    return [body] if body else []


def _name(call: Call, environ: Mapping[str, Any]) -> str:
    return f"{call.workspace_id} {environ['PATH_INFO']}?{environ['QUERY_STRING']}"
