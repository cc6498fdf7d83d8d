"""A ticket's page: its conversation, its facts, and the two forms below it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import orjson
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from tixallo.kit import clock
from tixallo.kit.errors import NotFound
from tixallo.tickets import (
    drafting,
    editing,
    holding,
    inbox,
    inbox_views,
    merging,
    noting,
    polling,
    presence,
    reading,
    removing,
    saving,
    timeline,
    undoing,
)
from tixallo.tickets.editing import Edits
from tixallo.tickets.models import PRIORITIES, STATUSES, Ticket
from tixallo.tickets.ticket_forms import FactsForm, NoteForm, ReplyForm
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.changes import change

# Other tickets of the customer that the side shows.
_OTHERS = 5


@require_safe
@page("read tickets")
def ticket(request: PageRequest, number: int) -> HttpResponseBase:
    """Show a ticket."""
    return _show(request, _found(request, number))


@require_POST
@page("answer tickets")
def reply(request: PageRequest, number: int) -> HttpResponseBase:
    """Send a reply, held for some seconds; one that another one crossed is not sent, and says so."""
    found = _found(request, number)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _show(request, found, status=422, reply_form=form)
    sent = form.cleaned_data
    asked = holding.Reply(sent["body"], sent["then"], sent["seen"], sent["anyway"])
    try:
        held = holding.hold(request.workspace, request.person, found.id, asked, request.person.hold_seconds)
    except holding.Crossed:
        return _show(request, found, status=409, reply_form=form, crossed=True)
    seconds = request.person.hold_seconds
    if seconds == 0:
        holding.release(held.id)
    else:
        told = ngettext("Sends in %(count)s second.", "Sends in %(count)s seconds.", seconds) % {"count": seconds}
        undo = reverse("undo_reply", args=[request.workspace.slug, number, held.id])
        messages.success(request, told, extra_tags=f"undo:{undo}")
    return redirect(_after(request, found, asked.then))


@require_POST
@page("answer tickets")
def undo_reply(request: PageRequest, number: int, held_id: str) -> HttpResponseBase:
    """Take a held reply back; its text is in the form again."""
    found = _found(request, number)
    holding.undo(request.workspace, request.person, held_id)
    messages.info(request, gettext("Not sent. Your text is back."))
    return _to(found, request, "#reply")


@require_POST
@page("answer tickets")
def note(request: PageRequest, number: int) -> HttpResponseBase:
    """Add an internal note, or move its text into the reply's draft, which sends nothing."""
    found = _found(request, number)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _show(request, found, status=422, note_form=form)
    body = form.cleaned_data["body"]
    if "move" in request.POST:
        before = drafting.of_ticket(request.workspace, request.person, found.id).get("reply")
        text = body if before is None else f"{before.body}\n\n{body}"
        drafting.save(request.workspace, request.person, found.id, "reply", text)
    else:
        with change(request.workspace.id, request.actor) as opened:
            noting.add_note(opened, found.id, body)
    drafting.discard(request.workspace, request.person, found.id, "note")
    return _to(found, request, "#reply" if "move" in request.POST else "#latest")


@require_POST
@page("answer tickets")
def draft(request: PageRequest, number: int, kind: str) -> HttpResponseBase:
    """Keep what is being written."""
    if kind not in drafting.KINDS:
        raise NotFound
    found = _found(request, number)
    drafting.save(request.workspace, request.person, found.id, kind, request.POST.get("body", ""))
    return HttpResponse(status=204)


@require_POST
@page("read tickets")
def read(request: PageRequest, number: int) -> HttpResponseBase:
    """Note that the person has seen the ticket; sent after it was on the screen for a second."""
    reading.mark_read(request.workspace, request.person, _found(request, number).id, clock.now())
    return HttpResponse(status=204)


