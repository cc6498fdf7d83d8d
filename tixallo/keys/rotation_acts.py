"""What a person does in a rotation: choose the quiet time, tick callers off, disable, enable and revoke the old key,
cancel.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tixallo.keys import closing, ending, rotating
from tixallo.keys.models import REPLACED, Rotation
from tixallo.keys.rotation_page import context
from tixallo.keys.unlocking import Locked
from tixallo.keys.views import find
from tixallo.kit.errors import Conflict, NotFound
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.changes import Change, change


@require_POST
@page("manage keys")
def choose_quiet_time(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Keep the chosen quiet time and go on to the last step."""
    hours = request.POST.get("hours", "")
    chosen = int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 9 else 0
    return _act(request, key_id, lambda opened, rotation: rotating.choose_quiet(opened, rotation.id, chosen), "end")


@require_POST
@page("manage keys")
def tick_caller(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Note that a caller no longer needs the old key, or take that back."""
    caller = (request.POST.get("client", ""), request.POST.get("network", ""))
    verb = rotating.untick if request.POST.get("needed") else rotating.tick_off
    return _act(request, key_id, lambda opened, rotation: verb(opened, rotation.id, *caller))


@require_POST
@page("manage keys")
def disable_old(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Switch the old key off."""
    return _act(
        request,
        key_id,
        lambda opened, rotation: ending.disable(opened, rotation.old_key_id, REPLACED),
        "end",
        gettext("“%(name)s” is disabled. Its requests get 401 until you enable it."),
    )


@require_POST
@page("manage keys")
def enable_old(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Switch the old key on again."""
    return _act(
        request,
        key_id,
        lambda opened, rotation: ending.enable(opened, rotation.old_key_id),
        "end",
        gettext("“%(name)s” is enabled."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page("manage keys")
def revoke_old(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Ask whether the old key is to end for good, by its name while it is locked, and end it."""
    rotation = _open(request, key_id)
    if rotation is None:
        return redirect("rotate_key", request.workspace.slug, key_id)
    typed, refused = request.POST.get("name", ""), False
    if request.method == "POST":
        try:
            with change(request.workspace.id, request.actor) as opened:
                rotating.revoke_old(opened, rotation.id, typed)
        except Locked:
            refused = True
        except Conflict:
            return _too_late(request, key_id)
        else:
            messages.success(request, gettext("“%(name)s” is revoked.") % {"name": rotation.old_key.name})
            return redirect("rotate_key", request.workspace.slug, rotation.old_key_id)
    asked = {**context(rotation), "typed": typed, "refused": refused}
    return render(request, "keys/rotation_revoke.html", asked, status=422 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page("manage keys")
def cancel_rotation(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Ask whether to go back to the old key, and do so."""
    rotation = _open(request, key_id)
    if request.method == "POST":
        said = gettext("The rotation is cancelled. The new key is disabled.")
        return _act(request, key_id, lambda opened, rotation: rotating.cancel(opened, rotation.id), "", said)
    if rotation is None:
        return redirect("rotate_key", request.workspace.slug, key_id)
    if not closing.can_go_back(rotation):
        return _too_late(request, key_id)
    asked = {"key": rotation.old_key, "name": closing.name_given_back(rotation)}
    return render(request, "keys/rotation_cancel.html", asked)


def _act(
    request: PageRequest, key_id: str, verb: Callable[[Change, Rotation], None], step: str = "", said: str = ""
) -> HttpResponseBase:
    rotation = _open(request, key_id)
    if rotation is not None:
        try:
            with change(request.workspace.id, request.actor) as opened:
                verb(opened, rotation)
        except (Conflict, NotFound):
            rotation = None
    if rotation is None:
        return _too_late(request, key_id)
    if said:
        messages.success(request, said % {"name": rotation.old_key.name})
    return redirect("end_rotation" if step else "rotate_key", request.workspace.slug, rotation.old_key_id)


def _too_late(request: PageRequest, key_id: str) -> HttpResponseBase:
    messages.error(request, gettext("That is no longer possible. This is how it stands."))
    return redirect("rotate_key", request.workspace.slug, key_id)


def _open(request: PageRequest, key_id: str) -> Rotation | None:
    return closing.open_rotation(request.workspace.id, find(request, key_id).id)
