"""A ticket's page: its conversation, its facts, and the two forms below it."""

from contextlib import suppress
from typing import Any, cast

import orjson
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tixallo.kit import clock, standing
from tixallo.kit.errors import NotFound
from tixallo.tickets import (
    conversation,
    drafting,
    editing,
    holding,
    inbox,
    inbox_views,
    lists,
    merging,
    noting,
    once,
    polling,
    presence,
    reading,
    removing,
    timeline,
    undoing,
)
from tixallo.tickets.editing import Edits
from tixallo.tickets.models import Ticket
from tixallo.tickets.ticket_forms import FactsForm, NoteForm, ReplyForm
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.changes import change
from tixallo.workspaces.returning import returning

# What is larger is no ticket's number, nor does it fit into the column.
LARGEST_NUMBER = (1 << 63) - 1
_TOLD_SECONDS = 60
_MOST_DIGITS = len(str(LARGEST_NUMBER)) - 1


@require_safe
@page("read tickets")
def ticket(request: PageRequest, number: int) -> HttpResponseBase:
    """Show a ticket, also one that is gone, with what the person had begun to write there."""
    return _show(request, _found(request, number, gone=True))


@require_POST
@page("answer tickets")
def reply(request: PageRequest, number: int) -> HttpResponseBase:
    """Send a reply, held for some seconds; one that another one crossed is not sent, and says so."""
    found = _found(request, number, gone=True)
    if found.gone_as and (written := _written(request)):
        return _kept(request, found, "reply", written)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _show(request, found, status=422, reply_form=form)
    sent = form.cleaned_data
    identifier = once.id_of(sent["token"], request.person.id, found.id)
    over = drafting.versions(request.POST)
    asked = holding.Reply(sent["body"], sent["then"], sent["seen"], sent["passing"], identifier, over)
    after = _after(request, found, asked.then)
    seconds = request.person.hold_seconds
    try:
        held = holding.hold(request.workspace, request.person, found.id, asked, seconds)
    except holding.Crossed as crossed:
        # What another tab has written stays; the page asks about it.
        with suppress(drafting.Changed):
            drafting.save(request.workspace, request.person, found.id, "reply", sent["body"], over=over)
        return _show(request, found, status=409, reply_form=form, crossed=crossed)
    except holding.Repeated:
        return _sent(redirect(after), identifier)
    if seconds == 0:
        holding.release(held.id)
    else:
        told = ngettext("Sends in %(count)s second.", "Sends in %(count)s seconds.", seconds) % {"count": seconds}
        undo = _with_list(request, "undo_reply", number, held.id)
        messages.success(request, told, extra_tags=f"undo:{undo}")
    return _sent(redirect(after), identifier)


@require_POST
@page("answer tickets")
def undo_reply(request: PageRequest, number: int, held_id: str) -> HttpResponseBase:
    """Take a held reply back; its text is in the form again."""
    found = _found(request, number, gone=True)
    holding.undo(request.workspace, request.person, held_id)
    messages.info(request, gettext("Not sent. Your text is back."))
    return _to(found, request, "#reply")


@require_POST
@page("answer tickets")
def note(request: PageRequest, number: int) -> HttpResponseBase:
    """Add an internal note, or move its text into the reply's draft, which sends nothing."""
    found = _found(request, number, gone=True)
    if found.gone_as and (written := _written(request)):
        return _kept(request, found, "note", written)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _show(request, found, status=422, note_form=form)
    body = form.cleaned_data["body"]
    identifier = once.id_of(form.cleaned_data["token"], request.person.id, found.id)
    if "move" in request.POST:
        # What stands in the other form may be newer than its draft.
        before, over = request.POST.get("reply"), drafting.versions(request.POST, "reply_over")
        drafting.append(request.workspace, request.person, found.id, "reply", body, before, over)
    else:
        with change(request.workspace.id, request.actor) as opened:
            noting.add_note(opened, found.id, body, identifier)
    drafting.discard(request.workspace, request.person, found.id, "note", drafting.versions(request.POST))
    return _sent(_to(found, request, "#reply" if "move" in request.POST else "#latest"), identifier)


@require_POST
@page("read tickets")
def read(request: PageRequest, number: int) -> HttpResponseBase:
    """Note that the person has seen the ticket; sent after it was on the screen for a second."""
    reading.mark_read(request.workspace, request.person, _found(request, number).id, clock.now())
    return HttpResponse(status=204)


