"""Whether the server lives, and whether it can do its work."""

from collections.abc import Mapping

from django.db import Error
from falcon import Request, Response

from tixallo.kit.errors import Busy
from tixallo.kit.sql import Statement


class Alive:
    """`/healthz`: the process answers."""

    scopes: Mapping[str, str] = {}

    def on_get(self, req: Request, resp: Response) -> None:
        """Answer that it does."""
        resp.data = b'{"status":"ok"}'


class Ready:
    """`/readyz`: the database answers too."""

    scopes: Mapping[str, str] = {}

    def on_get(self, req: Request, resp: Response) -> None:
        """Answer that it does, or that it is busy."""
        try:
            _PING.one()
        except Error as error:
            raise Busy from error
        resp.data = b'{"status":"ok"}'


_PING = Statement("SELECT 1")
