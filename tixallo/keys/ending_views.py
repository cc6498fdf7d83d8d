"""What a person does to a key on its page: another name, switching it off and on, ending it for good."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tixallo.keys import ending, renaming
from tixallo.keys.forms import NameForm, RevokeForm
from tixallo.keys.views import find
from tixallo.kit.errors import Conflict
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.changes import Change, change


@require_http_methods(["GET", "HEAD", "POST"])
@page("manage keys")
def rename_key(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Ask for another name, and give it."""
    key = find(request, key_id)
    form = NameForm(request.POST or None, initial={"name": key.name})
    if form.is_valid():
        with change(request.workspace.id, request.actor) as opened:
            renaming.rename(opened, key.id, form.cleaned_data["name"])
        return redirect("key", request.workspace.slug, key.id)
    return render(request, "keys/rename.html", {"key": key, "form": form}, status=422 if form.is_bound else 200)


@require_POST
@page("manage keys")
def disable_key(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Switch a key off."""
    key = find(request, key_id)
    return _end(
        request,
        key.id,
        ending.disable,
        gettext("“%(name)s” is disabled. Its requests get 401 until you enable it.") % {"name": key.name},
    )


@require_POST
@page("manage keys")
def enable_key(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Switch a key on again."""
    key = find(request, key_id)
    return _end(request, key.id, ending.enable, gettext("“%(name)s” is enabled.") % {"name": key.name})


@require_http_methods(["GET", "HEAD", "POST"])
@page("manage keys")
def revoke_key(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Ask whether a key is to end, saying when it was last used, and end it."""
    key = find(request, key_id)
    form = RevokeForm(request.POST or None, initial={"reason": request.GET.get("reason", "unused")})
    if form.is_valid() and key.revoked_at is None:
        reason = form.cleaned_data["reason"]
        said = gettext("“%(name)s” is revoked.") % {"name": key.name}
        return _end(request, key.id, lambda opened, key_id: ending.revoke(opened, key_id, reason), said)
    if key.revoked_at is not None:
        return redirect("key", request.workspace.slug, key.id)
    return render(request, "keys/revoke.html", {"key": key, "form": form}, status=422 if form.is_bound else 200)


def _end(request: PageRequest, key_id: str, verb: Callable[[Change, str], None], said: str) -> HttpResponseBase:
    try:
        with change(request.workspace.id, request.actor) as opened:
            verb(opened, key_id)
    except Conflict:
        messages.error(request, gettext("This key has been revoked."))
    else:
        messages.success(request, said)
    return redirect("key", request.workspace.slug, key_id)
