"""The pages of one customer and of one company, with their tickets. The inbox has the rest of a long list."""

from typing import Any

from django.db.models.functions import Coalesce
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tixallo.customers import listing
from tixallo.customers.listing import ROWS
from tixallo.kit.errors import NotFound
from tixallo.kit.ids import is_id
from tixallo.tickets.models import Ticket
from tixallo.workspaces.access import PageRequest, page


@require_safe
@page("read tickets")
def customer(request: PageRequest, customer_id: str) -> HttpResponseBase:
    """Show a customer."""
    asked = request.workspace.customers.filter(id=customer_id).select_related("company")
    found = asked.first() if is_id(customer_id) else None
    if found is None:
        raise NotFound
    tickets = _tickets(request, customer=found)
    return render(request, "tickets/customer.html", {"customer": found, **tickets})


@require_safe
@page("read tickets")
def company(request: PageRequest, company_id: str) -> HttpResponseBase:
    """Show a company."""
    found = request.workspace.companies.filter(id=company_id).first() if is_id(company_id) else None
    if found is None:
        raise NotFound
    people = listing.customers_of(found, request.GET.dict())
    tickets = _tickets(request, customer__in=request.workspace.customers.filter(company=found).values("id"))
    return render(request, "tickets/company.html", {"company": found, "people": people, **tickets})


def _tickets(request: PageRequest, **whose: Any) -> dict[str, Any]:
    listed = request.workspace.tickets.filter(gone_as="", **whose).select_related("assignee", "customer")
    # Open ones first, as they wait; then the others by their latest activity.
    # Asked for as expressions, or SQLite would walk the tickets of everybody for the sake of their order.
    listed = listed.annotate(where=Coalesce("heap", "heap"))
    waiting = listed.filter(where="open").order_by("queue", "id")
    found: list[Ticket] = list(waiting[: ROWS + 1])
    rest = listed.exclude(where="open").order_by(Coalesce("updated_at", "updated_at").desc(), "-id")
    found += list(rest[: max(ROWS + 1 - len(found), 0)])
    return {"tickets": found[:ROWS], "more_tickets": len(found) > ROWS}
