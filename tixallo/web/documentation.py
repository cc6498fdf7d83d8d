"""The developer documentation at `/docs`, open to everybody, and the same in the frame of a workspace."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tixallo.kit import answers
from tixallo.kit.errors import NotFound
from tixallo.web.guides import GUIDES, Guide, article, find
from tixallo.web.markdown import Article
from tixallo.workspaces.access import PageRequest, page

_KEPT = "max-age=300"


@require_safe
def first(request: HttpRequest) -> HttpResponseBase:
    """Lead to the first page."""
    return redirect("guide", GUIDES[0].name)


@require_safe
@page("read documentation")
def first_here(request: PageRequest) -> HttpResponseBase:
    """Lead to the first page, within the workspace."""
    return redirect("guide", request.workspace.slug, GUIDES[0].name)


@require_safe
def guide(request: HttpRequest, name: str) -> HttpResponseBase:
    """Show a page."""
    return in_public(request, *_found(name))


@require_safe
@page("read documentation")
def guide_here(request: PageRequest, name: str) -> HttpResponseBase:
    """Show a page, within the workspace."""
    return show(request, "web/app.html", *_found(name))


def in_public(request: HttpRequest, shown: Guide, content: Article) -> HttpResponseBase:
    """Answer with a page that browsers and proxies may keep for a few minutes; that of a person only their browser."""
    response = show(request, "web/plain.html", shown, content)
    tag = answers.tag_of(response.content)
    if answers.is_known(request.META, tag):
        response = HttpResponseNotModified()
    response["ETag"] = tag
    response["Cache-Control"] = f"{'private' if request.user.is_authenticated else 'public'}, {_KEPT}"
    return response


def show(request: HttpRequest, frame: str, shown: Guide, content: Article) -> HttpResponse:
    """Return a page of the documentation in one of the base templates, without notices of what was done elsewhere."""
    place = GUIDES.index(shown)
    context = {
        "frame": frame,
        "guides": GUIDES,
        "shown": shown,
        "content": content,
        "before": GUIDES[place - 1] if place else None,
        "after": GUIDES[place + 1] if place + 1 < len(GUIDES) else None,
        "messages": (),
    }
    return render(request, "web/documentation.html", context)


def _found(name: str) -> tuple[Guide, Article]:
    found = find(name)
    if found is None:
        raise NotFound
    return found, article(found, get_language() or "en")