@require_POST
@page("answer tickets")
def edit(request: PageRequest, number: int) -> HttpResponseBase:
    """Change facts; it happens at once and can be undone."""
    found = _found(request, number)
    form = FactsForm(request.POST)
    if not form.is_valid():
        return _show(request, found, status=422, facts_form=form)
    edits = form.edits()
    with change(request.workspace.id, request.actor) as opened:
        editing.edit(opened, found.id, cast(Edits, edits))
        revision = None if opened.is_empty() else opened.revision
    if revision is not None:
        undo = reverse("undo_edit", args=[request.workspace.slug, number, revision])
        messages.success(request, gettext("Saved."), extra_tags=f"undo:{undo}")
    return redirect(_after(request, found, edits.get("status", "")))


@require_POST
@page("answer tickets")
def present(request: PageRequest, number: int) -> HttpResponseBase:
    """Say for some seconds that the person is here, or writing."""
    kind = request.POST.get("kind", "")
    if kind not in presence.KINDS:
        raise NotFound
    presence.note(request.workspace, request.person, _found(request, number).id, kind)
    return HttpResponse(status=204)


@require_safe
@page("read tickets")
def poll(request: PageRequest, number: int) -> HttpResponseBase:
    """Say what has changed in the conversation and in the list beside it; 204 when nothing has."""
    now = polling.state(request.workspace.id, request.person.id)
    tag = request.headers.get("If-None-Match", "")
    if tag == now.tag:
        return HttpResponse(status=204)
    found = _found(request, number)
    beside = inbox.heading(request, request.GET.get("view", ""), number)
    told = {**inbox_views.news(beside, tag), **context(request, found)}
    response = render(request, "tickets/_conversation_news.html", told)
    response["ETag"] = beside.state.tag
    return response


@require_POST
@page("answer tickets")
def undo_edit(request: PageRequest, number: int, revision: int) -> HttpResponseBase:
    """Put back what the person changed."""
    with change(request.workspace.id, request.actor) as opened:
        undoing.undo_edits(opened, revision)
    messages.info(request, gettext("Undone."))
    return _to(_found(request, number), request)


@require_POST
@page("remove tickets")
def remove(request: PageRequest, number: int) -> HttpResponseBase:
    """Delete a ticket, or call it spam; for thirty days it can be brought back."""
    found = _found(request, number)
    spam = request.POST.get("as") == "spam"
    with change(request.workspace.id, request.actor) as opened:
        removing.remove(opened, found.id, spam=spam)
    told = gettext("#%(number)s is marked as spam.") if spam else gettext("#%(number)s is deleted.")
    undo = reverse("restore_ticket", args=[request.workspace.slug, number])
    messages.success(request, told % {"number": number}, extra_tags=f"undo:{undo}")
    return redirect("inbox", request.workspace.slug)


@require_POST
@page("remove tickets")
def restore(request: PageRequest, number: int) -> HttpResponseBase:
    """Bring a deleted ticket back."""
    found = _found(request, number, gone=True)
    with change(request.workspace.id, request.actor) as opened:
        removing.restore(opened, found.id)
    messages.info(request, gettext("#%(number)s is back.") % {"number": number})
    return _to(found, request)


@page("answer tickets")
def merge(request: PageRequest, number: int) -> HttpResponseBase:
    """Show a ticket beside the one to merge it into, and merge them."""
    found = _found(request, number)
    asked = (request.POST.get("into") or request.GET.get("into") or "").strip().lstrip("#")
    into = request.workspace.tickets.filter(number=int(asked), gone_as="").first() if asked.isdecimal() else None
    if request.method == "POST" and into is not None:
        with change(request.workspace.id, request.actor) as opened:
            merging.merge(opened, found.id, into.id)
        undo = reverse("unmerge_ticket", args=[request.workspace.slug, number])
        told = gettext("#%(number)s is merged into #%(into)s.") % {"number": number, "into": into.number}
        messages.success(request, told, extra_tags=f"undo:{undo}")
        return _to(into, request)
    others = request.workspace.tickets.filter(customer=found.customer, gone_as="").exclude(id=found.id)
    context = {
        "ticket": found,
        "into": into if into is not None and into.id != found.id else None,
        "asked": asked,
        "others": others.order_by("-updated_at")[:_OTHERS],
        "entries": timeline.of(request.workspace, found, request.person.id),
        "into_entries": timeline.of(request.workspace, into, request.person.id) if into else [],
    }
    return render(request, "tickets/merge.html", context, status=200 if into or not asked else 422)


