"""Who takes part: sample customers, their companies, and the agents who answer. All addresses end in `.example`.

Customers are numbered; what number one is called follows from the number alone, so that a later run meets the same.
"""

from typing import NamedTuple

_FIRST = (
    *("Ada", "Aino", "Alba", "Amira", "Anders", "Anna", "Anton", "Ayse", "Bea", "Ben", "Bruno", "Carla"),
    *("Chiara", "Clara", "Dario", "David", "Deniz", "Dora", "Elif", "Elsa", "Emil", "Enzo", "Erik", "Eva"),
    *("Farid", "Femke", "Finn", "Flora", "Frida", "Gita", "Greta", "Hanna", "Hugo", "Ida", "Igor", "Ilse"),
    *("Ines", "Ivo", "Jana", "Jonas", "Juli", "Kaja", "Karim", "Katja", "Klara", "Lars", "Lea", "Leon"),
    *("Lina", "Louis", "Luca", "Maja", "Malik", "Mara", "Marek", "Marta", "Mats", "Mila", "Mona", "Nadia"),
    *("Nils", "Noor", "Oda", "Olga", "Omar", "Oskar", "Paula", "Pavel", "Petra", "Pia", "Rafael", "Rania"),
    *("Rosa", "Ruben", "Runa", "Samir", "Sara", "Selma", "Simon", "Sofia", "Stella", "Sven", "Tariq"),
    *("Tessa", "Thea", "Tim", "Tova", "Uma", "Vera", "Viktor", "Wanda", "Yara", "Yusuf", "Zoe"),
)
_LAST = (
    *("Abel", "Adler", "Aksoy", "Andersen", "Bakker", "Barros", "Baumann", "Becker", "Berg", "Bianchi"),
    *("Blom", "Borg", "Brandt", "Carlsen", "Castro", "Conti", "Costa", "Dahl", "Demir", "Dietrich"),
    *("Dubois", "Ekman", "Engel", "Farkas", "Ferrari", "Fischer", "Fontaine", "Forsberg", "Franke"),
    *("Garcia", "Gruber", "Haas", "Hansen", "Hartmann", "Holm", "Horvat", "Huber", "Iversen", "Jansen"),
    *("Jensen", "Kaiser", "Kaya", "Keller", "Klein", "Kovac", "Krause", "Lang", "Larsen", "Lehmann"),
    *("Lindgren", "Lopez", "Lorenz", "Maier", "Marino", "Mendes", "Moreau", "Nagy", "Navarro", "Nielsen"),
    *("Novak", "Nowak", "Olsen", "Ozturk", "Peeters", "Pereira", "Petrov", "Pohl", "Ramos", "Richter"),
    *("Ricci", "Romano", "Rossi", "Roux", "Sahin", "Santos", "Schmid", "Schulz", "Seidel", "Silva"),
    *("Simon", "Sorensen", "Stein", "Svensson", "Tanaka", "Thomsen", "Torres", "Urban", "Vidal", "Visser"),
    *("Vogel", "Wagner", "Weber", "Winkler", "Wolf", "Yilmaz", "Zeman", "Ziegler", "Zimmermann"),
)
_COMPANY = (
    *("Alder", "Amber", "Anchor", "Arbor", "Aspen", "Aurora", "Badger", "Birch", "Bluebell", "Boreal"),
    *("Bramble", "Brass", "Canal", "Cedar", "Cinder", "Clover", "Coral", "Crane", "Dune", "Falcon"),
    *("Fern", "Flint", "Gable", "Garnet", "Globex", "Hazel", "Heron", "Ivory", "Jasper", "Kiln", "Larch"),
    *("Linden", "Lumen", "Maple", "Marlin", "Mill", "Northwind", "Oak", "Opal", "Otter", "Pebble", "Pine"),
    *("Plum", "Quartz", "Raven", "Reed", "Saffron", "Slate", "Sparrow", "Spruce", "Stone", "Swift"),
    *("Thistle", "Timber", "Topaz", "Velvet", "Walnut", "Willow", "Wren", "Yarrow"),
)
_TRADE = ("Logistics", "Studios", "Foods", "Energy", "Media", "Labs", "Systems", "Travel", "Health", "Works")
_FREE_MAIL = ("mail.example", "post.example", "inbox.example", "letters.example")
_AGENTS = ("Nora Lind", "Jonas Weber", "Priya Nair", "Tomas Novak", "Lea Fontaine", "Karim Haddad")

MOST_CUSTOMERS = 50_000
MOST_COMPANIES = len(_COMPANY) * len(_TRADE)


class Sample(NamedTuple):
    """A sample person or company, and their address or mail domain."""

    name: str
    address: str


def agents(slug: str) -> list[Sample]:
    """Return the agents of the workspace with this slug."""
    return [Sample(name, f"{name.lower().replace(' ', '.')}@{slug}.example") for name in _AGENTS]


def companies(customers: int) -> list[Sample]:
    """Return the companies that so many customers work for."""
    return [company(number) for number in range(min(12 + customers // 12, MOST_COMPANIES))]


def company(number: int) -> Sample:
    """Return a company by its number."""
    # Coprime steps, so that neighbours have neither word in common.
    name = f"{_COMPANY[number * 7 % len(_COMPANY)]} {_TRADE[(number + number // len(_COMPANY)) % len(_TRADE)]}"
    return Sample(name, f"{name.lower().replace(' ', '-')}.example")


def customer(number: int, companies: int) -> Sample:
    """Return a customer by their number; three in four work for one of so many companies."""
    spread = (number * 2_654_435_761 + 97_531) % 4_294_967_291
    first = _FIRST[spread % len(_FIRST)]
    last = _LAST[spread // 128 % len(_LAST)]
    if spread // 16_384 % 4:
        # Some companies have many people, most have few.
        share = (spread // 65_536) / 65_536
        domain = company(int(share**2 * companies)).address
    else:
        domain = _FREE_MAIL[spread // 65_536 % len(_FREE_MAIL)]
    return Sample(f"{first} {last}", f"{first}.{last}@{domain}".lower())
