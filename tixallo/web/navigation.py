"""Where the rail leads to, and where `g` and a letter do: by address name, for those whose role may go there."""

from typing import NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from tixallo.workspaces.roles import may


class Place(NamedTuple):
    """A page of every workspace: the name of its address, what may be done by who sees it, icon, word, keys, view.

    A wide one is left out of the bar on phones; its page is one step away from another there.
    """

    route: str
    action: str
    icon: str
    name: str | Promise
    key: str = ""
    wide: bool = False
    query: str = ""


class Link(NamedTuple):
    """A place as one workspace's member sees it."""

    address: str
    icon: str
    name: str | Promise
    key: str
    wide: bool
    current: bool


PLACES = (
    Place("inbox", "read tickets", "inbox", gettext_lazy("Inbox")),
    Place("customers", "edit customers", "users", gettext_lazy("Customers"), "g c"),
    Place("keys", "manage keys", "key-round", gettext_lazy("API keys"), "g k", wide=True),
    Place("webhooks", "manage webhooks", "webhook", gettext_lazy("Webhooks"), "g w", wide=True),
    Place("people", "read tickets", "shield-check", gettext_lazy("People"), wide=True),
    Place("documentation", "read documentation", "book-open", gettext_lazy("Documentation"), wide=True),
    Place("settings", "change settings", "settings", gettext_lazy("Settings")),
)
VIEWS = (
    Place("inbox", "read tickets", "", gettext_lazy("Unassigned"), "g u", query="?view=unassigned"),
    Place("inbox", "read tickets", "", gettext_lazy("Mine"), "g m", query="?view=mine"),
    Place("inbox", "read tickets", "", gettext_lazy("Open"), "g o", query="?view=open"),
    Place("inbox", "read tickets", "", gettext_lazy("Pending"), "g p", query="?view=pending"),
    Place("inbox", "read tickets", "", gettext_lazy("Resolved"), "g r", query="?view=resolved"),
    Place("inbox", "read tickets", "", gettext_lazy("All"), "g a", query="?view=all"),
)


def links(request: HttpRequest, places: tuple[Place, ...], slug: str, role: str) -> list[Link]:
    """Return the places that exist and that this role may see, and which of them shows the page of the request."""
    found = []
    for place in places:
        address = address_of(place.route, slug)
        if address and may(role, place.action):
            current = not place.query and request.path.startswith(address)
            found.append(Link(address + place.query, place.icon, place.name, place.key, place.wide, current))
    return found


def address_of(route: str, slug: str) -> str:
    """Return the address of a page of the workspace, or nothing where there is no such page."""
    try:
        return reverse(route, args=[slug])
    except NoReverseMatch:
        return ""