@require_POST
@page("answer tickets")
@returning("subject", at="rename_ticket", blank=True)
def edit(request: PageRequest, number: int) -> HttpResponseBase:
    """Change facts; it happens at once and can be undone."""
    found = _found(request, number)
    form = FactsForm(request.POST, tags=orjson.loads(found.tags))
    if not form.is_valid():
        if request.headers.get("HX-Request"):
            # What was typed stays in its field.
            for wrong in form.errors.values():
                messages.error(request, str(wrong[0]))
            return render(request, "tickets/_told.html", status=422)
        return _show(request, found, status=422, facts_form=form)
    edits = form.edits()
    after = _after(request, found, edits.get("status", ""))
    with change(request.workspace.id, request.actor) as opened:
        editing.edit(opened, found.id, cast(Edits, edits))
        revision = None if opened.is_empty() else opened.revision
    if revision is not None:
        undo = _with_list(request, "undo_edit", number, revision)
        messages.success(request, gettext("Saved."), extra_tags=f"undo:{undo}")
    if request.headers.get("HX-Request"):
        # The page stays, and asks at once what has changed.
        return render(request, "tickets/_told.html")
    return redirect(after)


@require_safe
@page("answer tickets")
def rename(request: PageRequest, number: int) -> HttpResponseBase:
    """Ask for another subject. The address can fill the form in."""
    found = _found(request, number)
    asked = {"ticket": found, "subject": request.GET.get("subject", found.subject), "beside": _beside(request)}
    return render(request, "tickets/rename.html", asked)


@require_POST
@page("answer tickets")
def present(request: PageRequest, number: int) -> HttpResponseBase:
    """Say for some seconds that the person is here, or writing."""
    kind, found = request.POST.get("kind", ""), _found(request, number)
    if kind == "away":
        presence.leave(request.workspace, request.person, found.id)
    elif kind in presence.KINDS:
        presence.note(request.workspace, request.person, found.id, kind)
    else:
        raise NotFound
    return HttpResponse(status=204)


@require_safe
@page("read tickets")
def poll(request: PageRequest, number: int) -> HttpResponseBase:
    """Say what has changed in the conversation and in the list beside it; 204 when nothing has."""
    if number > LARGEST_NUMBER:
        raise NotFound
    workspace_id, person_id = request.workspace.id, request.person.id

    def stands() -> conversation.Standing:
        return conversation.standing(polling.state(workspace_id, person_id), number)

    here = stands()
    now = conversation.tag(here)
    standing.remember(request, now, lambda: stands().sign, here.sign)
    tag = request.headers.get("If-None-Match", "")
    if tag == now:
        return HttpResponse(status=204)
    found = _found(request, number)
    beside = inbox.heading(request, request.GET.get("view", ""), number)
    told = {**inbox_views.news(beside, tag), **conversation.news(request, found)}
    response = render(request, "tickets/_conversation_news.html", told)
    response["ETag"] = now
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
    undo = _with_list(request, "restore_ticket", number)
    messages.success(request, told % {"number": number}, extra_tags=f"undo:{undo}")
    return redirect(_with_list(request, "inbox"))


@require_POST
@page("remove tickets")
def restore(request: PageRequest, number: int) -> HttpResponseBase:
    """Bring a deleted ticket back."""
    found = _found(request, number, gone=True)
    with change(request.workspace.id, request.actor) as opened:
        removing.restore(opened, found.id)
    messages.info(request, gettext("#%(number)s is back.") % {"number": number})
    return _to(found, request)


@require_http_methods(["GET", "HEAD", "POST"])
@page("answer tickets")
def merge(request: PageRequest, number: int) -> HttpResponseBase:
    """Show a ticket beside the one to merge it into, and merge them."""
    found = _found(request, number)
    asked = (request.POST.get("into") or request.GET.get("into") or "").strip().lstrip("#")
    into = _asked(request, found, asked)
    if request.method == "POST" and into is not None:
        with change(request.workspace.id, request.actor) as opened:
            merging.merge(opened, found.id, into.id)
        undo = _with_list(request, "unmerge_ticket", number)
        told = gettext("#%(number)s is merged into #%(into)s.") % {"number": number, "into": into.number}
        messages.success(request, told, extra_tags=f"undo:{undo}")
        return redirect(_address(request, into.number))
    others = request.workspace.tickets.filter(customer=found.customer, gone_as="").exclude(id=found.id)
    context = {
        "ticket": found,
        "into": into,
        "asked": asked,
        "beside": _beside(request),
        "others": others.order_by("-updated_at")[: conversation.OTHERS],
        "entries": timeline.of(request.workspace, found, request.person.id).entries,
        "into_entries": timeline.of(request.workspace, into, request.person.id).entries if into else [],
    }
    wrong = into is None and (asked or request.method == "POST")
    return render(request, "tickets/merge.html", {**context, "wrong": wrong}, status=422 if wrong else 200)


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
        .annotate(is_sample=Exists(request.workspace.sample_marks.filter(ticket_id=OuterRef("id"))))
        .first()
    )
    if found is None or (found.gone_as in lists.GONE and not gone):
        raise NotFound
    return found


