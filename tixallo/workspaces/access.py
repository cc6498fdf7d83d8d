"""The way of a page to its workspace: through the membership of who is signed in, or not at all."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control

from tixallo.kit import clock, transactions
from tixallo.kit.errors import Forbidden, NotFound, Unauthorized
from tixallo.kit.origins import client_address
from tixallo.workspaces.changes import Actor
from tixallo.workspaces.models import Membership, Person, Workspace
from tixallo.workspaces.returning import filled_in
from tixallo.workspaces.roles import may
from tixallo.workspaces.sessions import SessionStore

Rest = ParamSpec("Rest")

# The fields that messages, notes and descriptions are written into.
_TEXTS = ("body", "text")
_ROLE_CHANGES = "role_changes"
_NOTED_EVERY = timedelta(minutes=5)


class PageRequest(HttpRequest):
    """A request to a page of a workspace, by one of its members."""

    membership: Membership
    workspace: Workspace
    person: Person
    actor: Actor


View = Callable[Concatenate[PageRequest, Rest], HttpResponseBase]


def page(action: str) -> Callable[[View[Rest]], Callable[..., HttpResponseBase]]:
    """Let only members see a page below `/w/SLUG/` whose role may do `action`, a line of the table in `roles`.

    An unknown workspace and a foreign one look the same. Who is not signed in is sent to do so and comes back.
    """
    may("owner", action)

    def decorate(view: View[Rest]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def show(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if _carries_text(request):
                    # The page about it shows what was written.
                    raise Unauthorized
                return _to_sign_in(request)
            opened = cast(PageRequest, request)
            _open(opened, slug)
            if not may(opened.membership.role, action):
                raise Forbidden
            response = view(opened, *args, **kwargs)
            patch_cache_control(response, private=True, no_store=True)
            return response

        show.action = action  # type: ignore[attr-defined] # for the test that walks all pages
        return show

    return decorate


def _open(request: PageRequest, slug: str) -> None:
    person = cast(Person, request.user)
    # unscoped: the person's own memberships are what finds the workspace
    found = Membership.objects.filter(person_id=person.id, workspace__slug=slug).select_related("workspace").first()
    if found is None:
        raise NotFound
    request.membership, request.workspace, request.person = found, found.workspace, person
    request.actor = Actor("person", person.id, person.name, client_address(request.META))
    _renew(request)
    if request.method == "POST":
        _note_activity(found)


def _renew(request: PageRequest) -> None:
    # What the session's cookie opens has changed with the role, so the cookie changes too.
    if request.session.get(_ROLE_CHANGES, 0) != request.person.role_changes:
        request.session[_ROLE_CHANGES] = request.person.role_changes
        cast(SessionStore, request.session).renew()


def _note_activity(membership: Membership) -> None:
    now = clock.now()
    if membership.last_active_at is None or membership.last_active_at < now - _NOTED_EVERY:
        membership.last_active_at = now
        with transactions.change():
            membership.save(update_fields=["last_active_at"])


def _carries_text(request: HttpRequest) -> bool:
    if request.method != "POST" or request.headers.get("HX-Request"):
        return False
    return any(request.POST.get(name) for name in _TEXTS)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    # A form that was sent while signed out comes back to its page; its text waits in the draft, address, or browser.
    sent = request.method not in ("GET", "HEAD")
    target = filled_in(request) or (request.META.get("HTTP_REFERER", "") if sent else request.get_full_path())
    from django.contrib.auth.views import redirect_to_login

    if target.startswith(settings.TIXALLO.origin):
        target = target.removeprefix(settings.TIXALLO.origin)
    response = redirect_to_login(target or "/")
    if request.headers.get("HX-Request"):
        away = HttpResponse(status=204)
        away["HX-Redirect"] = response["Location"]
        return away
    return redirect(response["Location"])
