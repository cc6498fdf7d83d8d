"""Forms that come back filled in when they were sent without a session: what was written waits in the address of their
page, as long as no draft keeps it.
"""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest
from django.utils.http import urlencode

_View = TypeVar("_View", bound=Callable[..., object])

# What an address has room for.
_LONGEST = 200
_MOST_VALUES = 20


def returning(*fields: str, cleaned: Callable[[str], str] = str) -> Callable[[_View], _View]:
    """Have a page's form come back with these fields; `cleaned` takes out of a value what no address may hold."""

    def decorate(view: _View) -> _View:
        view.returning = fields, cleaned  # type: ignore[attr-defined] # for whoever refuses what was sent
        return view

    return decorate


def filled_in(request: HttpRequest) -> str:
    """Return the address of the form that a request has sent, with what was written; empty if it does not come back."""
    found = getattr(request.resolver_match and request.resolver_match.func, "returning", None)
    if found is None or request.method != "POST":
        return ""
    fields, cleaned = found
    written = [(name, value) for name in fields for value in request.POST.getlist(name)[:_MOST_VALUES] if value]
    return f"{request.path}?{urlencode([(name, cleaned(value)[:_LONGEST]) for name, value in written])}"
