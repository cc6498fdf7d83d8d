"""The lists of customers and companies as pages show them: found by the beginning of a name or an address."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from tixallo.customers.models import Company, Customer
from tixallo.kit import paging
from tixallo.workspaces.models import Workspace

ROWS = 50

# Behind every text that begins with the same letters.
_LAST = "\U0010ffff"


class Found(NamedTuple):
    """A part of a list, and the cursor of the next."""

    rows: list[Any]
    cursor: str


def customers(workspace: Workspace, asked: Mapping[str, str]) -> Found:
    """Return customers, newest first; `q` finds the beginning of a name or an address, or a whole domain."""
    found = workspace.customers.select_related("company")
    text = _asked(asked).lower()
    if text:
        address = Q(email_key__gte=text, email_key__lt=text + _LAST)
        found = found.annotate(name_key=Lower("name")).filter(_named(asked) | address | Q(domain=text.lstrip("@")))
    return _part(found, asked)


def customers_of(company: Company, asked: Mapping[str, str]) -> Found:
    """Return a company's customers, newest first."""
    return _part(company.workspace.customers.filter(company=company), asked)


def companies(workspace: Workspace, asked: Mapping[str, str]) -> Found:
    """Return companies, newest first; `q` finds the beginning of a name, or a domain."""
    found = workspace.companies.all()
    text = _asked(asked).lower()
    if text:
        found = found.annotate(name_key=Lower("name")).filter(_named(asked) | Q(claims__domain=text)).distinct()
    return _part(found, asked)


def _asked(asked: Mapping[str, str]) -> str:
    # PostgreSQL takes no NUL, and no name has one.
    return asked.get("q", "").replace("\0", "").strip()


def _named(asked: Mapping[str, str]) -> Q:
    text = _asked(asked)
    # SQLite's lower() knows the letters of ASCII alone, so that Ä stands in its index as it was written.
    spellings = {text.lower(), _lower_ascii(text), _lower_ascii(text.title())}
    found = Q()
    for spelling in sorted(spellings):
        found |= Q(name_key__gte=spelling, name_key__lt=spelling + _LAST)
    return found


def _lower_ascii(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _part(found: QuerySet[Any], asked: Mapping[str, str]) -> Found:
    cursor = asked.get("after", "")
    if cursor:
        place = paging.read_cursor(cursor)
        found = found.filter(Q(created_at__lt=place.moment) | Q(created_at=place.moment, id__lte=place.id))
    rows: list[Customer | Company] = list(found.order_by("-created_at", "-id")[: ROWS + 1])
    if len(rows) <= ROWS:
        return Found(rows, "")
    last = rows[ROWS]
    return Found(rows[:ROWS], paging.write_cursor(paging.Place(last.created_at, last.id)))
