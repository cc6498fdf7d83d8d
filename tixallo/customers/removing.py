"""Deleting customers for good."""

from tixallo.customers import finding
from tixallo.customers.finding import Known
from tixallo.customers.models import Customer
from tixallo.kit.errors import NotFound
from tixallo.workspaces.changes import Change


def remove_customer(change: Change, customer_id: str) -> None:
    """Delete a customer who has no tickets. Raises `NotFound`; the database refuses one that has."""
    customer = Customer.objects.filter(workspace_id=change.workspace_id, id=customer_id).first()
    if customer is None:
        raise NotFound
    known = Known(customer.id, customer.name, customer.email)
    Customer.objects.filter(workspace_id=change.workspace_id, id=customer_id).delete()
    change.record("customer.removed", finding.subject(known), finding.payload(known))
