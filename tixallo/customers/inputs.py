"""What comes in about customers and companies, and the rules that it must meet."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from tixallo.kit.fields import UNSET, Email, Id, Input, Text
from tixallo.kit.paging import Page
from tixallo.workspaces.models import LONGEST_NAME

MOST_DOMAINS = 50
# RFC 1035, section 2.3.4, as text.
LONGEST_DOMAIN = 253

Name = Annotated[str, Text(LONGEST_NAME)]

# Labels of letters, digits and inner hyphens, at least two of them; other scripts in their xn-- form (RFC 5890).
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"

# Capitals are taken, and made small.
_DOCUMENTED = f"^{_DOMAIN.replace('a-z', 'A-Za-z')}$"


def is_domain(text: str) -> bool:
    """Tell whether a text in lower case is a mail domain."""
    return len(text) <= LONGEST_DOMAIN and re.fullmatch(_DOMAIN, text, re.ASCII) is not None


def _domain(text: str) -> str:
    found = text.lower()
    if not is_domain(found):
        raise PydanticCustomError("domain", "Invalid domain")
    return found


Domain = Annotated[
    str,
    AfterValidator(_domain),
    WithJsonSchema({"type": "string", "maxLength": LONGEST_DOMAIN, "pattern": _DOCUMENTED}),
]
Domains = Annotated[list[Domain], Field(max_length=MOST_DOMAINS)]


class CustomerFilter(Page):
    """Which customers to list."""

    email: Email | None = None
    company_id: Id | None = None


class NewCustomer(Input):
    """A customer to create."""

    email: Email
    name: Name = UNSET
    company_id: Id | None = UNSET


class CustomerEdits(Input):
    """The fields of a customer to change; those left out stay as they are."""

    email: Email = UNSET
    name: Name = UNSET
    company_id: Id | None = UNSET


class NewCompany(Input):
    """A company to create, with the mail domains that it claims."""

    name: Name
    domains: Domains = []


class CompanyEdits(Input):
    """The fields of a company to change; those left out stay as they are. `domains` replaces all domains."""

    name: Name = UNSET
    domains: Domains = UNSET
