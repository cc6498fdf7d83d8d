"""Where a request comes from, and whether it came over TLS: proxies are believed only where the settings name them."""

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Final

from django.conf import settings

# For how long a browser that has come over TLS asks for nothing else (RFC 6797): long enough to span a holiday, short
# enough that whoever gives TLS up again does not shut people out for a year.
TLS_ONLY_SECONDS: Final = 30 * 24 * 3600
TLS_ONLY: Final = ("Strict-Transport-Security", f"max-age={TLS_ONLY_SECONDS}")
_WITH_PORT: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<four>[0-9.]+))(?::[0-9]{1,5})?")


def client_address(environ: Mapping[str, Any]) -> str:
    """Return the client's address: behind trusted proxies the last in `X-Forwarded-For` that is not theirs."""
    address: str = environ["REMOTE_ADDR"]
    if not settings.TIXALLO.trusted_proxies or not _is_trusted(address):
        return address
    hops = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    for hop in map(_without_port, reversed(hops)):
        if not _is_address(hop):
            return address
        address = hop
        if not _is_trusted(hop):
            return hop
    return address


def is_secure(environ: Mapping[str, Any]) -> bool:
    """Tell whether the client speaks TLS to us, or to a trusted proxy that says so."""
    if environ["wsgi.url_scheme"] == "https":
        return True
    forwarded: str = environ.get("HTTP_X_FORWARDED_PROTO", "")
    return forwarded.strip().lower() == "https" and _is_trusted(environ["REMOTE_ADDR"])


def _without_port(hop: str) -> str:
    # Some proxies write 203.0.113.9:4711 and [2001:db8::9]:4711, as in `Forwarded` (RFC 7239, section 6).
    written = _WITH_PORT.fullmatch(hop.strip())
    return hop.strip() if written is None else written["six"] or written["four"]


@lru_cache(maxsize=1024)
def _is_trusted(address: str) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in settings.TIXALLO.trusted_proxies)


def _is_address(text: str) -> bool:
    # A zone (RFC 4007) means something on the proxy's machine alone, and can be any text of any length.
    if "%" in text:
        return False
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
