"""The machines' door: kept answers, and a Falcon app of the routes in the table, health, and the OpenAPI document."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import falcon
from falcon import Request, Response

from tixallo.api import door, kept, replies
from tixallo.api.door import Door, Passage
from tixallo.api.health import Alive, Ready
from tixallo.api.openapi import Document
from tixallo.api.routes import PREFIX, ROUTES, Route
from tixallo.kit import answers
from tixallo.kit.bodies import DECIDED
from tixallo.workspaces.operations import Call, Reading, Reply, Writing

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Any other method is refused as one that no route has; Falcon would answer OPTIONS itself and refuse odd ones with 400.
_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
_NO_METHOD = "TRACE"
_OK = 200
_PASSAGE: Final = "tixallo.passage"

HEALTH = ("/healthz", "/readyz")


def make() -> WsgiApp:
    """Return the WSGI app that serves `/api/…` and the health paths."""
    app: falcon.App[Request, Response] = falcon.App(middleware=[_Inside()])
    app.req_options.keep_blank_qs_values = True
    replies.register(app)
    for route in ROUTES:
        app.add_route(PREFIX + route.path, _resource(route))
    app.add_route(door.OPENAPI, Document())
    app.add_route(HEALTH[0], Alive())
    app.add_route(HEALTH[1], Ready())
    return _with_methods(_behind(door.make(), app))


def _resource(route: Route) -> object:
    responders = {
        f"on_{method.lower()}": _read(scope, operation) if isinstance(operation, Reading) else _write(operation)
        for method, (scope, operation) in route.methods.items()
    }
    scopes = {method: scope for method, (scope, _) in route.methods.items()}
    return type(route.path, (), {**responders, "scopes": scopes})()


def _read(scope: str, operation: Reading[Any]) -> Callable[..., None]:
    def respond(self: object, req: Request, resp: Response, **ids: str) -> None:
        passage: Passage = req.context.passage
        reply = operation.reply(_call_of(req), req.env, ids)
        kept.keep(passage, req.env, reply, scope, _route(req.method, req.uri_template))
        if answers.is_known(req.env, reply.tag or ""):
            reply = Reply(304, b"", reply.tag)
        _say(resp, reply)

    return respond


def _write(operation: Writing[Any]) -> Callable[..., None]:
    def respond(self: object, req: Request, resp: Response, **ids: str) -> None:
        # Where its body is late, the answer is not given from here.
        req.env[DECIDED] = resp.headers.items()
        _say(resp, operation.reply(_call_of(req), req.env, ids))

    return respond


def _call_of(req: Request) -> Call:
    call: Call | None = req.context.passage.call
    assert call is not None, "every route of the table asks for a key"
    return call


def _say(resp: Response, reply: Reply) -> None:
    if reply.tag is not None:
        resp.set_header("ETag", reply.tag)
    if reply.status != _OK:
        resp.status = reply.status
    if reply.body:
        resp.data = reply.body


class _Inside:
    """Falcon's middleware, which unlike a resource's hooks also sees the paths that lead nowhere."""

    def process_request(self, req: Request, resp: Response) -> None:
        """Turn away whom the door did."""
        passage: Passage = req.env[_PASSAGE]
        req.context.passage = passage
        resp.set_headers(passage.headers)
        error, passage.error = passage.error, None
        if error is not None:
            raise error

    def process_resource(self, req: Request, resp: Response, resource: Any, params: Mapping[str, str]) -> None:
        """Check the scope of a route; a method that the route does not have is refused afterwards."""
        scope = resource.scopes.get(req.method)
        if scope is not None:
            req.context.passage.check_scope(scope)

    def process_response(self, req: Request, resp: Response, resource: Any, succeeded: bool) -> None:
        """Let the request end."""
        req.context.passage.leave(req.env, _route(req.method, req.uri_template), resp.status_code)


@lru_cache(maxsize=256)
def _route(method: str, template: str | None) -> str:
    return f"{method} {(template or '').removeprefix(PREFIX)}"


def _behind(entrance: Door, app: WsgiApp) -> WsgiApp:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        passage = environ[_PASSAGE] = entrance.enter(environ)
        found = kept.find(passage, environ)
        return app(environ, start_response) if found is None else kept.send(found, passage, environ, start_response)

    return answer


def _with_methods(app: WsgiApp) -> WsgiApp:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method in _METHODS:
            return app(environ, start_response)
        environ["REQUEST_METHOD"] = "GET" if method == "HEAD" else _NO_METHOD
        body = app(environ, start_response)
        # HEAD is GET without its body; the length stays that of the body (RFC 9110, section 9.3.2).
        return [] if method == "HEAD" else body

    return answer
