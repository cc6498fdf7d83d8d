"""What a person says of a key: when it is made, named or revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy, pgettext_lazy

from tixallo.keys.models import DEFAULT_LIMIT, ENVIRONMENTS, EXPOSED, LARGEST_LIMIT, REPLACED, ApiKey
from tixallo.keys.scopes import SCOPES
from tixallo.kit.ids import is_id, new_id
from tixallo.workspaces.models import LONGEST_NAME
from tixallo.workspaces.naming import check_controls

EXPIRIES: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("Never")),
    ("90", gettext_lazy("In 90 days")),
    ("365", gettext_lazy("In a year")),
]
WHY_REVOKED: list[tuple[str, str | Promise]] = [
    (EXPOSED, pgettext_lazy("reason", "Exposed: somebody else may have it")),
    (REPLACED, pgettext_lazy("reason", "Replaced by another key")),
    ("unused", pgettext_lazy("reason", "Not used any more")),
    ("other", pgettext_lazy("reason", "Other")),
]


class KeyForm(forms.Form):
    """A new key. `form_value` makes the form good for one; the last two fields are folded away."""

    form_value = forms.CharField(max_length=36, initial=new_id, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        validators=[check_controls],
        help_text=gettext_lazy("What will use it."),
        widget=forms.TextInput(attrs={"placeholder": "Billing sync", "autocomplete": "off", "autofocus": True}),
    )
    environment = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        choices=[(name, name) for name in ENVIRONMENTS],
        help_text=gettext_lazy("The key begins with it, so that whoever finds one knows what it opens."),
        widget=forms.RadioSelect,
    )
    expires = forms.ChoiceField(label=gettext_lazy("Expires"), choices=EXPIRIES, required=False)
    limit = forms.IntegerField(
        label=gettext_lazy("Requests in 60 seconds"),
        min_value=1,
        max_value=LARGEST_LIMIT,
        initial=DEFAULT_LIMIT,
        help_text=gettext_lazy("What goes beyond is refused with 429."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        choices=[(name, name) for name in SCOPES],
        required=False,
        help_text=gettext_lazy("Nothing ticked: everything, now and later."),
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_form_value(self) -> str:
        """Refuse what is no id of ours."""
        value = str(self.cleaned_data["form_value"])
        if not is_id(value):
            raise forms.ValidationError(gettext_lazy("This form is not complete. Load the page again."))
        return value

    def options(self) -> dict[str, Any]:
        """Return what `make_key` takes, of a valid form."""
        sent = self.cleaned_data
        return {
            "name": sent["name"],
            "environment": sent["environment"],
            "expires_in": timedelta(days=int(sent["expires"])) if sent["expires"] else None,
            "limit": sent["limit"],
            "allowed": sent["scopes"] or None,
            "form_value": sent["form_value"],
        }

    def usual(self) -> list[forms.BoundField]:
        """Return the fields that everybody fills in."""
        return [self["name"], self["environment"], self["expires"]]

    def limits(self) -> list[forms.BoundField]:
        """Return the fields that narrow down what the key can do."""
        return [self["limit"], self["scopes"]]

    def is_limited(self) -> bool:
        """Tell whether the folded fields hold something to see: an error, or another value than the usual one."""
        found = any(field.errors for field in self.limits())
        return found or str(self["limit"].value()) != str(DEFAULT_LIMIT) or bool(self["scopes"].value())


def from_address(query: QueryDict) -> dict[str, Any]:
    """Return what an address says of a new key: text and number as they are, of the choices only those there are."""
    chosen = {"environment": ENVIRONMENTS, "expires": [days for days, _ in EXPIRIES]}
    return {
        **{name: query[name] for name in ("name", "limit") if name in query},
        **{name: query[name] for name, known in chosen.items() if query.get(name) in known},
        "scopes": [scope for scope in query.getlist("scopes") if scope in SCOPES],
    }


def to_address(key: ApiKey) -> str:
    """Return the query of the address at which the form is filled in with what a key is."""
    life = "" if key.expires_at is None else str((key.expires_at - key.created_at).days)
    said = [("name", key.name), ("environment", key.environment), ("limit", str(key.rate_limit))]
    said += [("expires", life)] if life in dict(EXPIRIES) else []
    return urlencode([*said, *(("scopes", scope) for scope in key.scopes or ())])


class NameForm(forms.Form):
    """Another name."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME, validators=[check_controls])


class RevokeForm(forms.Form):
    """Why a key ends."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=WHY_REVOKED, initial="unused")
