"""What allauth asks of us: who may sign up, where a request comes from, which forms are shown, how its mails leave."""

import time
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from tixallo.kit import due, transactions
from tixallo.kit.ids import is_id
from tixallo.kit.origins import client_address
from tixallo.workspaces import letters
from tixallo.workspaces.models import LONGEST_NAME, Person, ResetRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Our answers to allauth's questions."""

    # In German allauth is on first-name terms with people; these are what our pages can meet of it.
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "enter_current_password": gettext_lazy("This is not your current password."),
        "too_many_login_attempts": gettext_lazy("Too many failed attempts to sign in. Try again in some minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.TIXALLO.signup == "open")

    def get_reauthentication_methods(self, user: Person | AnonymousUser) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if user.is_authenticated and not found:
            # Without any proof of who one is, allauth would lead back and forth between the page and the sign-in.
            found.append({"id": "set_password", "description": "", "url": reverse("account_set_password")})
        return found

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request.META)

    def save_user(self, request: HttpRequest, user: Person, form: forms.Form, commit: bool = True) -> Person:
        user.email, user.name = form.cleaned_data["email"], form.cleaned_data["name"]
        super().save_user(request, user, form, commit=commit)
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        # Links that allauth makes of the request would lead wherever its Host header says.
        context = {**context, "origin": settings.TIXALLO.origin}
        if "key" in context:
            context["activate_url"] = f"{settings.TIXALLO.origin}/account/confirm-email/{context['key']}/"
        letter = self.render_mail(template_prefix, email, {"email": email, **context})
        letters.enqueue(recipient=email, subject=str(letter.subject), text=str(letter.body))


class _Plain:
    """Labels say what a field is for; allauth repeats them as placeholders."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class LoginForm(_Plain, allauth_forms.LoginForm):  # type: ignore[misc]
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autofocus"] = True

    @property
    def may_sign_up(self) -> bool:
        """Whether the page offers to make an account."""
        return bool(settings.TIXALLO.signup == "open")


class ReauthenticateForm(_Plain, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""


class SignupForm(_Plain, allauth_forms.SignupForm):  # type: ignore[misc]
    """Name, address, password."""

    field_order = ("name", "email", "password1")
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class ResetPasswordForm(_Plain, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Take an address. Whether anybody has it is not looked up here, so that answer and time do not tell."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = str(self.cleaned_data["email"])
        with transactions.change():
            asked = ResetRequest.objects.create(email_key=email.lower())
            due.enqueue("people.reset_password", asked.id)
        return email


class NewPasswordForm(_Plain, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, given once: browsers and password stores show what was typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["password1"].label = gettext("New password")


class ResetLinkForm(allauth_forms.UserTokenForm):  # type: ignore[misc]
    """What stands in the link to a new password; an id that is none belongs to nobody."""

    def _get_user(self, uidb36: str | None) -> Person | None:
        return Person.objects.filter(id=uidb36).first() if uidb36 and is_id(uidb36) else None


class SetPasswordForm(_Plain, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    """A first password, given once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class ChangePasswordForm(_Plain, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """The old password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["oldpassword"].label = gettext("Current password")
        self.fields["password1"].label = gettext("New password")


def keep_address(person: Person, *, verified: bool) -> None:
    """Bring allauth's row of a person's address in line with the person. Joins the open transaction."""
    # unscoped: an address belongs to a person, not to a workspace
    EmailAddress.objects.filter(user=person).exclude(email=person.email_key).delete()
    # unscoped: an address belongs to a person, not to a workspace
    row, _ = EmailAddress.objects.get_or_create(user=person, email=person.email_key, defaults={"primary": True})
    if verified and not row.verified:
        row.set_verified()


def sign_in(request: HttpRequest, person: Person) -> None:
    """Sign in somebody who has just proved who they are by giving a new account its password."""
    login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
    record_authentication(request, person, method="password", email=person.email_key)
    request.session.set_expiry(settings.SESSION_COOKIE_AGE)


def has_proved_lately(request: HttpRequest) -> bool:
    """Tell whether who is signed in proved who they are within the last ten minutes, at sign-in or since."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
