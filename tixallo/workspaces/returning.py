"""Forms that come back filled in when they were sent without a session: what was written waits in the address of their
page, as long as no draft keeps it.
"""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

_View = TypeVar("_View", bound=Callable[..., object])

# What an address has room for, though it be written into another one.
_LONGEST = 4_000
_MOST_VALUES = 20


def returning(
    *fields: str, cleaned: Callable[[str], str] = str, at: str = "", blank: bool = False
) -> Callable[[_View], _View]:
    """Have a page's form come back with these fields; `cleaned` takes out of a value what no address may hold.

    `at` names the form's page where that is another one, of the same arguments. With `blank` an emptied field comes
    back empty.
    """

    def decorate(view: _View) -> _View:
        view.returning = fields, cleaned, at, blank  # type: ignore[attr-defined] # for whoever refuses what was sent
        return view

    return decorate


def filled_in(request: HttpRequest) -> str:
    """Return the address of the form that a request has sent, with what was written; empty if it does not come back.

    What an address has no room for is left out, as half of an entry would be another one.
    """
    match = request.resolver_match
    found = getattr(match and match.func, "returning", None)
    if match is None or found is None or request.method != "POST":
        return ""
    fields, cleaned, at, blank = found
    if at and not any(name in request.POST for name in fields):
        # The page has other forms as well.
        return ""
    beside = [(name, value) for name in request.GET if name not in fields for value in request.GET.getlist(name)]
    written = [(name, value) for name in fields for value in request.POST.getlist(name)[:_MOST_VALUES]]
    query = ""
    for name, value in [*((name, cleaned(value)) for name, value in written if value or blank), *beside]:
        longer = f"{query}{'&' if query else ''}{urlencode([(name, value)])}"
        query = longer if len(longer) <= _LONGEST else query
    return f"{reverse(at, kwargs=match.kwargs) if at else request.path}?{query}"
