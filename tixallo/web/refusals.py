"""The one translation of refusals and defects into pages: what happened, what was kept, what to do."""

import logging
import secrets
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext

from tixallo.kit import errors
from tixallo.web.told import told, told_of
from tixallo.workspaces.returning import filled_in

_MINUTE = 60
_log = logging.getLogger("tixallo.web")
# What a person wrote has one of these names, is longer than this, or has lines; choices and ids are not worth showing.
_WRITTEN = ("subject", "body", "text")
_SHORTEST_TEXT = 40
_NEVER_SHOWN = ("password", "secret", "token", "key", "code")


class Refused(NamedTuple):
    """A page about what went wrong: its status, heading, one sentence on what to do, and when to try again."""

    status: int
    heading: str
    advice: str
    seconds: int = 0


class Translation:
    """Turn what a view raises into a page (a middleware)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        return _not_so(request, response) if response.status_code == 405 else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """Return the page for what a view raised."""
        if isinstance(error, OperationalError):
            # The database is gone, full, or held by another for too long; what was begun is undone.
            _log.error("%s %s got no database: %s", request.method, request.path, error)
            return _page(request, _of(errors.Busy()))
        refused = _of(error)
        return _page(request, refused) if refused else failed(request, error)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show that the request itself is broken, or too large to be read (Django's handler400)."""
    return _page(request, _of(exception if isinstance(exception, RequestDataTooBig) else errors.Invalid()))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show that there is nothing here (Django's handler404)."""
    return _page(request, _of(errors.NotFound()))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show that this is not for the person, in the same words as for what does not exist (Django's handler403)."""
    return _page(request, _of(errors.Forbidden()))


def limited(request: HttpRequest) -> HttpResponse:
    """Show that there were too many attempts within a minute (allauth's handler429)."""
    return _page(request, _of(errors.RateLimited(0, _MINUTE, _MINUTE)))


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show that a form's proof of origin does not hold, and what came with it or the way to it (CSRF_FAILURE_VIEW)."""
    form = filled_in(request)
    advice = (
        gettext("Nothing was changed. Your entries are kept: open the form again and send it.")
        if form
        else gettext("Nothing was changed. Go back, reload the page and send it again.")
    )
    return _page(request, Refused(403, gettext("This form has expired"), advice), form)


def failed(request: HttpRequest, error: Exception | None = None) -> HttpResponse:
    """Show that we are at fault, with a number that the log has too (Django's handler500)."""
    number = secrets.token_hex(4)
    _log.error("%s %s failed (number %s)", request.method, request.path, number, exc_info=error or True)
    refused = Refused(
        500,
        gettext("Something went wrong on our side"),
        gettext("Please try again. If it happens again, tell whoever runs this server the number %(number)s.")
        % {"number": number},
    )
    try:
        return _page(request, refused)
    except Exception:  # noqa: BLE001 - the page itself is what fails; whoever waits still gets the number
        _log.exception("The page about number %s failed too", number)
        words = f"{refused.heading}. {refused.advice}"
        return HttpResponse(words, content_type="text/plain; charset=utf-8", status=500)


def _of(error: Exception) -> Refused | None:
    match error:
        case errors.NotFound() | errors.Forbidden() | Http404() | PermissionDenied():
            # The two look alike, so that nobody learns what exists elsewhere.
            status = 403 if isinstance(error, errors.Forbidden | PermissionDenied) else 404
            return Refused(
                status,
                gettext("There is nothing here for you"),
                gettext("The page does not exist, or your role does not open it."),
            )
        case errors.Unauthorized():
            return Refused(
                401,
                gettext("Please sign in"),
                gettext("You were signed out. Nothing was sent."),
            )
        case errors.Conflict() | errors.PreconditionFailed() | errors.KeyReused():
            why = told(str(error)) if isinstance(error, errors.Conflict) else ""
            return Refused(
                409,
                gettext("Somebody was faster"),
                why or gettext("It has changed since you opened it. Nothing was changed; load it again."),
            )
        case errors.RateLimited():
            return Refused(429, gettext("Too many requests"), _later(error.retry_after), error.retry_after)
        case errors.Busy():
            return Refused(503, gettext("The server is busy"), _later(errors.BUSY_SECONDS), errors.BUSY_SECONDS)
        case errors.TooLarge() | RequestDataTooBig():
            return Refused(413, gettext("That is too large"), gettext("Nothing was changed. Send less at once."))
        case errors.Invalid():
            why = told_of(error)
            return Refused(400, gettext("That cannot be done"), why or gettext("The request is not complete."))
        case errors.Refusal():
            return Refused(400, gettext("That cannot be done"), gettext("The request is not complete."))
    return None


def _not_so(request: HttpRequest, refusal: HttpResponseBase) -> HttpResponse:
    # What a button sends to was opened as a page: from the history, or by a reload after signing in.
    advice = gettext("This address takes what a page sends. Open that page, and use its button.")
    response = _page(request, Refused(405, gettext("There is nothing to open here"), advice))
    response["Allow"] = refusal.headers["Allow"]
    return response


def _later(seconds: int) -> str:
    again = ngettext("Try again in %(count)s second.", "Try again in %(count)s seconds.", seconds) % {"count": seconds}
    return " ".join((gettext("Nothing was changed."), again))


def _page(request: HttpRequest, refused: Refused | None, form: str = "") -> HttpResponse:
    assert refused is not None
    if refused.status == 400 and request.method in {"GET", "HEAD"}:
        # Not what was written into a form: the address is an old one, or was changed by hand.
        refused = refused._replace(advice=gettext("The address is not complete. Open the page from the navigation."))
    # What is in the form again need not be shown.
    kept = [] if form or request.method in {"GET", "HEAD"} else _texts(request)
    sign_in = _sign_in(request) if refused.status == 401 else ""
    shown = {"refused": refused, "kept": kept, "sign_in": sign_in, "form": form}
    response = render(request, "web/refused.html", shown, status=refused.status)
    if refused.seconds:
        response["Retry-After"] = str(refused.seconds)
    # A script shows the heading and the advice; the rest of the page stays as it is.
    response["HX-Reswap"] = "none"
    return response


def _sign_in(request: HttpRequest) -> str:
    # Back to the page that the form stood on, if it was one of ours.
    came_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    back = came_from.path if came_from.netloc == request.get_host() else "/"
    return f"{reverse('account_login')}?{urlencode({'next': back})}"


def _texts(request: HttpRequest) -> list[str]:
    try:
        fields = request.POST.items()
    except Exception:  # noqa: BLE001 - what cannot be read cannot be shown; this page must not fail in turn
        return []
    return [
        value
        for name, value in fields
        if isinstance(value, str)
        and (name in _WRITTEN or len(value) > _SHORTEST_TEXT or "\n" in value)
        and value.strip()
        and not any(word in name.lower() for word in _NEVER_SHOWN)
    ]
