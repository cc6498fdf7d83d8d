"""The forms of coming in and of inviting."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext, gettext_lazy

from tixallo.kit.fields import LONGEST_EMAIL
from tixallo.workspaces.models import LONGEST_NAME, Person, Role
from tixallo.workspaces.naming import check_controls
from tixallo.workspaces.roles import may_manage

ROLE_NAMES = {
    Role.OWNER: gettext_lazy("Owner"),
    Role.ADMIN: gettext_lazy("Admin"),
    Role.AGENT: gettext_lazy("Agent"),
}


class AccountForm(forms.Form):
    """Name, address and password of a new account."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=LONGEST_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 10 characters."),
    )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if Person.objects.filter(email_key=email.lower()).exists():
            raise forms.ValidationError(
                gettext("An account with this address exists. Sign in, then open the link again.")
            )
        return email

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password


class JoiningForm(AccountForm):
    """Name and password; the address is the invited one."""

    field_order = ("name", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["email"]


class WorkspaceForm(forms.Form):
    """Name and address of a workspace."""

    name = forms.CharField(
        label=gettext_lazy("Name of the workspace"),
        max_length=LONGEST_NAME,
        validators=[check_controls],
        help_text=gettext_lazy("Most take the name of their company."),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "autofocus": True}),
    )
    slug = forms.RegexField(
        r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$",
        label=gettext_lazy("Its address"),
        required=False,
        max_length=63,
        help_text=gettext_lazy("The part of the address after /w/. Empty to make it from the name."),
        error_messages={"invalid": gettext_lazy("Must be 1 to 63 lower-case letters, digits and inner hyphens")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "data-slug-of": "name"}),
    )
    time_zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput(attrs={"data-time-zone": ""}))


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=LONGEST_EMAIL)
    role = forms.ChoiceField(label=gettext_lazy("Role"), initial=Role.AGENT)

    def __init__(self, *args: Any, own_role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = role_choices(own_role)


def role_choices(own_role: str) -> list[tuple[str, Any]]:
    """Return the roles that somebody may give, with their names."""
    return [(role.value, name) for role, name in reversed(ROLE_NAMES.items()) if may_manage(own_role, role)]
