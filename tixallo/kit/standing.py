"""Pages that stand open and ask again and again whether anything has changed: told that nothing has at the least cost.

The first answer to a page looks at the session, the person and the membership. It is remembered for half a minute,
under the session's cookie, with what tells whether it still holds; while it does, the same question gets 204. All that
a session that has ended meanwhile can learn by it is that nothing has changed.
"""

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

REMEMBERED_SECONDS = 30
# About 1 kB each.
MOST_REMEMBERED = 5_000

Answer = Callable[[HttpRequest], HttpResponseBase]


class _Standing(NamedTuple):
    tag: str
    told: str
    tell: Callable[[], str]
    until: float


_lock = threading.Lock()
_standing: dict[tuple[str, str], _Standing] = {}


def remember(request: HttpRequest, tag: str, tell: Callable[[], str], told: str | None = None) -> None:
    """Remember that who asked for this address was given `tag`, which holds while `tell` returns what it did then.

    That is the tag itself, or `told`: what it had returned before the tag was made.
    """
    with _lock:
        _standing.pop(_key(request), None)
        while len(_standing) >= MOST_REMEMBERED:
            del _standing[next(iter(_standing))]
        _standing[_key(request)] = _Standing(
            tag, tag if told is None else told, tell, time.monotonic() + REMEMBERED_SECONDS
        )


def answer_at_once(get_response: Answer) -> Answer:
    """Answer 204 where a remembered answer still holds (a middleware, before the session is looked at)."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        tag = request.META.get("HTTP_IF_NONE_MATCH")
        if tag and request.method == "GET" and "HTTP_X_POLL" in request.META:
            # A proxy that compresses makes tags weak, which compare all the same (RFC 9110, 13.1.2).
            tag = request.META["HTTP_IF_NONE_MATCH"] = tag.removeprefix("W/")
            found = _standing.get(_key(request))
            if found and found.tag == tag and time.monotonic() < found.until and found.tell() == found.told:
                return HttpResponse(status=204)
        return get_response(request)

    return answer


def _key(request: HttpRequest) -> tuple[str, str]:
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""), request.get_full_path()
