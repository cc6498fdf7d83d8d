"""What every request to the API passes, in order: transport, key, limit; and, once its route is known, scope."""

import random
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from falcon import Request, Response

from tixallo.api.routes import ANY_KEY, PREFIX
from tixallo.keys.authenticating import Caller, Ended, authenticate
from tixallo.keys.limiting import WINDOW_SECONDS, limiter
from tixallo.keys.tallies import OUTCOMES, PASSED
from tixallo.keys.usage import ledger
from tixallo.kit import bodies, sql
from tixallo.kit.errors import Forbidden, Invalid, NotFound, RateLimited, Unauthorized
from tixallo.kit.origins import TLS_ONLY, client_address, is_secure
from tixallo.workspaces.changes import Actor
from tixallo.workspaces.operations import Call

OPENAPI = f"{PREFIX}/openapi.json"
_NO_SCOPE, _OVER_LIMIT = OUTCOMES["scope"], OUTCOMES["limit"]
# Whatever else is refused is so before its route is looked for.
_ROUTED = frozenset({PASSED, _NO_SCOPE})


class Door:
    """Falcon's middleware, which unlike a resource's hooks also sees the paths that lead nowhere."""

    def __init__(self, *, https_only: bool) -> None:
        self._https_only = https_only

    def process_request(self, req: Request, resp: Response) -> None:
        """Let nothing under the prefix past without a valid key that is within its limit."""
        context, environ = req.context, req.env
        # It names the request and guards nothing; the system's generator costs several times as much.
        context.request_id = f"{random.getrandbits(64):016x}"
        resp.set_header("X-Request-Id", context.request_id)
        if self._https_only and is_secure(environ):
            resp.set_header(*TLS_ONLY)
        context.caller = context.call = context.seen = None
        host = environ.get("HTTP_HOST")
        if (not host or "," in host) and environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
            # RFC 9112, section 3.2; of two fields the server in front makes one, with a comma.
            raise Invalid(form_errors=["Host must be given once"])
        path = environ["PATH_INFO"]
        if path == PREFIX or path.startswith("/api/v1/"):
            if self._https_only and not is_secure(environ):
                raise Forbidden
            if path != OPENAPI:
                self._open(context, environ, resp)
            if path[-1] == "/":
                # Falcon would take it for an empty id.
                raise NotFound

    def process_resource(self, req: Request, resp: Response, resource: Any, params: Mapping[str, str]) -> None:
        """Check the scope of a route; a method that the route does not have is refused afterwards."""
        caller: Caller | None = req.context.caller
        scope = resource.scopes.get(req.method)
        if caller is not None and scope is not None and scope != ANY_KEY and scope not in caller.scopes:
            req.context.seen = caller.workspace_id, caller.key_id, _NO_SCOPE
            raise Forbidden

    def process_response(self, req: Request, resp: Response, resource: Any, succeeded: bool) -> None:
        """Note what the key was used for and leave the connection fit for the next request."""
        context, environ = req.context, req.env
        if context.seen is not None:
            workspace_id, key_id, outcome = context.seen
            address = client_address(environ) if context.call is None else context.call.actor.origin
            route = _route(req.method, req.uri_template) if outcome in _ROUTED else ""
            agent = environ.get("HTTP_USER_AGENT", "")
            ledger.note(workspace_id, key_id, address, agent, route, outcome, resp.status_code)
        bodies.pass_over(environ)
        sql.heal()

    def _open(self, context: Any, environ: Mapping[str, Any], resp: Response) -> None:
        query = environ["QUERY_STRING"]
        if query and ("token" in query or "%" in query) and _names_token(query):
            raise Unauthorized
        try:
            caller = authenticate(environ.get("HTTP_AUTHORIZATION"))
        except Ended as ended:
            context.seen = ended.workspace_id, ended.key_id, OUTCOMES[ended.reason]
            raise
        verdict = limiter.take(caller.key_id, caller.limit)
        resp.set_header("RateLimit-Policy", f'"key";q={caller.limit};w={WINDOW_SECONDS}')
        resp.set_header("RateLimit", f'"key";r={verdict.remaining};t={verdict.reset}')
        context.caller = caller
        context.seen = caller.workspace_id, caller.key_id, PASSED if verdict.allowed else _OVER_LIMIT
        if not verdict.allowed:
            raise RateLimited(caller.limit, WINDOW_SECONDS, verdict.reset)
        actor = Actor("key", caller.key_id, caller.name, client_address(environ))
        context.call = Call(caller.workspace_id, caller.revision, actor)


@lru_cache(maxsize=256)
def _route(method: str, template: str | None) -> str:
    return f"{method} {(template or '').removeprefix(PREFIX)}"


def _names_token(query: str) -> bool:
    # RFC 6750, section 2.3, allows a key there; we do not, as addresses end up in logs.
    return any(name == "access_token" for name, _ in parse_qsl(query, keep_blank_values=True, errors="replace"))


def make() -> Door:
    """Return the door with the settings in use."""
    return Door(https_only=settings.TIXALLO.origin.startswith("https:"))