def _asked(request: PageRequest, found: Ticket, asked: str) -> Ticket | None:
    if not (asked.isascii() and asked.isdigit() and len(asked) <= _MOST_DIGITS) or int(asked) == found.number:
        return None
    return request.workspace.tickets.filter(number=int(asked), gone_as="").first()


def _to(found: Ticket, request: PageRequest, place: str = "") -> HttpResponse:
    return redirect(_address(request, found.number) + place)


def _address(request: PageRequest, number: int) -> str:
    """Return a ticket's address, with the list beside it that the request names."""
    return _with_list(request, "ticket", number)


def _with_list(request: PageRequest, name: str, *args: object) -> str:
    query = _beside(request).urlencode()
    return reverse(name, args=[request.workspace.slug, *args]) + (f"?{query}" if query else "")


def _beside(request: PageRequest) -> QueryDict:
    """Return what an address says of the list beside its ticket."""
    beside = request.GET.copy()
    for name in ("into", "subject"):
        beside.pop(name, None)
    return beside


def _written(request: PageRequest) -> str:
    """Return the text that a form brings, also one that is too long to be sent; empty for a blank one."""
    body = request.POST.get("body", "").replace("\r\n", "\n")
    return body if body.strip() else ""


def _kept(request: PageRequest, found: Ticket, kind: str, body: str) -> HttpResponse:
    """Keep as a draft what was written while its ticket was taken away, and lead to it."""
    identifier = once.id_of(request.POST.get("token", ""), request.person.id, found.id)
    if found.merged_into is not None:
        return _sent(_carried(request, found, found.merged_into, kind, body), identifier)
    drafting.save(request.workspace, request.person, found.id, kind, body)
    messages.info(request, gettext("The ticket is gone. Nothing was sent; your text is kept here."))
    return _sent(_to(found, request), identifier)


def _carried(request: PageRequest, found: Ticket, into: Ticket, kind: str, body: str) -> HttpResponse:
    """Keep what was written while its ticket was merged as a draft on the other one, and lead there."""
    drafting.append(request.workspace, request.person, into.id, kind, body)
    drafting.discard(request.workspace, request.person, found.id, kind)
    told = gettext("#%(number)s was merged into this ticket. Nothing was sent; your text waits here.")
    messages.info(request, told % {"number": found.number})
    return _to(into, request, f"#{kind}")


def _sent(response: HttpResponse, identifier: str) -> HttpResponse:
    # The browser keeps the text until it knows; it reads this on the next page, wherever that is.
    response.set_cookie(
        f"sent-{identifier}", "1", max_age=_TOLD_SECONDS, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def _after(request: PageRequest, found: Ticket, status: str) -> str:
    """Return where the person goes from a ticket that gets a status: as they like it, once it is done with.

    To be asked before the change: the next ticket is the one below it in the list.
    """
    if status not in ("resolved", "closed") or request.person.after_resolving == "stay":
        return _address(request, found.number)
    beside = inbox.listed(request, None, current=found.number)
    following = None if request.person.after_resolving == "list" else beside.neighbours()[1]
    return beside.address if following is None else _address(request, following)


def _show(request: PageRequest, found: Ticket, *, status: int = 200, **more: Any) -> HttpResponse:
    beside = inbox.list_context(request, current=found.number)
    previous, following = beside["list"].neighbours()
    walked = {"previous": previous, "following": following}
    walked["poll_tag"] = conversation.tag(conversation.standing(beside["list"].state, found.number))
    drawn = conversation.drawn(request, found)
    # What stands here is asked about, also when it is no longer among the latest.
    address = beside["list"].poll
    walked["poll"] = f"{address}{'&' if '?' in address else '?'}from={drawn['first']}"
    if found.gone_as in lists.GONE:
        # Nothing happens here any more; the list beside it goes on.
        walked |= {"poll": beside["list"].poll_alone, "poll_tag": beside["list"].state.tag}
        drawn = {**drawn, "goes_at": found.gone_at and found.gone_at + removing.KEPT_FOR}
    shown = {**drawn, **beside, **walked, **more}
    return render(request, "tickets/ticket.html", shown, status=status)
