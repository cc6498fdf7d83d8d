"""Drafts of a ticket's page: what is being written is kept while it is, also where the ticket is gone meanwhile."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tixallo.kit.errors import NotFound
from tixallo.tickets import drafting, once
from tixallo.tickets.models import Ticket
from tixallo.workspaces.access import PageRequest, page


@require_POST
@page("answer tickets")
def draft(request: PageRequest, number: int, kind: str) -> HttpResponseBase:
    """Keep what is being written and say what version is kept; where another tab has written something else, answer
    with that.

    What comes from a page that is being left goes below it.
    """
    found = _found(request, number, kind)
    identifier = once.id_of(request.POST.get("token", ""), request.person.id, found.id)
    body, over = request.POST.get("body", ""), drafting.versions(request.POST)
    try:
        kept = drafting.save(request.workspace, request.person, found.id, kind, body, identifier, over)
    except drafting.Changed as changed:
        if "leaving" not in request.POST:
            return HttpResponse(changed.body, status=409, content_type="text/plain; charset=utf-8")
        # Nobody is there any more to be asked.
        if body.strip() not in changed.body:
            drafting.append(request.workspace, request.person, found.id, kind, body)
        return HttpResponse(status=204)
    return HttpResponse(status=204, headers={"ETag": f'"{kept}"'} if kept else None)


@require_POST
@page("answer tickets")
def discard_draft(request: PageRequest, number: int, kind: str) -> HttpResponseBase:
    """Forget what was begun, on a ticket that is gone and has no form for it any more."""
    found = _found(request, number, kind)
    drafting.discard(request.workspace, request.person, found.id, kind)
    messages.info(request, gettext("The draft is deleted."))
    query = request.GET.urlencode()
    return redirect(reverse("ticket", args=[request.workspace.slug, number]) + (f"?{query}" if query else ""))


def _found(request: PageRequest, number: int, kind: str) -> Ticket:
    found = request.workspace.tickets.filter(number=number).first()
    if found is None or kind not in drafting.KINDS:
        raise NotFound
    return found
