"""Finding a workspace's customer by address, or creating one: both under the workspace's lock, so there is one."""

from typing import NamedTuple

from tixallo.kit import sql
from tixallo.kit.ids import new_id
from tixallo.kit.sql import Statement
from tixallo.workspaces.changes import Change, Subject
from tixallo.workspaces.models import LONGEST_NAME


class Known(NamedTuple):
    """A customer, as far as a verb needs them."""

    id: str
    name: str
    email: str


def find_or_create(change: Change, *, email: str, name: str | None = None, told: bool = True) -> Known:
    """Return the customer with the address, whatever its case; `name` is used when they are created.

    A new customer is linked to the company that has claimed the domain of the address. Unless `told`, the feed does
    not speak of them.
    """
    return find(change.workspace_id, email) or create(change, email=email, name=name, told=told)


def find(workspace_id: str, email: str) -> Known | None:
    """Return the customer with the address, whatever its case."""
    row = _FIND.one(workspace_id, email.lower())
    return None if row is None else Known(str(row[0]), row[1], row[2])


def create(
    change: Change,
    *,
    email: str,
    name: str | None,
    company_id: str | None = None,
    claimed: bool = True,
    told: bool = True,
) -> Known:
    """Create a customer; the caller has made sure that the address is free and the company the workspace's.

    If `claimed`, who has no company becomes that one's which has claimed the domain of the address.
    """
    domain = domain_of(email)
    known = Known(new_id(), name or email.partition("@")[0][:LONGEST_NAME], email)
    if company_id is None and claimed:
        claim = _CLAIM.one(change.workspace_id, domain)
        company_id = None if claim is None else str(claim[0])
    at = sql.moment(change.now)
    _CREATE.run(known.id, change.workspace_id, known.name, email, email.lower(), domain, company_id, at, at)
    change.record("customer.created", subject(known), payload(known), leaves=told)
    return known


def domain_of(email: str) -> str:
    """Return the part of an address after its last @, in lower case, other scripts in their `xn--` form (RFC 5890)."""
    domain = email.rpartition("@")[2].lower()
    try:
        return domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return domain


def subject(known: Known) -> Subject:
    """Return the customer as the subject of an event."""
    return Subject("customer", known.id, known.email)


def payload(known: Known) -> dict[str, object]:
    """Return the fields that the customer's events carry."""
    return {"customer_id": known.id, "email": known.email, "name": known.name}


_FIND = Statement("SELECT id, name, email FROM customers_customer WHERE workspace_id = ? AND email_key = ?")
_CLAIM = Statement("SELECT company_id FROM customers_companydomain WHERE workspace_id = ? AND domain = ?")
_CREATE = Statement(
    "INSERT INTO customers_customer "
    "(id, workspace_id, name, email, email_key, domain, company_id, created_at, updated_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
