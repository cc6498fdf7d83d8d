"""What customers and companies are called in the log, and their pages."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from tixallo.customers.models import Company, Customer
from tixallo.events import naming
from tixallo.events.naming import Thing
from tixallo.workspaces.models import Workspace


@naming.kind("customer")
def _customers(workspace: Workspace, ids: Collection[str]) -> Mapping[str, Thing]:
    found = naming.chosen(workspace, Customer, ids).values_list("id", "name", "email")
    return {
        customer: Thing(name or email, reverse("customer", args=[workspace.slug, customer]))
        for customer, name, email in found
    }


@naming.kind("company")
def _companies(workspace: Workspace, ids: Collection[str]) -> Mapping[str, Thing]:
    found = naming.chosen(workspace, Company, ids).values_list("id", "name")
    return {company: Thing(name, reverse("company", args=[workspace.slug, company])) for company, name in found}