@require_POST
@page("answer tickets")
def unmerge(request: PageRequest, number: int) -> HttpResponseBase:
    """Undo a merge."""
    found = _found(request, number)
    with change(request.workspace.id, request.actor) as opened:
        merging.unmerge(opened, found.id)
    messages.info(request, gettext("Undone."))
    return _to(found, request)


def _found(request: PageRequest, number: int, *, gone: bool = False) -> Ticket:
    found = (
        request.workspace.tickets.filter(number=number)
        .select_related("customer", "customer__company", "assignee", "merged_into", "inbox")
        .first()
    )
    if found is None or (found.gone_as in ("deleted", "spam") and not gone):
        raise NotFound
    return found


def _to(found: Ticket, request: PageRequest, place: str = "") -> HttpResponse:
    return redirect(reverse("ticket", args=[request.workspace.slug, found.number]) + place)


def _after(request: PageRequest, found: Ticket, status: str) -> str:
    """Return where the person goes from a ticket that gets a status: as they like it, once it is done with."""
    here = reverse("ticket", args=[request.workspace.slug, found.number])
    if status not in ("resolved", "closed") or request.person.after_resolving == "stay":
        return here
    waiting = request.workspace.tickets.filter(heap="open", gone_as="").exclude(id=found.id).order_by("queue", "id")
    following = None if request.person.after_resolving == "list" else waiting.first()
    if following is None:
        return reverse("inbox", args=[request.workspace.slug])
    return reverse("ticket", args=[request.workspace.slug, following.number])


def _show(request: PageRequest, found: Ticket, *, status: int = 200, **more: Any) -> HttpResponse:
    beside = inbox.list_context(request, current=found.number)
    previous, following = beside["list"].neighbours()
    walked = {"previous": previous, "following": following}
    return render(
        request, "tickets/ticket.html", {**context(request, found), **beside, **walked, **more}, status=status
    )


def _first_unread(entries: list[timeline.Entry], read_until: datetime | None) -> str:
    if read_until is None:
        return ""
    return next((each.id for each in entries if each.kind == "message" and each.at > read_until and not each.mine), "")


def context(request: PageRequest, found: Ticket) -> Mapping[str, Any]:
    """Return what a ticket's page is drawn from."""
    workspace, person = request.workspace, request.person
    entries = timeline.of(workspace, found, person.id)
    drafts = drafting.of_ticket(workspace, person, found.id)
    mark = workspace.read_marks.filter(person=person, ticket=found).first()
    others = workspace.tickets.filter(customer=found.customer, gone_as="").exclude(id=found.id)
    return {
        "ticket": found,
        "entries": entries,
        "seen": timeline.last_public(entries),
        "reply_draft": drafts.get("reply"),
        "note_draft": drafts.get("note"),
        "first_unread": _first_unread(entries, mark.read_at if mark else None),
        "presences": presence.of_ticket(workspace, found.id, but=person),
        "tags": ", ".join(orjson.loads(found.tags)),
        "saved_replies": [
            (each.name, saving.filled(each.body, found.customer.name))
            for each in workspace.saved_replies.order_by("name")
        ],
        "members": workspace.memberships.select_related("person").order_by("person__name"),
        "others": others.order_by("heap", "queue")[:_OTHERS],
        "other_count": others.count(),
        "statuses": STATUSES,
        "priorities": PRIORITIES,
    }
