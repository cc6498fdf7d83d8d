"""The pages of the developer documentation: the repository's own Markdown, read and rendered once.

The files lie in `docs/` of the repository, where a code host shows them; links in `tixallo/web/docs/` put them into the
package.
"""

import posixpath
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import get_language

from tixallo.web.markdown import Article, Heading, render

# The server that the files speak of; on a page it is the one that the reader asked.
SHOWN = "http://localhost:8000"
OPENAPI = "/api/v1/openapi.json"


class Guide(NamedTuple):
    """A page: its name in the address, its entry in the list of pages, and the file's path in the repository."""

    name: str
    title: str
    path: str = ""


# The reference is made from the code, not from a file.
REFERENCE = Guide("reference", "Reference")
GUIDES = (
    Guide("first-request", "First request", "docs/first-request.md"),
    Guide("authentication", "Authentication", "docs/authentication.md"),
    Guide("rotation", "Rotating a key", "docs/rotation.md"),
    Guide("tickets", "Tickets and customers", "docs/tickets.md"),
    Guide("errors", "Errors", "docs/errors.md"),
    Guide("limits", "Limits", "docs/limits.md"),
    Guide("retries", "Safe retries", "docs/retries.md"),
    Guide("events", "Events", "docs/events.md"),
    Guide("search", "Searching", "docs/search.md"),
    REFERENCE,
    Guide("changelog", "Changelog", "CHANGELOG.md"),
)
_NAMES = {guide.path: guide.name for guide in GUIDES if guide.path}
_FILES = Path(__file__).with_name("docs")


def find(name: str) -> Guide | None:
    """Return the guide of this name that has a file."""
    return next((guide for guide in GUIDES if guide.path and guide.name == name), None)


def text(guide: Guide) -> str:
    """Return a guide's Markdown, with this server's address in its examples."""
    return (_FILES / f"{guide.name}.md").read_text(encoding="utf-8").replace(SHOWN, settings.TIXALLO.origin)


@cache
def article(guide: Guide, language: str) -> Article:
    """Return a guide as it is shown to who reads the frame in `language`, which must be the active one."""
    return render(text(guide), lambda target: resolve(guide.path, target))


def headings(name: str) -> list[Heading]:
    """Return the sections of the guide of this name; KeyError where there is none."""
    found = find(name)
    if found is None:
        raise KeyError(name)
    return article(found, get_language() or "en").headings


def resolve(path: str, target: str) -> str:
    """Return where a link in the file at `path` leads: beside the page, out of the server, or, if nowhere, nothing."""
    place, hash_, anchor = target.partition("#")
    if not place or "://" in target or target == OPENAPI:
        return target
    name = _NAMES.get(posixpath.normpath(posixpath.join(posixpath.dirname(path), place)), "")
    return f"{name}{hash_}{anchor}" if name else ""
