"""The settings of a workspace, and for owners: whether mail goes out, and what could not be done."""

from email.message import EmailMessage
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tixallo.kit import due, smtp
from tixallo.kit.errors import Forbidden, NotFound
from tixallo.kit.ids import is_id, new_id
from tixallo.kit.models import Due
from tixallo.workspaces import letters, renaming
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import LONGEST_NAME, Letter, Membership, Role, Workspace
from tixallo.workspaces.naming import check_controls
from tixallo.workspaces.roles import may

_MOST_SHOWN = 100


class NameForm(forms.Form):
    """The workspace's name."""

    name = forms.CharField(
        label=gettext_lazy("Name of the workspace"), max_length=LONGEST_NAME, validators=[check_controls]
    )


@page("change settings")
@require_http_methods(["GET", "HEAD", "POST"])
def general(request: PageRequest) -> HttpResponseBase:
    """Show the settings, and save the name."""
    form = NameForm(request.POST or None, initial={"name": request.workspace.name})
    if request.method == "POST" and form.is_valid():
        with change(request.workspace.id, request.actor) as opened:
            renaming.rename(opened, form.cleaned_data["name"])
        messages.success(request, gettext("Saved."))
        return redirect("settings", request.workspace.slug)
    return render(request, "workspaces/settings.html", _shown(request, form), status=422 if form.errors else 200)


@page("send test mail")
@require_POST
def send_test_mail(request: PageRequest) -> HttpResponseBase:
    """Send a mail to who asks, now, and say in plain words how it went."""
    problem: smtp.Undelivered | None = None
    if settings.TIXALLO.smtp_url:
        try:
            smtp.send(settings.TIXALLO.smtp_url, _test_mail(request), settings.TIXALLO.mail_from, request.person.email)
        except smtp.Undelivered as error:
            problem = error
    shown = {
        **_shown(request, NameForm(initial={"name": request.workspace.name})),
        "tested": True,
        "problem": smtp.explain(problem.reason) if problem else "",
        "detail": problem.detail if problem else "",
    }
    return render(request, "workspaces/settings.html", shown, status=502 if problem else 200)


@page("see failed work")
@require_safe
def failed_work(request: PageRequest) -> HttpResponseBase:
    """List the letters that did not go out, and for who keeps the installation all that the worker gave up."""
    keeps = keeps_installation(request.membership)
    mine = Letter.objects.filter(workspace_id=request.workspace.id, state="failed")
    found = list(mine.order_by("-created_at")[:_MOST_SHOWN])
    if keeps:
        found += Letter.objects.filter(workspace_id=None, state="failed").order_by("-created_at")[:_MOST_SHOWN]
    dead = Due.objects.exclude(dead_at=None).order_by("-dead_at")[:_MOST_SHOWN] if keeps else []
    shown = {
        "letters": [_told(letter) for letter in found],
        "dead": [{"row": row, "error": (row.last_error.strip().splitlines() or [""])[-1]} for row in dead],
        "keeps": keeps,
    }
    return render(request, "workspaces/failed.html", shown)


@page("see failed work")
@require_POST
def retry_letter(request: PageRequest, letter_id: str) -> HttpResponseBase:
    """Try to send a letter again."""
    of = [request.workspace.id, None] if keeps_installation(request.membership) else [request.workspace.id]
    for workspace_id in of:
        letter = Letter.objects.filter(workspace_id=workspace_id, id=_id(letter_id), state="failed").first()
        if letter is not None:
            letters.retry(letter)
            messages.success(request, gettext("It will be tried again."))
            return redirect("failed_work", request.workspace.slug)
    raise NotFound


@page("see failed work")
@require_POST
def retry_due(request: PageRequest, due_id: str) -> HttpResponseBase:
    """Have the worker try again what it gave up."""
    if not keeps_installation(request.membership):
        raise Forbidden
    if not due.retry(_id(due_id)):
        raise NotFound
    messages.success(request, gettext("It will be tried again."))
    return redirect("failed_work", request.workspace.slug)


def keeps_installation(membership: Membership) -> bool:
    """Tell whether a member looks after the installation: an owner of its first workspace."""
    if membership.role != Role.OWNER:
        return False
    first = Workspace.objects.order_by("created_at", "id").values_list("id", flat=True).first()
    return first == membership.workspace_id


def _shown(request: PageRequest, form: NameForm) -> dict[str, Any]:
    # Host and port only: the rest of the setting is a secret.
    server = settings.TIXALLO.smtp_url.rpartition("@")[2].rpartition("//")[2].rstrip("/")
    return {
        "form": form,
        "server": server,
        "sender": settings.TIXALLO.mail_from,
        "may_test": may(request.membership.role, "send test mail"),
        "may_see_failed": may(request.membership.role, "see failed work"),
    }


def _test_mail(request: PageRequest) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.TIXALLO.mail_from
    message["To"] = request.person.email
    message["Subject"] = gettext("Test mail from Tixallo")
    message["Message-ID"] = letters.own_message_id(new_id())
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(gettext("If you read this, mail goes out.") + "\n")
    return message


def _told(letter: Letter) -> dict[str, object]:
    reason, _, detail = letter.last_error.partition("\n")
    return {"letter": letter, "why": smtp.explain(reason), "detail": detail}


def _id(text: str) -> str:
    if not is_id(text):
        raise NotFound
    return text
