"""The pages of saved replies."""

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tixallo.kit.errors import Conflict, NotFound
from tixallo.kit.ids import is_id
from tixallo.tickets import saving
from tixallo.tickets.models import SavedReply
from tixallo.tickets.ticket_forms import Text
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import LONGEST_NAME


class SavedReplyForm(forms.Form):
    """Name and text."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    body = Text(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("Where it says {customer}, the customer's name is put."),
    )


@require_safe
@page("use saved replies")
def saved_replies(request: PageRequest) -> HttpResponseBase:
    """List the saved replies."""
    return render(request, "tickets/saved_replies.html", {"rows": request.workspace.saved_replies.order_by("name")})


@require_http_methods(["GET", "HEAD", "POST"])
@page("edit saved replies")
def new_saved_reply(request: PageRequest) -> HttpResponseBase:
    """Write a saved reply."""
    form = SavedReplyForm(request.POST or None)
    if form.is_valid():
        try:
            with change(request.workspace.id, request.actor) as opened:
                saving.create_saved_reply(opened, **form.cleaned_data)
        except Conflict:
            form.add_error("name", gettext("A saved reply has this name."))
        else:
            messages.success(request, gettext("Saved."))
            return redirect("saved_replies", request.workspace.slug)
    return render(request, "tickets/saved_reply.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page("edit saved replies")
def edit_saved_reply(request: PageRequest, reply_id: str) -> HttpResponseBase:
    """Change a saved reply."""
    found = _found(request, reply_id)
    form = SavedReplyForm(request.POST or None, initial={"name": found.name, "body": found.body})
    if form.is_valid():
        try:
            with change(request.workspace.id, request.actor) as opened:
                saving.edit_saved_reply(opened, found.id, **form.cleaned_data)
        except Conflict:
            form.add_error("name", gettext("A saved reply has this name."))
        else:
            messages.success(request, gettext("Saved."))
            return redirect("saved_replies", request.workspace.slug)
    context = {"form": form, "reply": found}
    return render(request, "tickets/saved_reply.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page("edit saved replies")
def delete_saved_reply(request: PageRequest, reply_id: str) -> HttpResponseBase:
    """Ask whether a saved reply is to be deleted, and delete it."""
    found = _found(request, reply_id)
    if request.method != "POST":
        return render(request, "tickets/saved_reply_delete.html", {"reply": found})
    with change(request.workspace.id, request.actor) as opened:
        saving.delete_saved_reply(opened, found.id)
    messages.info(request, gettext("“%(name)s” is deleted.") % {"name": found.name})
    return redirect("saved_replies", request.workspace.slug)


def _found(request: PageRequest, reply_id: str) -> SavedReply:
    found = request.workspace.saved_replies.filter(id=reply_id).first() if is_id(reply_id) else None
    if found is None:
        raise NotFound
    return found
