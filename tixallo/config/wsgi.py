"""The one WSGI application: the machines' door for its paths, the people's door for all others."""

import importlib
import re
import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection

from tixallo.api import app
from tixallo.keys.usage import ledger
from tixallo.kit import origins

people = get_wsgi_application()
machines = app.make()
ledger.run()

# A search, or a name that is spelt so that it could be one.
_MAY_SEARCH = re.compile("q=|%")


class Application:
    """What the server calls (PEP 3333)."""

    def __init__(self) -> None:
        self._is_warm = False
        self._warming = threading.Lock()

    def warm(self) -> None:
        """Load what only pages need: for once the server answers, so that nobody waits for it. The first page does."""
        with self._warming:
            # Two threads that import what imports each other may see halves of it.
            importlib.import_module(settings.ROOT_URLCONF)
            self._is_warm = True

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request at the door that its path leads to."""
        path = environ["PATH_INFO"]
        if path.startswith("/api/") or path == "/api" or path in app.HEALTH:
            return machines(environ, start_response)
        if origins.is_secure(environ):
            # All that Django believes about TLS; a proxy's word is weighed there and not by Django.
            environ["wsgi.url_scheme"] = "https"
        if not self._is_warm:
            self.warm()
        return people(environ, start_response)


class OverFile(Application):
    """The same over a database that is a file of this machine."""

    def is_quick(self, environ: dict[str, Any]) -> bool:
        """Tell whether a request only computes: a read of the API without a search and without a body."""
        return (
            environ["REQUEST_METHOD"] == "GET"
            and environ["PATH_INFO"].startswith("/api/")
            and not _MAY_SEARCH.search(environ["QUERY_STRING"])
            and "CONTENT_LENGTH" not in environ
            and "HTTP_TRANSFER_ENCODING" not in environ
        )


application = OverFile() if connection.vendor == "sqlite" else Application()
