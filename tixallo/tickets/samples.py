"""Sample tickets: marked, sent to nobody, and gone without a trace but in the log with one click.

A mark of their own says which they are. The tag, for people to see, decides nothing: anybody can set it on any ticket.
"""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language

from tixallo.customers.models import Customer
from tixallo.customers.removing import remove_customer
from tixallo.tickets import conversing, editing, merging, noting, opening, removing
from tixallo.tickets.conversing import Author
from tixallo.tickets.models import SampleMark, Ticket
from tixallo.tickets.sample_texts import SAMPLES
from tixallo.workspaces.changes import Change
from tixallo.workspaces.models import Membership, Workspace

TAG = "sample"

# Once a workspace has tickets of its own, nobody needs the first steps, nor is it searched for them.
_FEW_TICKETS = 50


class FirstSteps(NamedTuple):
    """What of the first three steps is done."""

    has_key: bool
    has_company: bool
    has_samples: bool


def first_steps(workspace: Workspace) -> FirstSteps | None:
    """Return how far a new workspace is, or None for one that is past it."""
    steps = progress(workspace)
    done = steps is not None and steps.has_key and steps.has_company and not steps.has_samples
    return None if done else steps


def progress(workspace: Workspace) -> FirstSteps | None:
    """Return the same for a page that stands open, whose last card is yet to tick off; None with many tickets."""
    if workspace.ticket_count > _FEW_TICKETS:
        return None
    return FirstSteps(
        has_key=workspace.tickets.filter(source="api").exists(),
        has_company=workspace.invitations.exists() or workspace.memberships.count() > 1,
        has_samples=exist(workspace.id),
    )


def load(change: Change, by: Membership) -> int:
    """Make the sample tickets, in the language that is active, and return how many; none where there are some."""
    if exist(change.workspace_id):
        return 0
    texts = SAMPLES.get((get_language() or "en")[:2], SAMPLES["en"])
    for sample in texts:
        ticket_id = opening.open_ticket(
            change,
            subject=sample.subject,
            description=sample.text,
            customer_email=sample.email,
            customer_name=sample.name,
            priority=sample.priority,
            source="form",
            is_sample=True,
        )
        editing.edit(change, ticket_id, {"tags": [TAG, *sample.tags]})
        if sample.note:
            noting.add_note(change, ticket_id, sample.note)
        if sample.answer:
            conversing.add_message(change, ticket_id, body=sample.answer, author=_author(by), then=sample.then)
    return len(texts)


def remove(change: Change) -> int:
    """Delete the sample tickets for good, and their customers unless they have other tickets; return how many.

    What was merged with them is taken out first.
    """
    found = list(Ticket.objects.filter(workspace_id=change.workspace_id, sample_marks__isnull=False).order_by("number"))
    for ticket in found:
        merging.part(change, ticket.id)
    for ticket in found:
        if ticket.search_id is not None:
            removing.erase(change, ticket.id, ticket.number, ticket.search_id)
    for customer_id, made_at in {(ticket.customer_id, ticket.created_at) for ticket in found}:
        _let_go(change, customer_id, made_at)
    return len(found)


def is_sample(workspace_id: str, ticket_id: str) -> bool:
    """Tell whether a ticket is a sample, of which nobody gets mail."""
    return SampleMark.objects.filter(workspace_id=workspace_id, ticket_id=ticket_id).exists()


def exist(workspace_id: str) -> bool:
    """Tell whether a workspace has samples."""
    return SampleMark.objects.filter(workspace_id=workspace_id).exists()


def _let_go(change: Change, customer_id: str, made_at: datetime) -> None:
    # Whoever was there before the samples stays.
    found = Customer.objects.filter(workspace_id=change.workspace_id, id=customer_id, created_at=made_at)
    has_tickets = Ticket.objects.filter(workspace_id=change.workspace_id, customer_id=customer_id)
    if found.exists() and not has_tickets.exists():
        remove_customer(change, customer_id)


def _author(by: Membership) -> Author:
    return Author("agent", by.person_id, by.person.name)
