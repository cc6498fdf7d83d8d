"""What a person does to many tickets at once, and takes back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from tixallo.kit.errors import Forbidden, Invalid, NotFound
from tixallo.tickets import bulk, undoing
from tixallo.tickets.bulk import MOST_AT_ONCE, Wish
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.changes import change
from tixallo.workspaces.roles import may

_WHAT = ("assign", "status", "priority", "tag", "untag", "remove")


@require_POST
@page("answer tickets")
def edit_all(request: PageRequest) -> HttpResponseBase:
    """Do one thing to the chosen tickets."""
    wish = _wish(request)
    if wish.what == "remove" and not may(request.membership.role, "remove tickets"):
        raise Forbidden
    try:
        with change(request.workspace.id, request.actor) as opened:
            count = bulk.edit_all(opened, request.POST.getlist("ticket"), wish)
    except Invalid:
        messages.error(request, _refusal(request))
        return _back(request)
    if count:
        undo_address = reverse("undo", args=[request.workspace.slug, opened.revision])
        messages.success(request, _done(wish, count), extra_tags=f"undo:{undo_address}")
    else:
        messages.info(request, gettext("Nothing to change."))
    return _back(request)


@require_POST
@page("remove tickets")
def restore_all(request: PageRequest) -> HttpResponseBase:
    """Bring the chosen tickets back."""
    try:
        with change(request.workspace.id, request.actor) as opened:
            count = bulk.restore_all(opened, request.POST.getlist("ticket"))
    except Invalid:
        messages.error(request, _refusal(request))
        return _back(request)
    messages.success(
        request, ngettext("%(count)s ticket is back.", "%(count)s tickets are back.", count) % {"count": count}
    )
    return _back(request)


@require_POST
@page("answer tickets")
def undo(request: PageRequest, revision: int) -> HttpResponseBase:
    """Take back what the person did at a revision."""
    try:
        with change(request.workspace.id, request.actor) as opened:
            count = undoing.undo_edits(opened, revision)
    except NotFound:
        count = 0
    if count:
        told = ngettext("Undone on %(count)s ticket.", "Undone on %(count)s tickets.", count) % {"count": count}
        messages.success(request, told)
    else:
        messages.info(request, gettext("There was nothing left to undo."))
    return _back(request)


def _wish(request: PageRequest) -> Wish:
    what = next((name for name in _WHAT if name in request.POST), "")
    value = request.POST.get(what, "").strip()
    if what in ("tag", "untag"):
        value = request.POST.get("name", "").strip()
    return Wish(what, request.person.id if (what, value) == ("assign", "me") else value)


def _done(wish: Wish, count: int) -> str:
    told: dict[str, Any] = {
        "assign": ngettext("%(count)s ticket assigned.", "%(count)s tickets assigned.", count),
        "status": ngettext("%(count)s ticket changed.", "%(count)s tickets changed.", count),
    }
    if wish == ("assign", ""):
        text = ngettext("%(count)s ticket is nobody's now.", "%(count)s tickets are nobody's now.", count)
    elif wish == ("remove", "spam"):
        text = ngettext("%(count)s ticket is marked as spam.", "%(count)s tickets are marked as spam.", count)
    elif wish.what == "remove":
        text = ngettext("%(count)s ticket is deleted.", "%(count)s tickets are deleted.", count)
    elif wish == ("status", "resolved"):
        text = ngettext("%(count)s ticket resolved.", "%(count)s tickets resolved.", count)
    else:
        text = told.get(wish.what, told["status"])
    return str(text % {"count": count})


def _refusal(request: PageRequest) -> str:
    if not request.POST.getlist("ticket"):
        return gettext("Choose tickets first. Nothing was changed.")
    if len(request.POST.getlist("ticket")) > MOST_AT_ONCE:
        return gettext("At most %(count)s tickets at once. Nothing was changed.") % {"count": MOST_AT_ONCE}
    return gettext("That cannot be done. Nothing was changed.")


def _back(request: PageRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # The rows change by the next poll; they stay where they are.
        return render(request, "tickets/_told.html")
    inbox = reverse("inbox", args=[request.workspace.slug])
    for target in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if target and url_has_allowed_host_and_scheme(target, {request.get_host()}):
            return redirect(target)
    return redirect(inbox)
