"""Creating and editing customers and companies, and the claims of mail domains that tie the two."""

from collections.abc import Iterable
from types import EllipsisType
from typing import Any

import orjson

from tixallo.customers import adopting, finding
from tixallo.customers.finding import Known
from tixallo.customers.models import Company, CompanyDomain, Customer
from tixallo.kit import due
from tixallo.kit.errors import Conflict, Invalid, NotFound
from tixallo.kit.ids import new_id
from tixallo.workspaces.changes import Change, Subject

# The due row that asks whoever keeps a copy of a customer's name or address to renew it.
CHANGED = "customers.changed"


def create_customer(
    change: Change, *, email: str, name: str | None = None, company_id: str | EllipsisType | None = ...
) -> str:
    """Create a customer and return their id. Raises `Conflict` for a known address, `Invalid` for a foreign company.

    Only a `company_id` that is left out lets the claim of a domain decide; None is no company.
    """
    _check_free(change, email)
    if company_id is ...:
        return finding.create(change, email=email, name=name).id
    _check_company(change, company_id)
    return finding.create(change, email=email, name=name, company_id=company_id, claimed=False).id


def edit_customer(change: Change, customer_id: str, edits: dict[str, Any]) -> None:
    """Apply `edits` to `email`, `name` and `company_id`. Raises as `create_customer`, and `NotFound`.

    Who has no company and moves to a domain that one has claimed becomes that company's, unless `company_id` is there.
    """
    customer = Customer.objects.filter(workspace_id=change.workspace_id, id=customer_id).first()
    if customer is None:
        raise NotFound
    changes = {
        field: [getattr(customer, field), value] for field, value in edits.items() if value != getattr(customer, field)
    }
    if not changes:
        return
    if "email" in changes and edits["email"].lower() != customer.email_key:
        _check_free(change, edits["email"])
    if "company_id" in edits:
        _check_company(change, edits["company_id"])
    elif "email" in changes and not customer.company_id:
        changes |= _claimed(change, customer, edits["email"])
    for field, (_, value) in changes.items():
        setattr(customer, field, value)
    customer.email_key, customer.domain = customer.email.lower(), finding.domain_of(customer.email)
    customer.updated_at = change.now
    customer.save()
    if "email" in changes or "name" in changes:
        due.enqueue(CHANGED, customer.id)
    known = Known(customer.id, customer.name, customer.email)
    change.record("customer.updated", finding.subject(known), {**finding.payload(known), "changes": changes})


def create_company(change: Change, *, name: str, domains: Iterable[str] = ()) -> str:
    """Create a company and return its id. Raises `Conflict` for a domain that another one has claimed."""
    company = Company(
        id=new_id(), workspace_id=change.workspace_id, name=name, created_at=change.now, updated_at=change.now
    )
    company.save(force_insert=True)
    wanted = sorted(set(domains))
    change.record("company.created", _subject(company), {"name": name, "domains": wanted})
    _claim(change, company, wanted)
    return company.id


def edit_company(change: Change, company_id: str, edits: dict[str, Any]) -> None:
    """Apply `edits` to `name` and `domains`. Raises as `create_company`, and `NotFound`.

    Customers of a domain newly claimed become the company's, unless they have one; those of a domain given up stay.
    """
    company = Company.objects.filter(workspace_id=change.workspace_id, id=company_id).first()
    if company is None:
        raise NotFound
    before = {"name": company.name, "domains": orjson.loads(company.domains)}
    after = {**before, **edits}
    after["domains"] = sorted(set(after["domains"]))
    changes = {field: [before[field], value] for field, value in after.items() if value != before[field]}
    if not changes:
        return
    company.name, company.updated_at = after["name"], change.now
    company.save(update_fields=["name", "updated_at"])
    change.record("company.updated", _subject(company), {"name": company.name, "changes": changes})
    _claim(change, company, after["domains"])


def _claim(change: Change, company: Company, domains: list[str]) -> None:
    mine = CompanyDomain.objects.filter(workspace_id=change.workspace_id, company=company)
    kept = set(mine.filter(domain__in=domains).values_list("domain", flat=True))
    mine.exclude(domain__in=domains).delete()
    for domain in domains:
        if domain in kept:
            continue
        if CompanyDomain.objects.filter(workspace_id=change.workspace_id, domain=domain).exists():
            raise Conflict("Domain is claimed by another company")
        CompanyDomain.objects.create(workspace_id=change.workspace_id, company=company, domain=domain)
        adopting.adopt(change, company.id, domain)
    company.domains = orjson.dumps(domains).decode()
    company.save(update_fields=["domains"])


def _claimed(change: Change, customer: Customer, email: str) -> dict[str, list[Any]]:
    domain = finding.domain_of(email)
    claims = CompanyDomain.objects.filter(workspace_id=change.workspace_id, domain=domain)
    claim = None if domain == customer.domain else claims.first()
    return {} if claim is None else {"company_id": [None, claim.company_id]}


def _check_free(change: Change, email: str) -> None:
    if finding.find(change.workspace_id, email) is not None:
        raise Conflict("Email address is in use")


def _check_company(change: Change, company_id: str | None) -> None:
    if company_id is None:
        return
    if not Company.objects.filter(workspace_id=change.workspace_id, id=company_id).exists():
        raise Invalid({"company_id": ["Unknown company"]})


def _subject(company: Company) -> Subject:
    return Subject("company", company.id, company.name)
