"""What a person does to a key on its page: another name, switching it off and on, ending it for good."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tixallo.keys import closing, ending, renaming, rotating, traffic, unlocking
from tixallo.keys.closing import Ending
from tixallo.keys.ending_words import told
from tixallo.keys.forms import NameForm, RevokeForm
from tixallo.keys.models import EXPOSED, ApiKey
from tixallo.keys.rotation_page import QUIET_WORDS
from tixallo.keys.traffic import Use
from tixallo.keys.unlocking import Locked
from tixallo.keys.views import find
from tixallo.kit import clock
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
    """Ask whether a key is to end, saying when it was last used and what becomes of its rotation, and end it."""
    key = find(request, key_id)
    if key.revoked_at is not None:
        return redirect("key", request.workspace.slug, key.id)
    form = RevokeForm(request.POST or None, initial={"reason": request.GET.get("reason", "unused")})
    typed, refused = request.POST.get("name", ""), False
    if form.is_valid():
        reason, said = form.cleaned_data["reason"], gettext("“%(name)s” is revoked.") % {"name": key.name}
        try:
            return _end(request, key.id, lambda opened, key_id: rotating.revoke(opened, key_id, reason, typed), said)
        except Locked:
            refused = True
    use = traffic.last_uses(request.workspace.id, [key.id]).get(key.id)
    asked = {"key": key, "use": use, "form": form, "typed": typed, "refused": refused}
    asked.update(_rotation(request, key, form, use))
    return render(request, "keys/revoke.html", asked, status=422 if form.is_bound else 200)


def _rotation(request: PageRequest, key: ApiKey, form: RevokeForm, use: Use | None) -> dict[str, Any]:
    """Return what the page says of the key's rotation; `locked` while it wants the old key's name."""
    rotation = closing.open_rotation(request.workspace.id, key.id)
    if rotation is None:
        return {}
    after = told(closing.ending_with(rotation, key.id))
    if rotation.old_key_id != key.id:
        return {"after": after}
    standing = unlocking.standing(rotation, clock.now())
    return {
        "after": after,
        "locked": not standing.open and form["reason"].value() != EXPOSED,
        "shown": {"standing": standing, "used_at": use and use.at},
        "quiet_word": QUIET_WORDS[rotation.quiet_hours],
    }


def _end(
    request: PageRequest, key_id: str, verb: Callable[[Change, str], Ending | None], said: str
) -> HttpResponseBase:
    try:
        with change(request.workspace.id, request.actor) as opened:
            ended = verb(opened, key_id)
    except Locked:
        raise
    except Conflict:
        messages.error(request, gettext("This key has been revoked."))
    else:
        messages.success(request, said)
        if ended is not None:
            level = messages.INFO if ended.works else messages.WARNING
            messages.add_message(request, level, told(ended))
    return redirect("key", request.workspace.slug, key_id)
