"""What a person looks for in the log."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from tixallo.events import words
from tixallo.events.reading import Filter
from tixallo.kit.ids import is_id
from tixallo.workspaces.models import Workspace

# Beyond these a day has no moment in every zone.
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9999, 1, 1)


class FilterForm(forms.Form):
    """Who, action, object and dates; all of them can be left out."""

    who = forms.CharField(label=gettext_lazy("Who"), required=False, widget=forms.Select)
    action = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    object = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        """Offer the members and kinds of actors, and all types of events."""
        super().__init__(*args, **kwargs)
        members = workspace.memberships.order_by("person__name").values_list("person_id", "person__name")
        given = str(self.data.get("who", ""))
        choices = [("", gettext("Everybody")), *words.ACTORS.items(), *members]
        if is_id(given) and given not in dict(choices):
            choices.append((given, given))
        who: Any = self.fields["who"]
        who.widget.choices = choices
        action: Any = self.fields["action"]
        action.choices = [("", gettext("Everything")), *((kind, words.name_of(kind)) for kind in words.SENTENCES)]

    def clean_who(self) -> str:
        """Refuse what is neither a kind of actor nor an id."""
        who = str(self.cleaned_data["who"])
        if who and who not in words.ACTORS and not is_id(who):
            raise forms.ValidationError(gettext("Unknown person or key."))
        return who

    def clean_object(self) -> str:
        """Refuse what is no id."""
        found = str(self.cleaned_data["object"])
        if found and not is_id(found):
            raise forms.ValidationError(gettext("Unknown object."))
        return found

    def wanted(self) -> Filter:
        """Return what a valid form looks for; both days are meant as whole ones, in the zone of the request."""
        asked = self.cleaned_data
        until = asked["until"] and min(asked["until"], _LAST_DAY - timedelta(days=1)) + timedelta(days=1)
        return Filter(asked["who"], asked["action"], asked["object"], _midnight(asked["since"]), _midnight(until))


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(min(max(day, _FIRST_DAY), _LAST_DAY), time())) if day else None
