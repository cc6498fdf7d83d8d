"""The one translation of refusals into answers: status, small JSON body, headers."""

import logging

import falcon
import orjson
from django.db import OperationalError
from falcon import Request, Response

from tixallo.api.routes import allowed
from tixallo.kit import errors

_UNAUTHORIZED = b'{"error": "Unauthorized"}'
_log = logging.getLogger("tixallo.api")

_STATUSES: dict[type[errors.Refusal], tuple[str, str]] = {
    errors.InvalidJson: ("400 Bad Request", "Invalid JSON"),
    errors.Forbidden: ("403 Forbidden", "Forbidden"),
    errors.NotFound: ("404 Not Found", "Not found"),
    errors.PreconditionFailed: ("412 Precondition Failed", "Precondition failed"),
    errors.TooLarge: ("413 Content Too Large", "Payload too large"),
    errors.UnsupportedMediaType: ("415 Unsupported Media Type", "Unsupported media type"),
    errors.KeyReused: ("422 Unprocessable Content", "Idempotency-Key reused"),
    errors.Busy: ("503 Service Unavailable", "Temporarily unavailable"),
    errors.WaitedTooLong: ("503 Service Unavailable", "Temporarily unavailable"),
}


def register(app: falcon.App[Request, Response]) -> None:
    """Make the app translate every refusal, Falcon's own errors, and whatever is a defect of ours."""
    app.add_error_handler(Exception, _defect)
    app.add_error_handler(falcon.HTTPError, _of_falcon)
    app.add_error_handler(errors.Refusal, _refusal)
    app.add_error_handler(OperationalError, _unavailable)


def _refusal(req: Request, resp: Response, error: errors.Refusal, params: dict[str, str]) -> None:
    match error:
        case errors.Unauthorized():
            # The same bytes whatever is wrong, so that nothing can be learned from them.
            _say(resp, "401 Unauthorized", _UNAUTHORIZED)
            resp.set_header("WWW-Authenticate", 'Bearer error="invalid_token"' if error.challenged else "Bearer")
        case errors.Invalid():
            details = {"fieldErrors": error.field_errors, "formErrors": error.form_errors}
            _say(resp, "400 Bad Request", {"error": "Invalid input", "details": details})
        case errors.Conflict():
            _say(resp, "409 Conflict", {"error": str(error)})
        case errors.RateLimited():
            body = {"error": "Rate limit exceeded", "limit": error.limit, "window_seconds": error.window}
            _say(resp, "429 Too Many Requests", body)
            resp.set_header("Retry-After", str(error.retry_after))
        case _:
            status, text = _STATUSES[type(error)]
            _say(resp, status, {"error": text})
    if isinstance(error, errors.Busy | errors.InProgress):
        resp.set_header("Retry-After", str(errors.BUSY_SECONDS))


def _of_falcon(req: Request, resp: Response, error: falcon.HTTPError, params: dict[str, str]) -> None:
    if isinstance(error, falcon.HTTPMethodNotAllowed):
        _say(resp, "405 Method Not Allowed", {"error": "Method not allowed"})
        resp.set_header("Allow", allowed(req.uri_template or ""))
    elif isinstance(error, falcon.HTTPNotFound):
        _refusal(req, resp, errors.NotFound(), params)
    else:
        _refusal(req, resp, errors.Invalid(form_errors=["Invalid request"]), params)


def _unavailable(req: Request, resp: Response, error: OperationalError, params: dict[str, str]) -> None:
    # The database is gone, full, or held by another for too long; what was begun is undone.
    # A line each: there can be thousands, and the rest of what PostgreSQL says is advice.
    why = str(error).partition("\n")[0]
    _log.error("%s %s got no database (request %s): %s", req.method, _route(req), req.context.passage.request_id, why)
    _refusal(req, resp, errors.Busy(), params)


def _defect(req: Request, resp: Response, error: Exception, params: dict[str, str]) -> None:
    _log.error("%s %s failed (request %s)", req.method, _route(req), req.context.passage.request_id, exc_info=error)
    _say(resp, "500 Internal Server Error", {"error": "Internal server error"})


def _route(req: Request) -> str:
    # Not the path itself, which can hold whatever a client puts there.
    return req.uri_template or "a path under /api"


def _say(resp: Response, status: str, body: object) -> None:
    resp.status = status
    resp.data = body if isinstance(body, bytes) else orjson.dumps(body)
    resp.content_type = falcon.MEDIA_JSON
