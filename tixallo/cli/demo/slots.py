"""The facts that fill the gaps of a sample text: drawn when first needed, and the same all through a ticket."""

from collections.abc import Callable
from random import Random

from tixallo.cli.demo.topics import pick

_PRODUCTS = (
    *("Atlas", "Beacon", "Cobalt", "Drift", "Ember", "Fathom", "Granite", "Harbor", "Isobar", "Juniper"),
    *("Kestrel", "Lantern", "Meridian", "Nimbus", "Orchard", "Pinnacle", "Quarry", "Ridge", "Summit"),
    *("Tundra", "Umbra", "Vertex"),
)
_PLANS = ("Starter", "Team", "Business", "Enterprise", "Nonprofit")
_BROWSERS = ("Firefox", "Chrome", "Safari", "Edge", "Vivaldi", "Brave", "Opera")
_SYSTEMS = ("Windows 11", "Windows 10", "macOS", "Ubuntu", "Debian", "Fedora", "iPadOS", "Android")
_CITIES = (
    *("Aachen", "Aarhus", "Antwerp", "Augsburg", "Basel", "Bergen", "Bologna", "Bremen", "Bristol"),
    *("Brno", "Cardiff", "Coimbra", "Cork", "Dresden", "Eindhoven", "Espoo", "Freiburg", "Galway"),
    *("Gdansk", "Geneva", "Ghent", "Glasgow", "Graz", "Groningen", "Hamburg", "Innsbruck", "Kassel"),
    *("Krakow", "Leeds", "Leiden", "Linz", "Lund", "Lyon", "Maribor", "Mainz", "Nantes", "Odense", "Oulu"),
    *("Porto", "Potsdam", "Rostock", "Salzburg", "Seville", "Tampere", "Tartu", "Trieste", "Turin"),
    *("Uppsala", "Utrecht", "Valencia", "Vilnius", "Wroclaw", "Zagreb", "Zurich"),
)
_CARRIERS = ("Postline", "Quickparcel", "Nordfreight", "Alpenpost", "Redvan", "Cargolet")
_FILES = ("orders", "customers", "invoices", "inventory", "contacts", "bookings", "timesheets", "payments", "returns")
_FORMATS = ("csv", "xlsx", "json", "xml", "pdf")
_METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
_PATHS = ("orders", "customers", "invoices", "webhooks", "reports", "contacts", "stock", "shipments")
_ERRORS = ("400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "502", "503", "504")
_LIBRARIES = ("requests", "axios", "Guzzle", "okhttp", "curl", "Faraday", "reqwest", "HttpClient")
_COUNTRIES = ("Austria", "Belgium", "Denmark", "Finland", "France", "Germany", "Ireland", "Italy", "Norway", "Spain")
_COLOURS = ("black", "white", "navy", "olive", "sand", "graphite", "burgundy", "teal")
_ITEMS = (
    *("desk lamp", "standing desk", "monitor arm", "keyboard", "headset", "docking station"),
    *("office chair", "router", "label printer", "scanner", "webcam", "power bank", "backpack"),
    *("projector", "card reader", "tablet stand"),
)
_CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"

Make = Callable[[Random], str]


class Slots(dict[str, str]):
    """What `str.format_map` looks names up in."""

    def __init__(self, random: Random, **known: str) -> None:
        super().__init__(known)
        self._random = random

    def __missing__(self, name: str) -> str:
        value = self[name] = _MAKES[name](self._random)
        return value


def _one_of(choices: tuple[str, ...]) -> Make:
    return lambda random: pick(random, choices)


def _number(prefix: str, lowest: int, highest: int) -> Make:
    return lambda random: f"{prefix}{lowest + int(random.random() * (highest - lowest))}"


def _amount(random: Random) -> str:
    euros = int(9 + random.random() ** 3 * 9_000)
    return f"{euros}.{int(random.random() * 100):02}"


def _reference(random: Random) -> str:
    letters = "".join(pick(random, _CONSONANTS) for _ in range(3))
    return f"{letters}{int(random.random() * 1_000_000):06}"


_MAKES: dict[str, Make] = {
    "product": _one_of(_PRODUCTS),
    "plan": _one_of(_PLANS),
    "browser": _one_of(_BROWSERS),
    "system": _one_of(_SYSTEMS),
    "city": _one_of(_CITIES),
    "carrier": _one_of(_CARRIERS),
    "file": _one_of(_FILES),
    "format": _one_of(_FORMATS),
    "method": _one_of(_METHODS),
    "path": _one_of(_PATHS),
    "error": _one_of(_ERRORS),
    "library": _one_of(_LIBRARIES),
    "country": _one_of(_COUNTRIES),
    "colour": _one_of(_COLOURS),
    "item": _one_of(_ITEMS),
    "amount": _amount,
    "reference": _reference,
    "invoice": _number("INV-", 100_000, 999_999),
    "order": _number("", 10_000_000, 99_999_999),
    "rows": _number("", 40, 90_000),
    "seats": _number("", 2, 240),
    "version": lambda random: f"{1 + int(random.random() * 9)}.{int(random.random() * 30)}.{int(random.random() * 12)}",
    # Each of these is written with “th” after it.
    "day": _number("", 4, 21),
    "minutes": _number("", 2, 55),
    "percent": _number("", 2, 40),
    "last4": _number("", 1_000, 9_999),
}
