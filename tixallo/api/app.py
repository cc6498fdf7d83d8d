"""The machines' door: a Falcon app of the routes in the table, health, and the OpenAPI document."""

from collections.abc import Callable, Iterable
from typing import Any

import falcon
from falcon import Request, Response

from tixallo.api import door, replies
from tixallo.api.health import Alive, Ready
from tixallo.api.openapi import Document
from tixallo.api.routes import PREFIX, ROUTES, Operation, Route
from tixallo.kit.bodies import DECIDED
from tixallo.workspaces.operations import Writing

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Any other method is refused as one that no route has; Falcon would answer OPTIONS itself and refuse odd ones with 400.
_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
_NO_METHOD = "TRACE"
_OK = 200

HEALTH = ("/healthz", "/readyz")


def make() -> WsgiApp:
    """Return the WSGI app that serves `/api/…` and the health paths."""
    app: falcon.App[Request, Response] = falcon.App(middleware=[door.make()])
    app.req_options.keep_blank_qs_values = True
    replies.register(app)
    for route in ROUTES:
        app.add_route(PREFIX + route.path, _resource(route))
    app.add_route(door.OPENAPI, Document())
    app.add_route(HEALTH[0], Alive())
    app.add_route(HEALTH[1], Ready())
    return _with_methods(app)


def _resource(route: Route) -> object:
    responders = {f"on_{method.lower()}": _responder(operation) for method, (_, operation) in route.methods.items()}
    scopes = {method: scope for method, (scope, _) in route.methods.items()}
    return type(route.path, (), {**responders, "scopes": scopes})()


def _responder(operation: Operation) -> Callable[..., None]:
    writes = isinstance(operation, Writing)

    def respond(self: object, req: Request, resp: Response, **ids: str) -> None:
        if writes:
            # Where its body is late, the answer is not given from here.
            req.env[DECIDED] = resp.headers.items()
        reply = operation.reply(req.context.call, req.env, ids)
        if reply.tag is not None:
            resp.set_header("ETag", reply.tag)
        if reply.status != _OK:
            resp.status = reply.status
        if reply.body:
            resp.data = reply.body

    return respond


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
