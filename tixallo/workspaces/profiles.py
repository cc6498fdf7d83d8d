"""One's own profile: name, address, language and habits, at `/profile` and within each workspace."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import available_timezones

from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.hashers import check_password
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tixallo.kit import transactions
from tixallo.kit.fields import LONGEST_EMAIL
from tixallo.kit.origins import client_address
from tixallo.workspaces import letters
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.accounts import keep_address
from tixallo.workspaces.changes import Actor, Change, Subject, change
from tixallo.workspaces.models import LONGEST_HOLD_SECONDS, LONGEST_NAME, Membership, Person

# What the form says for an empty field: not a choice that was forgotten, but one.
_AUTO = "auto"

# Django's forms take type parameters in their stubs alone.
if TYPE_CHECKING:
    _PersonForm = forms.ModelForm[Person]
else:
    _PersonForm = forms.ModelForm


def zones() -> list[tuple[str, str]]:
    """Return the choices of time zones."""
    return [(_AUTO, gettext("As the browser says")), *((name, name.replace("_", " ")) for name in _zone_names())]


def languages() -> list[tuple[str, str]]:
    """Return the choices of languages."""
    return [(_AUTO, gettext("As the browser says")), *settings.LANGUAGES]


def _own(choice: str) -> str:
    return "" if choice == _AUTO else choice


class ProfileForm(_PersonForm):
    """What a person says of themselves. Another address wants the password, as new links will go there."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=LONGEST_EMAIL)
    password = forms.CharField(
        label=gettext_lazy("Current password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("Only needed to change the address."),
    )
    language = forms.TypedChoiceField(label=gettext_lazy("Language"), choices=languages, coerce=_own)
    time_zone = forms.TypedChoiceField(label=gettext_lazy("Time zone"), choices=zones, coerce=_own)
    theme = forms.TypedChoiceField(
        label=gettext_lazy("Appearance"),
        choices=[
            (_AUTO, gettext_lazy("As the system says")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ],
        coerce=_own,
    )
    after_resolving = forms.ChoiceField(
        label=gettext_lazy("After resolving a ticket"),
        choices=[
            ("next", gettext_lazy("Show the next one in the list")),
            ("stay", gettext_lazy("Stay with it")),
            ("list", gettext_lazy("Go back to the list")),
        ],
    )
    hold_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds until a reply is sent"),
        help_text=gettext_lazy("Until then it can be taken back. 0 sends at once, 60 is the most."),
        validators=[MinValueValidator(0), MaxValueValidator(LONGEST_HOLD_SECONDS)],
    )
    shortcuts = forms.BooleanField(
        label=gettext_lazy("Shortcuts of a single key"),
        required=False,
        help_text=gettext_lazy("Switch them off if you dictate, or press keys by accident."),
    )
    mail_on_assignment = forms.BooleanField(
        label=gettext_lazy("Mail me when a ticket is assigned to me"), required=False
    )
    mail_on_answer = forms.BooleanField(label=gettext_lazy("Mail me when a customer answers my ticket"), required=False)

    class Meta:
        model = Person
        fields = (
            *("name", "email", "password", "language", "time_zone", "theme"),
            *("after_resolving", "hold_seconds", "shortcuts", "mail_on_assignment", "mail_on_answer"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The model's own field is a hash; it is neither shown nor taken from here.
        self._stored_password = self.instance.password
        self._stored_name = self.instance.name
        self.initial["password"] = ""
        for name in ("language", "time_zone", "theme"):
            self.initial[name] = self.initial[name] or _AUTO

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        key = cleaned.get("email", "").lower()
        if key and key != self.instance.email_key:
            if not check_password(cleaned.get("password") or "", self._stored_password):
                self.add_error("password", gettext("Enter your password to change the address."))
            elif Person.objects.filter(email_key=key).exists():
                self.add_error("email", gettext("Another account has this address."))
        cleaned["password"] = self._stored_password
        return cleaned

    def save(self, commit: bool = True, *, origin: str = "") -> Person:
        """Save it. Another name is a change of each of the person's workspaces, which show it; `origin` is the network
        address that it came from.
        """
        person = self.instance
        before = person.email_key
        moved = person.email.lower() != before
        person.email_key = person.email.lower()
        with transactions.change(), ExitStack() as workspaces:
            if person.name != self._stored_name:
                for opened in _changes(workspaces, person, Actor("person", person.id, self._stored_name, origin)):
                    subject = Subject("person", person.id, person.email)
                    opened.record("member.renamed", subject, {"name": person.name, "before": self._stored_name})
            person.save(update_fields=[*(set(self.Meta.fields) - {"password"}), "email_key"])
            if moved:
                keep_address(person, verified=False)
                # Whoever took over a session shall not take the account along unnoticed.
                letters.enqueue(
                    recipient=before,
                    subject=gettext("Your address for Tixallo has changed"),
                    text=render_to_string("workspaces/letters/moved.txt", {"person": person}),
                )
        return person


def _changes(stack: ExitStack, person: Person, actor: Actor) -> list[Change]:
    # unscoped: a person's own memberships
    ids = Membership.objects.filter(person=person).order_by("workspace_id").values_list("workspace_id", flat=True)
    return [stack.enter_context(change(workspace_id, actor)) for workspace_id in ids]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponseBase:
    """Show and save one's profile, outside any workspace."""
    return _profile(request, "web/plain.html")


@page("edit own profile")
@require_http_methods(["GET", "HEAD", "POST"])
def profile_here(request: PageRequest) -> HttpResponseBase:
    """Show and save one's profile within a workspace."""
    return _profile(request, "web/app.html")


@login_required
@require_POST
def confirm_address(request: HttpRequest) -> HttpResponseBase:
    """Send the letter that confirms the person's address once more."""
    _send_confirmation(request)
    return redirect("profile")


@page("edit own profile")
@require_POST
def confirm_address_here(request: PageRequest) -> HttpResponseBase:
    """Do the same from the profile within a workspace."""
    _send_confirmation(request)
    return redirect("profile", request.workspace.slug)


def _send_confirmation(request: HttpRequest) -> None:
    person = cast(Person, request.user)
    keep_address(person, verified=False)
    # unscoped: an address belongs to a person, not to a workspace
    address = EmailAddress.objects.get(user=person, email=person.email_key)
    if address.verified:
        messages.info(request, gettext("Your address is confirmed already."))
    elif not send_verification_email_to_address(request, address):
        told = gettext("A letter has gone out in the last minutes. Look into your mailbox, or try again later.")
        messages.warning(request, told)


def _is_confirmed(person: Person) -> bool:
    # unscoped: an address belongs to a person, not to a workspace
    return bool(EmailAddress.objects.filter(user=person, email=person.email_key, verified=True).exists())


def _profile(request: HttpRequest, base: str) -> HttpResponseBase:
    # Its own copy: a form that is refused must not change the person that the page greets.
    person = Person.objects.get(id=cast(Person, request.user).id)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save(origin=client_address(request.META))
        messages.success(request, gettext("Saved."))
        return redirect(request.path)
    status = 422 if form.errors else 200
    shown = {"form": form, "base": base, "confirmed": _is_confirmed(person), "mails": bool(settings.TIXALLO.smtp_url)}
    return render(request, "workspaces/profile.html", shown, status=status)


def _zone_names() -> list[str]:
    # The rest are old names and offsets whose signs are the wrong way round.
    return [*sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")), "UTC"]
