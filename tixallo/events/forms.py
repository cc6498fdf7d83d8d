"""What a person looks for in the log."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from tixallo.events import words
from tixallo.events.reading import name_of_actor
from tixallo.events.walking import KINDS, Filter
from tixallo.kit.ids import is_id
from tixallo.workspaces.models import Workspace

# Beyond these a day has no moment in every zone.
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9999, 1, 1)


class FilterForm(forms.Form):
    """Who, action, object and dates; all of them can be left out."""

    # Above the list of errors.
    heading = gettext_lazy("Nothing was looked for")

    who = forms.CharField(label=gettext_lazy("Who"), required=False, widget=forms.Select)
    action = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    object = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        """Offer the kinds of actors, the members, who was asked for, and all types of events in groups."""
        super().__init__(*args, **kwargs)
        members = list(workspace.memberships.order_by("person__name").values_list("person_id", "person__name"))
        given = str(self.data.get("who", ""))
        others = [] if given in dict(members) or not is_id(given) else [(given, name_of_actor(workspace, given))]
        kinds = [(kind, str(words.ACTORS[kind])) for kind in KINDS]
        who: Any = self.fields["who"]
        who.widget.choices = [
            ("", gettext("Everybody")),
            *others,
            (gettext("All of one kind"), kinds),
            (gettext("Members"), members),
        ]
        action: Any = self.fields["action"]
        action.choices = [("", gettext("Everything")), *words.actions()]

    def clean_who(self) -> str:
        """Refuse what is neither a kind of actor nor an id."""
        who = str(self.cleaned_data["who"])
        if who and who not in KINDS and not is_id(who):
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
