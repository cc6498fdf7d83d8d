"""Styles, scripts and icons: read once at start, compressed in memory, served at an address that names their content.

An address is `/static/DIGEST/PATH`, with one digest over all files: relative imports between modules stay within it,
and whatever changes gets a new address, so that browsers may keep each for a year. All stylesheets travel as one.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound

PREFIX = "/static/"
STYLES = "all.css"

_LAYERS = b"@layer reset, tokens, base, layout, components, pages, utilities;\n"
_YEAR = "public, max-age=31536000, immutable"
_COMPRESSIBLE = {".css", ".js", ".svg", ".json", ".txt", ".map"}
_DIGEST_LENGTH = 12
_MEDIA_TYPES = {".rules": "application/speculationrules+json", ".woff2": "font/woff2"}

Answer = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True)
class Asset:
    """One file: its bytes, the same compressed (empty where that does not help), and its media type."""

    body: bytes
    compressed: bytes
    media_type: str


class Assets:
    """All files below `static/` of our packages, by path (`web/js/app.js`), and the one stylesheet made of all."""

    def __init__(self, roots: list[Path]) -> None:
        files = {path.relative_to(root).as_posix(): path for root in roots for path in root.rglob("*")}
        bodies = {name: path.read_bytes() for name, path in sorted(files.items()) if path.is_file()}
        bodies[STYLES] = _LAYERS + b"".join(body for name, body in bodies.items() if name.endswith(".css"))
        self.files = {name: _asset(name, body) for name, body in bodies.items()}
        joined = b"".join(name.encode() + hashlib.sha256(body).digest() for name, body in bodies.items())
        self.digest = hashlib.sha256(joined).hexdigest()[:_DIGEST_LENGTH]

    def address(self, name: str) -> str:
        """Return the address of a file. KeyError when there is none, so that a slip shows at once."""
        if name not in self.files:
            raise KeyError(f"There is no static file {name}")
        return f"{PREFIX}{self.digest}/{name}"


@cache
def assets() -> Assets:
    """Return the files of all our packages, read at the first call."""
    roots = [Path(config.path) / "static" for config in apps.get_app_configs() if config.name.startswith("tixallo.")]
    return Assets([root for root in roots if root.is_dir()])


def serve(get_response: Answer) -> Answer:
    """Answer for `/static/…` before anything else is asked (a middleware)."""
    assets()

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PREFIX):
            return get_response(request)
        return _file(request)

    return answer


def _file(request: HttpRequest) -> HttpResponse:
    digest, _, name = request.path.removeprefix(PREFIX).partition("/")
    asset = assets().files.get(name)
    if asset is None or request.method not in {"GET", "HEAD"}:
        return HttpResponseNotFound()
    packed = asset.compressed and "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(asset.compressed if packed else asset.body, content_type=asset.media_type)
    # Another digest is that of an older or newer server beside this one: right for now, not for a year.
    response["Cache-Control"] = _YEAR if digest == assets().digest else "no-cache"
    response["Content-Length"] = str(len(response.content))
    response["X-Content-Type-Options"] = "nosniff"
    if asset.compressed:
        response["Vary"] = "Accept-Encoding"
    if packed:
        response["Content-Encoding"] = "gzip"
    return response


def _asset(name: str, body: bytes) -> Asset:
    media_type = _MEDIA_TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    compressed = gzip.compress(body, 9, mtime=0) if Path(name).suffix in _COMPRESSIBLE else b""
    return Asset(body, compressed if len(compressed) < len(body) else b"", media_type)
