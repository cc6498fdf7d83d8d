"""The one WSGI application: the machines' door for its paths, the people's door for all others."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from tixallo.api import app
from tixallo.keys.usage import ledger
from tixallo.kit import origins

people = get_wsgi_application()
machines = app.make()
ledger.run()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request at the door that its path leads to."""
    path = environ["PATH_INFO"]
    if path.startswith("/api/") or path == "/api" or path in app.HEALTH:
        return machines(environ, start_response)
    if origins.is_secure(environ):
        # All that Django believes about TLS; a proxy's word is weighed there and not by Django.
        environ["wsgi.url_scheme"] = "https"
    return people(environ, start_response)
