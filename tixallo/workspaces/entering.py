"""The pages of coming in: the first page, the welcome, invitations, and making a workspace."""

from typing import cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from tixallo.kit import transactions
from tixallo.kit.errors import Forbidden, Invalid, NotFound
from tixallo.kit.ids import new_id
from tixallo.kit.origins import client_address
from tixallo.workspaces import inviting, welcoming
from tixallo.workspaces.accounts import keep_address, sign_in
from tixallo.workspaces.changes import Actor
from tixallo.workspaces.forms import ROLE_NAMES, AccountForm, JoiningForm, WorkspaceForm
from tixallo.workspaces.models import Membership, Person, Role, WelcomeLink, Workspace
from tixallo.workspaces.opening import open_workspace


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the one workspace, show several, or say how to come in."""
    if not request.user.is_authenticated:
        if Workspace.objects.exists():
            return redirect("account_login")
        return render(request, "workspaces/not_yet.html")
    # unscoped: the person's own memberships are what finds their workspaces
    found = list(Membership.objects.filter(person=_person(request)).select_related("workspace"))
    if len(found) == 1:
        return redirect(home_of(found[0].workspace))
    names = sorted((each.workspace.name, home_of(each.workspace)) for each in found)
    may_open = settings.TIXALLO.signup == "open"
    return render(request, "workspaces/workspaces.html", {"places": names, "may_open": may_open})


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponseBase:
    """Take the first step of the welcome: oneself."""
    link = _welcome_link(token)
    if link is None:
        return render(request, "workspaces/link_gone.html", {"kind": "welcome"}, status=404)
    if request.user.is_authenticated:
        return _bound(request, token, link)
    if link.person_id:
        # Whoever took this step has an account now; the link must not be a way to take it over.
        return redirect_to_login(request.path)
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = _new_person(form.cleaned_data["email"], form)
        _save(person)
        welcoming.bind(link, person)
        sign_in(request, person)
        return redirect("welcome_workspace", token)
    return _form(request, "workspaces/welcome.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def welcome_workspace(request: HttpRequest, token: str) -> HttpResponseBase:
    """Take the second step of the welcome: the workspace."""
    link = _welcome_link(token)
    if link is None:
        return render(request, "workspaces/link_gone.html", {"kind": "welcome"}, status=404)
    if not request.user.is_authenticated or link.person_id != _person(request).id:
        return redirect("welcome", token)
    form = WorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = welcoming.open_by_link(
                token,
                _person(request),
                client_address(request.META),
                name=form.cleaned_data["name"],
                slug=form.cleaned_data["slug"] or None,
            )
        except Invalid as error:
            show_errors(form, error)
        else:
            _keep_browser_settings(request, form.cleaned_data["time_zone"])
            return redirect(home_of(made))
    return _form(request, "workspaces/new.html", form, {"step": 2})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_workspace(request: HttpRequest) -> HttpResponseBase:
    """Make a workspace where everybody may."""
    if settings.TIXALLO.signup != "open":
        raise Forbidden
    form = WorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = _person(request)
        actor = Actor("person", person.id, person.name, client_address(request.META))
        try:
            name, slug = form.cleaned_data["name"], form.cleaned_data["slug"] or None
            made = open_workspace(actor, name=name, owner=person, slug=slug)
        except Invalid as error:
            show_errors(form, error)
        else:
            _keep_browser_settings(request, form.cleaned_data["time_zone"])
            return redirect(home_of(made))
    return _form(request, "workspaces/new.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Accept an invitation, by the account that is signed in, or by a new one."""
    try:
        found = inviting.find(token)
    except NotFound:
        return render(request, "workspaces/link_gone.html", {"kind": "invitation"}, status=404)
    signed_in = request.user.is_authenticated
    known = not signed_in and Person.objects.filter(email_key=found.email_key).exists()
    form = JoiningForm(request.POST or None) if not signed_in and not known else None
    if request.method == "POST" and (signed_in or (form is not None and form.is_valid())):
        new = None if form is None else _new_person(found.email, form)
        # An account without the membership would be one that nobody invited.
        with transactions.change():
            if new is not None:
                _save(new)
            joined = inviting.accept(token, new or _person(request), client_address(request.META))
        if new is not None:
            sign_in(request, new)
            _keep_browser_settings(request)
        return redirect(home_of(joined))
    shown = {"invitation": found, "role": ROLE_NAMES[Role(found.role)], "known": known}
    return _form(request, "workspaces/invitation.html", form, shown)


def home_of(workspace: Workspace) -> str:
    """Return the address of a workspace's first page."""
    try:
        return reverse("inbox", args=[workspace.slug])
    except NoReverseMatch:
        return reverse("people", args=[workspace.slug])


def show_errors(form: forms.Form, error: Invalid) -> None:
    """Show what a verb refused at the fields of the form that have its names, the rest above them."""
    for name, sentences in error.field_errors.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)
    for sentence in error.form_errors:
        form.add_error(None, sentence)


def _welcome_link(token: str) -> WelcomeLink | None:
    try:
        return welcoming.find(token)
    except NotFound:
        return None


def _bound(request: HttpRequest, token: str, link: WelcomeLink) -> HttpResponseBase:
    # Somebody who is signed in needs no second account; they say so with a button, as a GET changes nothing.
    person = _person(request)
    if link.person_id != person.id:
        if request.method != "POST":
            return render(request, "workspaces/welcome_as.html", {"person": person})
        welcoming.bind(link, person)
    return redirect("welcome_workspace", token)


def _new_person(email: str, form: AccountForm) -> Person:
    person = Person(id=new_id(), email=email, email_key=email.lower(), name=form.cleaned_data["name"])
    # It takes its time, so it is not done while others wait for their turn to write.
    person.set_password(form.cleaned_data["password"])
    return person


def _save(person: Person) -> None:
    with transactions.change():
        person.save(force_insert=True)
        keep_address(person, verified=False)


def _keep_browser_settings(request: HttpRequest, told: str = "") -> None:
    # Mails are written where no browser says what it prefers. The cookie is set by a script of ours.
    person, zone = _person(request), told or request.COOKIES.get(settings.ZONE_COOKIE_NAME, "")
    person.language = person.language or get_language() or ""
    if not person.time_zone and zone in available_timezones():
        person.time_zone = zone
    with transactions.change():
        person.save(update_fields=["language", "time_zone"])


def _form(
    request: HttpRequest, template: str, form: forms.Form | None, shown: dict[str, object] | None = None
) -> HttpResponse:
    status = 422 if form is not None and form.errors else 200
    return render(request, template, {"form": form, **(shown or {})}, status=status)


def _person(request: HttpRequest) -> Person:
    return cast(Person, request.user)
