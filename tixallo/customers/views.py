"""The lists of customers and companies, and the forms that change them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from tixallo.customers import editing, listing
from tixallo.customers.forms import CompanyForm, CustomerForm
from tixallo.kit.errors import NotFound
from tixallo.kit.ids import is_id
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.changes import change
from tixallo.workspaces.returning import returning

_CUSTOMER = ("name", "email", "company_id")
_COMPANY = ("name", "domains")


@require_safe
@page("edit customers")
def customers(request: PageRequest) -> HttpResponseBase:
    """List customers."""
    return _list(request, "customers/customers.html", listing.customers(request.workspace, request.GET.dict()))


@require_safe
@page("edit customers")
def companies(request: PageRequest) -> HttpResponseBase:
    """List companies."""
    return _list(request, "customers/companies.html", listing.companies(request.workspace, request.GET.dict()))


@require_http_methods(["GET", "HEAD", "POST"])
@page("edit customers")
@returning(*_CUSTOMER)
def new_customer(request: PageRequest) -> HttpResponseBase:
    """Create a customer. The address can fill the form in."""
    form = CustomerForm(request.workspace, None, request.POST or None, initial=_said(request, _CUSTOMER))
    if form.is_valid():
        with change(request.workspace.id, request.actor) as opened:
            customer_id = editing.create_customer(opened, **form.said())
        return redirect("customer", request.workspace.slug, customer_id)
    return _form(request, "customers/new_customer.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@page("edit customers")
@returning(*_CUSTOMER, blank=True)
def edit_customer(request: PageRequest, customer_id: str) -> HttpResponseBase:
    """Change a customer. The address can fill the form in."""
    found = request.workspace.customers.filter(id=customer_id).first() if is_id(customer_id) else None
    if found is None:
        raise NotFound
    form = CustomerForm(request.workspace, found, request.POST or None)
    form.initial.update(_said(request, _CUSTOMER))
    if form.is_valid():
        with change(request.workspace.id, request.actor) as opened:
            editing.edit_customer(opened, found.id, form.said())
        messages.success(request, gettext("Saved."))
        return redirect("customer", request.workspace.slug, found.id)
    return _form(request, "customers/edit_customer.html", form, customer=found)


@require_http_methods(["GET", "HEAD", "POST"])
@page("edit customers")
@returning(*_COMPANY)
def new_company(request: PageRequest) -> HttpResponseBase:
    """Create a company. The address can fill the form in."""
    form = CompanyForm(request.workspace, None, request.POST or None, initial=_said(request, _COMPANY))
    if form.is_valid():
        with change(request.workspace.id, request.actor) as opened:
            company_id = editing.create_company(opened, **form.cleaned_data)
        return redirect("company", request.workspace.slug, company_id)
    return _form(request, "customers/new_company.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@page("edit customers")
@returning(*_COMPANY, blank=True)
def edit_company(request: PageRequest, company_id: str) -> HttpResponseBase:
    """Change a company. The address can fill the form in."""
    found = request.workspace.companies.filter(id=company_id).first() if is_id(company_id) else None
    if found is None:
        raise NotFound
    initial = {"name": found.name, "domains": "\n".join(found.domain_list()), **_said(request, _COMPANY)}
    form = CompanyForm(request.workspace, found, request.POST or None, initial=initial)
    if form.is_valid():
        with change(request.workspace.id, request.actor) as opened:
            editing.edit_company(opened, found.id, form.cleaned_data)
        messages.success(request, gettext("Saved."))
        return redirect("company", request.workspace.slug, found.id)
    return _form(request, "customers/edit_company.html", form, company=found)


def _list(request: PageRequest, template: str, found: listing.Found) -> HttpResponseBase:
    q = request.GET.get("q", "")
    more = urlencode({**({"q": q} if q else {}), "after": found.cursor}) if found.cursor else ""
    return render(request, template, {"rows": found.rows, "q": q, "more": more})


def _said(request: PageRequest, fields: tuple[str, ...]) -> dict[str, str]:
    # Once a form is sent, what it began with is what there is.
    return {} if request.method == "POST" else {name: request.GET[name] for name in fields if name in request.GET}


def _form(request: PageRequest, template: str, form: Any, **more: Any) -> HttpResponseBase:
    return render(request, template, {"form": form, **more}, status=422 if form.is_bound else 200)
