"""Making a key on a page: the form, the one answer that shows the key, and what comes before and after it."""

from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tixallo.keys import making
from tixallo.keys.forms import KeyForm, from_address, to_address
from tixallo.keys.masking import masked
from tixallo.keys.models import ApiKey
from tixallo.keys.token import Token
from tixallo.keys.views import looked_at
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.accounts import has_proved_lately
from tixallo.workspaces.changes import change
from tixallo.workspaces.returning import filled_in, returning


@require_http_methods(["GET", "HEAD", "POST"])
@page("manage keys")
@looked_at
@returning("name", "environment", "expires", "limit", "scopes", cleaned=masked)
def new_key(request: PageRequest) -> HttpResponseBase:
    """Make a key and show it, this once; who has not proved lately who they are is asked to, first. The address can
    fill the form in.
    """
    if not has_proved_lately(request):
        if request.method == "POST":
            return redirect(filled_in(request))
        raise ReauthenticationRequired
    if request.method != "POST":
        return _show(request, KeyForm(initial=from_address(request.GET)))
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _show(request, form)
    text: Token | None = None
    with change(request.workspace.id, request.actor) as opened:
        key = making.made_with(opened, form.cleaned_data["form_value"])
        if key is None:
            key, text = making.make_key(opened, **form.options())
    return show_once(request, key, text)


def show_once(
    request: PageRequest, key: ApiKey, text: Token | None, stored: str = "key", replaced_id: str = ""
) -> HttpResponse:
    """Return the page with a key that has just been made; without its text, the page that says that it was shown.

    `stored` is the name of the page that follows once the key is stored; `replaced_id` the id of the key that this one
    replaces.
    """
    if text is None:
        return render(request, "keys/was_shown.html", {"key": key, "another": to_address(key)})
    origin = settings.TIXALLO.origin
    shown = {"key": key, "text": str(text), "origin": origin, "stored": stored, "replaced_id": replaced_id}
    return render(request, "keys/shown.html", shown)


def _show(request: PageRequest, form: KeyForm) -> HttpResponse:
    return render(request, "keys/new.html", {"form": form}, status=422 if form.is_bound else 200)
