"""The pages of a rotation: make the successor, see the callers move, end the old key."""

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from tixallo.keys import closing, making, rotating, rotation_polls
from tixallo.keys.creating_views import show_once
from tixallo.keys.forms import to_address
from tixallo.keys.models import ApiKey, Rotation
from tixallo.keys.rotation_page import context
from tixallo.keys.token import Token
from tixallo.keys.views import find, looked_at
from tixallo.kit import standing
from tixallo.kit.errors import Conflict
from tixallo.kit.ids import is_id, new_id
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.accounts import has_proved_lately
from tixallo.workspaces.changes import change


@require_http_methods(["GET", "HEAD", "POST"])
@page("manage keys")
@looked_at
def rotate_key(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Make a key's successor and show it, this once; while a rotation is open, show how far its callers are."""
    key = find(request, key_id)
    if request.method == "POST":
        return _start(request, key)
    rotation = closing.open_rotation(request.workspace.id, key.id)
    if rotation is not None:
        return render(request, "keys/rotation.html", context(rotation))
    if key.state() == "active" and not has_proved_lately(request):
        raise ReauthenticationRequired
    return _offer(request, key)


@require_safe
@page("manage keys")
@looked_at
def end_rotation(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Show the last step: disable the old key first, then revoke it."""
    rotation = closing.open_rotation(request.workspace.id, find(request, key_id).id)
    if rotation is None:
        return redirect("rotate_key", request.workspace.slug, key_id)
    return render(request, "keys/rotation_end.html", context(rotation))


@require_safe
@page("manage keys")
@looked_at
def rotation_news(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Say what has changed on either page of a rotation; 204 when nothing has."""
    rotation = closing.open_rotation(request.workspace.id, find(request, key_id).id)
    if rotation is None:
        return render(request, "keys/_rotation_over.html", {"over": True, "key_id": key_id})
    known = request.headers.get("If-None-Match", "")
    found = rotation_polls.state(rotation, known)
    standing.remember(request, found.tag, found.tell, found.told)
    if found.tag == known:
        return HttpResponse(status=204)
    response = render(request, "keys/_rotation_news.html", context(rotation, found.shown))
    response["ETag"] = found.tag
    return response


def _start(request: PageRequest, key: ApiKey) -> HttpResponseBase:
    value = request.POST.get("form_value", "")
    if not has_proved_lately(request) or not is_id(value):
        return redirect("rotate_key", request.workspace.slug, key.id)
    text: Token | None = None
    try:
        with change(request.workspace.id, request.actor) as opened:
            made = making.made_with(opened, value)
            if made is None:
                rotation, text = rotating.start(opened, key.id, value)
                made = rotation.new_key
    except Conflict:
        # Somebody else was quicker, or has ended the key; the page says which.
        messages.error(request, gettext("No key was made. This is how it stands."))
        return redirect("rotate_key", request.workspace.slug, key.id)
    return show_once(request, made, text, "rotate_key", key.id)


def _offer(request: PageRequest, key: ApiKey) -> HttpResponse:
    last = Rotation.objects.filter(workspace_id=request.workspace.id, old_key_id=key.id).order_by("-started_at").first()
    offered = {
        "key": key,
        "name": key.name,
        "last": last,
        "possible": key.state() == "active",
        "life": None if key.expires_at is None else (key.expires_at - key.created_at).days,
        "form_value": new_id(),
        "another": to_address(key),
        "step": 1,
    }
    return render(request, "keys/rotation_start.html", offered)
