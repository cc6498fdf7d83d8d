"""The inbox's pages: its lists, what is new in them, and a new ticket."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from tixallo.kit import standing
from tixallo.tickets import inbox as lists_of
from tixallo.tickets import list_rows, lists, opening, polling, samples
from tixallo.tickets.inbox_forms import NewTicketForm
from tixallo.tickets.polling import State
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.changes import change
from tixallo.workspaces.roles import may

# Another name of a customer, a company or a person is told to what is on so many pages of a list.
PAGES_RENAMED = 5


@require_safe
@page("read tickets")
def inbox(request: PageRequest) -> HttpResponseBase:
    """Show the first list, or go to the one that `view` in the address names."""
    key = request.GET.get("view")
    if key in lists.BY_KEY:
        rest: dict[str, str] = {name: str(value) for name, value in request.GET.dict().items() if name != "view"}
        address = reverse("inbox_view", args=[request.workspace.slug, key])
        return redirect(address + (f"?{urlencode(rest)}" if rest else ""))
    return _show(request, lists.DEFAULT)


@require_safe
@page("read tickets")
def inbox_view(request: PageRequest, view: str) -> HttpResponseBase:
    """Show a list; `#1042` in the search leads to that ticket."""
    number = _number(request.GET.get("q", ""))
    if number is not None and lists.has_number(request.workspace.id, number):
        return redirect("ticket", request.workspace.slug, number)
    return _show(request, view)


@require_safe
@page("read tickets")
def poll(request: PageRequest, view: str) -> HttpResponseBase:
    """Say what has changed in a list since the tag that the request brings; 204 when nothing has."""
    now = polling.state(request.workspace.id, request.person.id)
    tag = request.headers.get("If-None-Match", "")
    if tag == now.tag:
        _remember(request, now)
        return HttpResponse(status=204)
    found = lists_of.heading(request, view, _whole(request.GET.get("open", "")))
    told = news(found, tag)
    if may(request.membership.role, "invite people"):
        told["first_steps"] = samples.progress(request.workspace)
    response = render(request, "tickets/_news.html", told)
    response["ETag"] = found.state.tag
    _remember(request, found.state)
    return response


def news(found: lists_of.Listed, tag: str) -> dict[str, Any]:
    """Return what `tickets/_news.html` needs to say what has changed in a list since a tag."""
    changed = polling.changed(found.state, tag)
    renamed = None if changed is None else polling.renamed(found.state, tag)
    if changed is None or renamed is None:
        return {"list": found, "waiting": found.waiting, "many": True}
    if found.looking is not None:
        if renamed:
            changed += list_rows.that_show(found.looking, renamed, PAGES_RENAMED)
        found.rows = list_rows.these(found.looking, changed) if changed else []
        polling.show_writers(found.rows, found.state)
    return {"list": found, "waiting": found.waiting, "many": False}


@require_http_methods(["GET", "HEAD", "POST"])
@page("answer tickets")
def new_ticket(request: PageRequest) -> HttpResponseBase:
    """Open a ticket on a customer's behalf."""
    form = NewTicketForm(request.POST) if request.method == "POST" else NewTicketForm(initial=_started(request))
    if form.is_valid():
        sent = form.cleaned_data
        with change(request.workspace.id, request.actor) as opened:
            ticket_id = opening.open_ticket(
                opened,
                subject=sent["subject"],
                description=sent["text"],
                customer_email=sent["email"],
                customer_name=sent["name"] or None,
                priority=sent["priority"],
                source="app",
            )
        return redirect("ticket", request.workspace.slug, request.workspace.tickets.get(id=ticket_id).number)
    return render(request, "tickets/new_ticket.html", {"form": form}, status=422 if form.is_bound else 200)


def _show(request: PageRequest, key: str) -> HttpResponseBase:
    context = lists_of.list_context(request, key)
    context["first_steps"] = _first_steps(request)
    return render(request, "tickets/inbox.html", context)


def _remember(request: PageRequest, now: State) -> None:
    workspace_id, person_id = request.workspace.id, request.person.id
    standing.remember(request, now.tag, lambda: polling.state(workspace_id, person_id).tag)


def _first_steps(request: PageRequest) -> samples.FirstSteps | None:
    return samples.first_steps(request.workspace) if may(request.membership.role, "invite people") else None


def _number(text: str) -> int | None:
    return _whole(text.strip().removeprefix("#")) if text.strip().startswith("#") else None


def _whole(digits: str) -> int | None:
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def _started(request: PageRequest) -> dict[str, str]:
    # The customer's page leads here with the address.
    return {"email": request.GET.get("email", "")}
