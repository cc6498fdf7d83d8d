"""What a person sends from a ticket's page."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tixallo.kit.ids import is_id
from tixallo.tickets.holding import THEN
from tixallo.tickets.models import LONGEST_SUBJECT, LONGEST_TAG, LONGEST_TEXT, MOST_TAGS, PRIORITIES, STATUSES

# Some hundred ids.
_LONGEST_PASSING = 4_000


class Text(forms.CharField):
    """A text of one or more lines, kept as it was typed but for line ends; its field shows `rows` lines at first."""

    def __init__(self, rows: int = 10, **kwargs: Any) -> None:
        super().__init__(strip=False, max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": rows}), **kwargs)

    def to_python(self, value: Any) -> str:
        """Browsers send CRLF; one line end has one form here."""
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        """Refuse what says nothing."""
        super().validate(value.strip())


class ReplyForm(forms.Form):
    """A reply to the customer; `seen` is the last public message that was on the page, `passing` has the ids of held
    replies that it may cross, `token` is one of `tickets.once`.
    """

    body = Text(label=_("Reply"))
    then = forms.ChoiceField(choices=[(each, each) for each in THEN], required=False)
    seen = forms.CharField(required=False, max_length=36)
    passing = forms.CharField(required=False, max_length=_LONGEST_PASSING)
    token = forms.CharField(required=False, max_length=200)

    def clean_passing(self) -> frozenset[str]:
        """Return the ids."""
        return frozenset(each for each in self.cleaned_data["passing"].split() if is_id(each))


class NoteForm(forms.Form):
    """An internal note."""

    body = Text(label=_("Internal note"))
    token = forms.CharField(required=False, max_length=200)


class FactsForm(forms.Form):
    """Facts of a ticket to change; only those that were sent are changed."""

    status = forms.ChoiceField(choices=[(each, each) for each in STATUSES], required=False)
    priority = forms.ChoiceField(choices=[(each, each) for each in PRIORITIES], required=False)
    subject = forms.CharField(max_length=LONGEST_SUBJECT, required=False)
    tags = forms.CharField(required=False, max_length=MOST_TAGS * (LONGEST_TAG + len(", ")))
    assignee_id = forms.CharField(required=False, max_length=36)

    def __init__(self, *args: Any, tags: Sequence[str] = (), **kwargs: Any) -> None:
        """Take also the tags that the ticket has."""
        super().__init__(*args, **kwargs)
        self._with_comma = sorted((tag for tag in tags if "," in tag), key=len, reverse=True)

    def clean_tags(self) -> list[str]:
        """Return the tags between the commas; one that the ticket has, with a comma in it, stays whole."""
        whole = "|".join(re.escape(tag.strip()) for tag in self._with_comma)
        parts = re.findall(rf"\s*((?:{whole})(?=\s*(?:,|\Z))|[^,]+)", self.cleaned_data["tags"])
        # Tags of the API may begin or end with spaces.
        kept = {tag.strip(): tag for tag in self._with_comma}
        tags = sorted({kept.get(part.strip(), part.strip()) for part in parts if part.strip()})
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            raise forms.ValidationError(
                _("At most %(most)s tags of %(longest)s characters each."),
                params={"most": MOST_TAGS, "longest": LONGEST_TAG},
            )
        return tags

    def clean_assignee_id(self) -> str:
        """Return the id of a person, or nothing for nobody."""
        sent = str(self.cleaned_data["assignee_id"])
        if sent and not is_id(sent):
            raise forms.ValidationError(_("Choose somebody from the list."))
        return sent

    def edits(self) -> dict[str, Any]:
        """Return what was sent, as an edit takes it."""
        sent = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        if sent.get("subject") == "" or ("subject" in sent and not sent["subject"].strip()):
            del sent["subject"]
        if "assignee_id" in sent:
            sent["assignee_id"] = sent["assignee_id"] or None
        return {name: value for name, value in sent.items() if value != "" or name == "assignee_id"}
