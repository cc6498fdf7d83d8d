"""In which language and time zone a page speaks: what the person chose, else what the browser asks for."""

from collections.abc import Callable
from contextlib import suppress
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

Answer = Callable[[HttpRequest], HttpResponseBase]

_LONGEST_ZONE = 64


def for_person(get_response: Answer) -> Answer:
    """Speak the person's language and in their time zone while the request lasts (a middleware)."""
    spoken = dict(settings.LANGUAGES)

    def answer(request: HttpRequest) -> HttpResponseBase:
        user = getattr(request, "user", None)
        chosen = getattr(user, "language", "")
        language = chosen if chosen in spoken else translation.get_language_from_request(request)
        zone = _zone(getattr(user, "time_zone", "") or request.COOKIES.get(settings.ZONE_COOKIE_NAME, ""))
        with translation.override(language), timezone.override(zone):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return answer


def _zone(name: str) -> ZoneInfo:
    if name and len(name) <= _LONGEST_ZONE:
        # ValueError for what is no key at all, such as a path; the other for an unknown one.
        with suppress(ValueError, KeyError, OSError):
            return ZoneInfo(name)
    return ZoneInfo("UTC")
