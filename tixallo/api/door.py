"""What every request to the API passes, in order: transport, key, limit; and, once its route is known, scope.

Nothing is answered here: what is found stands in a `Passage`, a refusal too.
"""

import random
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings

from tixallo.api.routes import ANY_KEY, PREFIX
from tixallo.keys.authenticating import Ended, authenticate
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


class Passage:
    """A request at the door: its name, the header fields that its answer has in any case, and either who calls or the
    error that keeps them out; neither under the paths that ask for no key.
    """

    __slots__ = ("call", "error", "headers", "request_id", "scopes", "seen")

    def __init__(self) -> None:
        # It names the request and guards nothing; the system's generator costs several times as much.
        self.request_id = f"{random.getrandbits(64):016x}"
        self.headers = [("x-request-id", self.request_id)]
        self.call: Call | None = None
        self.scopes: frozenset[str] = frozenset()
        self.error: Exception | None = None
        # What is noted of the key: workspace, key, outcome.
        self.seen: tuple[str, str, int] | None = None

    def check_scope(self, scope: str) -> None:
        """Raise `Forbidden` unless whoever calls has a route's scope."""
        if self.call is not None and not self.has(scope):
            self.seen = self.call.workspace_id, self.call.actor.id, _NO_SCOPE
            raise Forbidden

    def has(self, scope: str) -> bool:
        """Tell whether the key opens what has this scope."""
        return scope == ANY_KEY or scope in self.scopes

    def leave(self, environ: Mapping[str, Any], route: str, status: int) -> None:
        """Note what the key was used for, and leave the connection fit for the next request."""
        if self.seen is not None:
            workspace_id, key_id, outcome = self.seen
            address = client_address(environ) if self.call is None else self.call.actor.origin
            agent = environ.get("HTTP_USER_AGENT", "")
            ledger.note(workspace_id, key_id, address, agent, route if outcome in _ROUTED else "", outcome, status)
        bodies.pass_over(environ)
        sql.heal()


class Door:
    """Where passages begin. `https_only`: whoever came without TLS is turned away."""

    def __init__(self, *, https_only: bool) -> None:
        self._https_only = https_only

    def enter(self, environ: Mapping[str, Any]) -> Passage:
        """Return the passage of a request; it never raises, so that there is one place where errors become answers."""
        passage = Passage()
        try:
            self._check(passage, environ)
        except Exception as error:  # noqa: BLE001 - it is raised again, where errors become answers
            passage.error = error
        return passage

    def _check(self, passage: Passage, environ: Mapping[str, Any]) -> None:
        if self._https_only and is_secure(environ):
            passage.headers.append(_TLS_ONLY)
        host = environ.get("HTTP_HOST")
        if (not host or "," in host) and environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
            # RFC 9112, section 3.2; of two fields the server in front makes one, with a comma.
            raise Invalid(form_errors=["Host must be given once"])
        path = environ["PATH_INFO"]
        if path == PREFIX or path.startswith("/api/v1/"):
            if self._https_only and not is_secure(environ):
                raise Forbidden
            if path != OPENAPI:
                _open(passage, environ)
            if path[-1] == "/":
                # Falcon would take it for an empty id.
                raise NotFound


def make() -> Door:
    """Return the door with the settings in use."""
    return Door(https_only=settings.TIXALLO.origin.startswith("https:"))


def _open(passage: Passage, environ: Mapping[str, Any]) -> None:
    query = environ["QUERY_STRING"]
    if query and ("token" in query or "%" in query) and _names_token(query):
        raise Unauthorized
    try:
        caller = authenticate(environ.get("HTTP_AUTHORIZATION"))
    except Ended as ended:
        passage.seen = ended.workspace_id, ended.key_id, OUTCOMES[ended.reason]
        raise
    verdict = limiter.take(caller.key_id, caller.limit)
    passage.headers.append(("ratelimit-policy", f'"key";q={caller.limit};w={WINDOW_SECONDS}'))
    passage.headers.append(("ratelimit", f'"key";r={verdict.remaining};t={verdict.reset}'))
    passage.seen = caller.workspace_id, caller.key_id, PASSED if verdict.allowed else _OVER_LIMIT
    if not verdict.allowed:
        raise RateLimited(caller.limit, WINDOW_SECONDS, verdict.reset)
    actor = Actor("key", caller.key_id, caller.name, client_address(environ))
    passage.call = Call(caller.workspace_id, caller.revision, actor)
    passage.scopes = caller.scopes


def _names_token(query: str) -> bool:
    # RFC 6750, section 2.3, allows a key there; we do not, as addresses end up in logs.
    return any(name == "access_token" for name, _ in parse_qsl(query, keep_blank_values=True, errors="replace"))


_TLS_ONLY = (TLS_ONLY[0].lower(), TLS_ONLY[1])
