"""The headers that every page carries: what a browser may load, who may frame it (nobody), and that nobody keeps it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from tixallo.kit.origins import TLS_ONLY
from tixallo.web.assets import assets

Answer = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def secure(get_response: Answer) -> Answer:
    """Set the headers where the page has not said otherwise (a middleware)."""
    # Links are fetched when they are pressed down, a moment before the click: what was fetched earlier, on hover, could
    # be minutes old when it is shown, and lack a draft.
    prefetch = assets().address("web/prefetch.rules")

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "no-store, private")
        if request.scheme == "https" and settings.TIXALLO.origin.startswith("https:"):
            response.headers.setdefault(*TLS_ONLY)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Speculation-Rules", f'"{prefetch}"')
        return response

    return answer
