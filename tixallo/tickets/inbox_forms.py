"""What a person asks of the inbox: filters in the address, what to do with the chosen tickets, and a new ticket."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tixallo.kit import clock, kept, sql
from tixallo.kit.fields import LONGEST_EMAIL
from tixallo.kit.ids import is_id
from tixallo.tickets import searching
from tixallo.tickets.lists import View
from tixallo.tickets.models import LONGEST_SUBJECT, LONGEST_TAG, PRIORITIES
from tixallo.tickets.ticket_forms import Text
from tixallo.workspaces.models import LONGEST_NAME

STATUS_NAMES = {
    "new": pgettext_lazy("status", "New"),
    "open": pgettext_lazy("status", "Open"),
    "pending": pgettext_lazy("status", "Pending"),
    "resolved": pgettext_lazy("status", "Resolved"),
    "closed": pgettext_lazy("status", "Closed"),
}
PRIORITY_NAMES = {
    "urgent": pgettext_lazy("priority", "Urgent"),
    "high": pgettext_lazy("priority", "High"),
    "medium": pgettext_lazy("priority", "Medium"),
    "low": pgettext_lazy("priority", "Low"),
}
_UPDATED = {"1": _("In the last day"), "7": _("In the last 7 days"), "30": _("In the last 30 days")}

Member = tuple[str, str]


class Filters(forms.Form):
    """The filters of a list, as they stand in the address. What makes no sense there is left out, and can be named."""

    q = forms.CharField(
        required=False,
        label=_("Search"),
        widget=forms.TextInput({"type": "search", "class": "input", "autocomplete": "off", "data-key": "/"}),
    )
    status = forms.ChoiceField(required=False, label=_("Status"))
    priority = forms.ChoiceField(required=False, label=_("Priority"))
    assignee = forms.ChoiceField(required=False, label=_("Assignee"))
    tag = forms.CharField(required=False, max_length=LONGEST_TAG, label=_("Tag"))
    updated = forms.ChoiceField(required=False, label=_("Changed"))
    customer = forms.CharField(required=False, label=_("Customer"), widget=forms.HiddenInput)
    company = forms.CharField(required=False, label=_("Company"), widget=forms.HiddenInput)

    def __init__(self, data: Any, members: Iterable[Member]) -> None:
        super().__init__(data, auto_id="filter-%s")
        anyone = ("", _("Any"))
        self._choose("status", [anyone, *STATUS_NAMES.items()])
        self._choose("priority", [anyone, *PRIORITY_NAMES.items()])
        self._choose("updated", [("", _("At any time")), *_UPDATED.items()])
        self._choose("assignee", [anyone, ("me", _("Me")), ("nobody", _("Nobody")), *members])

    def given(self) -> dict[str, str]:
        """Return the filters that are set and make sense, as the address has them."""
        self.is_valid()
        found = {name: value for name in self.fields if (value := self.cleaned_data.get(name))}
        return {name: value for name, value in found.items() if name not in {"customer", "company"} or is_id(value)}

    def left_out(self, used: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return what was asked for and is not `used`: the filters' labels, and their values."""
        asked = {name: str(self.data.get(name, "")).strip() for name in self.fields}
        return [(str(self.fields[name].label), value) for name, value in asked.items() if value and name not in used]

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


@kept.by_language(100)
def drawn(given: tuple[tuple[str, str], ...], members: tuple[Member, ...], *, asks_whose: bool) -> SafeString:
    """Draw the fields of the filters, filled in; without `asks_whose` that for the assignee stays away."""
    form = Filters(dict(given), members)
    return render_to_string("tickets/_filter_fields.html", {"form": form, "asks_whose": asks_whose})


def asked(workspace_id: str, person_id: str, view: View, given: dict[str, str]) -> dict[str, object] | None:
    """Return filters as lists take them; None where nothing can fit them, as with a search without a word.

    A search that is too long or has too many words is not begun.
    """
    found: dict[str, object] = {}
    for name, value in given.items():
        if name == "q":
            words = searching.asked(workspace_id, value) if len(value) <= searching.LONGEST_SEARCH else None
            if words is None:
                return None
            found["q"] = words
        elif name == "assignee":
            found |= {"nobody": ""} if value == "nobody" else {"assignee": person_id if value == "me" else value}
        elif name == "updated":
            found["updated"] = sql.moment(clock.now() - timedelta(days=int(value)))
        else:
            found[name] = value
    return found


class NewTicketForm(forms.Form):
    """A ticket on a customer's behalf."""

    email = forms.EmailField(
        label=_("Customer's e-mail"),
        max_length=LONGEST_EMAIL,
        help_text=_("A customer with this address is found, or a new one is made."),
        widget=forms.EmailInput({"autocomplete": "off", "autofocus": True}),
    )
    name = forms.CharField(
        label=_("Customer's name"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("For a new customer."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    subject = forms.CharField(
        label=_("Subject"), max_length=LONGEST_SUBJECT, widget=forms.TextInput({"autocomplete": "off"})
    )
    text = Text(label=_("What the customer wants"), rows=6)
    priority = forms.ChoiceField(
        label=_("Priority"),
        choices=[(name, PRIORITY_NAMES[name]) for name in reversed(PRIORITIES)],
        initial="medium",
    )
