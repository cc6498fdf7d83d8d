"""Where the rail leads to, and where `g` and a letter do: by address name, for those whose role may go there."""

from typing import NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from tixallo.tickets.lists import VIEWS
from tixallo.workspaces.roles import may


class Place(NamedTuple):
    """A page of every workspace: the name of its address, what may be done by who sees it, icon, word and keys.

    A wide one has no place in the bar of phones; a menu there has it. `beside` names the address of what belongs to it.
    """

    route: str
    action: str
    icon: str
    name: str | Promise
    key: str = ""
    wide: bool = False
    beside: str = ""


class Link(NamedTuple):
    """A place as one workspace's member sees it."""

    address: str
    icon: str
    name: str | Promise
    key: str
    wide: bool = False
    current: bool = False


PLACES = (
    Place("inbox", "read tickets", "inbox", gettext_lazy("Inbox"), beside="saved_replies"),
    Place("customers", "edit customers", "users", gettext_lazy("Customers"), "g c", beside="companies"),
    Place("keys", "manage keys", "key-round", gettext_lazy("API keys"), "g k", wide=True),
    Place("webhooks", "manage webhooks", "webhook", gettext_lazy("Webhooks"), "g w", wide=True),
    Place("people", "read tickets", "shield-check", gettext_lazy("People"), wide=True),
    Place("audit", "read the audit log", "scroll-text", gettext_lazy("Audit log"), wide=True),
    Place("documentation", "read documentation", "book-open", gettext_lazy("Documentation"), wide=True),
    Place("settings", "change settings", "settings", gettext_lazy("Settings")),
)


def links(request: HttpRequest, slug: str, role: str) -> list[Link]:
    """Return the places that exist and that this role may see, and which of them shows the page of the request."""
    found = []
    for place in PLACES:
        address = address_of(place.route, slug)
        if address and may(role, place.action):
            current = _shows(request.path, place, address, slug)
            found.append(Link(address, place.icon, place.name, place.key, place.wide, current))
    return found


def jumps(slug: str) -> list[Link]:
    """Return the views of the inbox, which the palette leads to from everywhere, and most of them two keys."""
    views = [(view, address_of("inbox_view", slug, view.key)) for view in VIEWS]
    return [Link(address, "", view.name, view.shortcut) for view, address in views if address]


def address_of(route: str, *arguments: str) -> str:
    """Return the address of a page, or nothing where there is no such page."""
    try:
        return reverse(route, args=arguments)
    except NoReverseMatch:
        return ""


def _shows(path: str, place: Place, address: str, slug: str) -> bool:
    # The inbox stands at the workspace's own address, which all others begin with.
    below = f"{address}tickets/" if place.route == "inbox" else address
    beside = address_of(place.beside, slug) if place.beside else ""
    return path == address or path.startswith(below) or bool(beside and path.startswith(beside))
