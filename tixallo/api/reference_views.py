"""The reference as a page of the documentation."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tixallo.api import reference
from tixallo.web import documentation
from tixallo.web.guides import REFERENCE
from tixallo.workspaces.access import PageRequest, page


@require_safe
def in_public(request: HttpRequest) -> HttpResponseBase:
    """Show the reference."""
    return documentation.in_public(request, REFERENCE, reference.article(get_language() or "en"))


@require_safe
@page("read documentation")
def here(request: PageRequest) -> HttpResponseBase:
    """Show the reference, within the workspace."""
    return documentation.show(request, "web/app.html", REFERENCE, reference.article(get_language() or "en"))
