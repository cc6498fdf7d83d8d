"""What reads the text of each setting: returns its value, or raises a ValueError that completes "NAME must be …".

Standard library only, as the supervisor reads the settings too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

_HIGHEST_PORT: Final = 65535
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """Return what reads a whole number between these."""

    def parse(text: str) -> int:
        if not text.isdecimal() or not lowest <= int(text[:20]) <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest}")
        return int(text)

    return parse


def optional(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what reads nothing as None."""
    return lambda text: parse(text) if text else None


def existing(text: str) -> Path:
    """Return the path of a file that can be read now."""
    path = Path(text)
    try:
        path.open("rb").close()
    except OSError as error:
        raise ValueError(f"the path of a file that can be read ({why(error)})") from None
    return path


def host(text: str) -> str:
    """Return the name or the address to listen on."""
    if any(character.isspace() or character in "/@?#,[]" for character in text):
        raise ValueError("an address or a name")
    return text


def port(text: str) -> int:
    """Return a port; 0 stands for any that is free."""
    return whole(0, _HIGHEST_PORT)(text)


def level(text: str) -> str:
    """Return how much is to be logged, in capitals."""
    if text.upper() not in _LEVELS:
        raise ValueError(f"one of {', '.join(_LEVELS).lower()}")
    return text.upper()


def signup(text: str) -> str:
    """Return who may make an account."""
    if text not in ("closed", "open"):
        raise ValueError("closed or open")
    return text


def smtp(text: str) -> str:
    """Return the URL of a mail server, or nothing."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
        usable = usable and parts.path in {"", "/"} and not parts.query and not parts.fragment
    except ValueError:
        usable = False
    if text and not usable:
        raise ValueError("empty or a URL like smtp://user:password@host:587 or smtps://user:password@host:465")
    return text


def address(text: str) -> str:
    """Return a mail address, or nothing."""
    local, at, host = text.rpartition("@")
    if text and (not at or not local or not host or any(c.isspace() or c in "<>,;:" for c in text)):
        raise ValueError("a mail address like support@acme.example")
    return text


def database(text: str) -> str:
    """Return the URL of a PostgreSQL database, or nothing."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"postgresql", "postgres"} and len(parts.path) > 1 and parts.port != 0
    except ValueError:
        usable = False
    if text and not usable:
        raise ValueError("empty or a URL like postgresql://user:password@host:5432/name")
    return text


def origin(text: str) -> str:
    """Return a scheme and a host without a slash at the end and without the usual port, or nothing."""
    if not text:
        return ""
    problem = "a scheme and a host like https://support.example, without a path"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(problem) from None
    rest = parts.path.removeprefix("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in _DEFAULT_PORTS or not host or rest or not text.isascii() or _has_gap(text):
        raise ValueError(problem)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "")


def _has_gap(text: str) -> bool:
    return any(character.isspace() for character in text)


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks named, with commas between them."""
    if not text:
        return ()
    from ipaddress import ip_network

    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ValueError(f"addresses or networks like 10.0.0.0/8, with commas between them ({error})") from None


def why(error: Exception) -> str:
    """Return the reason why a file cannot be read, to follow a colon."""
    return (getattr(error, "strerror", None) or str(error)).lower()
