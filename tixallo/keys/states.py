"""What the pages say of a key: the icon and word of its state, why it ended, and what happened in its life."""

import json
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from tixallo.events import reading
from tixallo.keys.forms import WHY_REVOKED
from tixallo.keys.models import CANCELLED
from tixallo.workspaces.models import Event


class State(NamedTuple):
    """The icon and word of a state, and the tone that they are shown in."""

    icon: str
    word: str | Promise
    tone: str


class Happening(NamedTuple):
    """A line of a key's life."""

    at: datetime
    icon: str
    told: str | Promise
    by: str
    why: str


STATES = {
    "active": State("circle-check", pgettext_lazy("key", "Active"), "ok"),
    "disabled": State("circle-pause", pgettext_lazy("key", "Disabled"), "warn"),
    "expired": State("hourglass", pgettext_lazy("key", "Expired"), "warn"),
    "revoked": State("ban", pgettext_lazy("key", "Revoked"), "danger"),
}
# What a refused request is answered, by the reason of the refusal.
STATUSES = {"limit": "429", "scope": "403", "disabled": "401", "expired": "401", "revoked": "401"}
REFUSALS = {
    "limit": pgettext_lazy("refused", "over the limit"),
    "scope": pgettext_lazy("refused", "scope missing"),
    "disabled": pgettext_lazy("refused", "disabled"),
    "expired": pgettext_lazy("refused", "expired"),
    "revoked": pgettext_lazy("refused", "revoked"),
}
_HAPPENINGS = {
    "key.created": ("circle-plus", pgettext_lazy("key", "Created")),
    "key.renamed": ("pencil", pgettext_lazy("key", "Renamed")),
    "key.disabled": ("circle-pause", pgettext_lazy("key", "Disabled")),
    "key.enabled": ("circle-play", pgettext_lazy("key", "Enabled")),
    "key.expired": ("hourglass", pgettext_lazy("key", "Expired")),
    "key.revoked": ("ban", pgettext_lazy("key", "Revoked")),
    "key.rotation_started": ("refresh-cw", gettext_lazy("Rotation started")),
    "key.rotation_quiet_time": ("clock", gettext_lazy("Quiet time of the rotation chosen")),
    "key.rotation_caller_ticked": ("check", gettext_lazy("Caller ticked off")),
    "key.rotation_caller_unticked": ("circle", gettext_lazy("Caller needed after all")),
    "key.rotation_finished": ("circle-check", gettext_lazy("Rotation finished")),
    "key.rotation_cancelled": ("undo-2", gettext_lazy("Rotation cancelled")),
}


def life(workspace_id: str, key_id: str) -> list[Happening]:
    """Return what happened to a key, the latest first."""
    return [_told(event) for event in reading.of_subject(workspace_id, "key", key_id)]


def reason(text: str) -> str:
    """Return why something was done to a key, in the reader's language unless somebody put it into words."""
    return str({**dict(WHY_REVOKED), CANCELLED: gettext("Rotation cancelled")}.get(text, text))


def _told(event: Event) -> Happening:
    icon, word = _HAPPENINGS.get(event.type, ("dot", event.type.removeprefix("key.").replace("_", " ").capitalize()))
    # An erased event has no payload.
    payload = json.loads(event.payload) if event.payload else {}
    why = reason(str(payload.get("reason") or ""))
    if event.type == "key.renamed" and payload:
        why = gettext("“%(before)s” is now “%(name)s”") % payload
    return Happening(event.created_at, icon, word, event.actor_label, why)
