"""Pages asked for at 127.0.0.1 or [::1] are found at localhost: passkeys and cookies know one name alone."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

Answer = Callable[[HttpRequest], HttpResponseBase]

_ADDRESSES = ("127.0.0.1", "[::1]")


def to_localhost(get_response: Answer) -> Answer:
    """Send who came by a loopback address to the same page at localhost (a middleware)."""
    # Whoever set such an origin wants it so.
    wanted = (urlsplit(settings.TIXALLO.origin).hostname or "") in {"127.0.0.1", "::1"}

    def answer(request: HttpRequest) -> HttpResponseBase:
        host = request.META.get("HTTP_HOST", "")
        name, port = (host.rpartition("]")[0] + "]", host.rpartition("]")[2]) if "]" in host else _split(host)
        if wanted or name not in _ADDRESSES:
            return get_response(request)
        response = HttpResponseRedirect(f"{request.scheme}://localhost{port}{request.get_full_path()}")
        # 307 keeps the method and the form: a POST is not to turn into a GET.
        response.status_code = 302 if request.method in {"GET", "HEAD"} else 307
        return response

    return answer


def _split(host: str) -> tuple[str, str]:
    name, colon, port = host.partition(":")
    return name, colon + port
