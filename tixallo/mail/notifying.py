"""Mail to the people who work here: a ticket became theirs, or its customer answered. Each can switch both off."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from tixallo.kit import due, transactions
from tixallo.tickets.models import Message, Ticket
from tixallo.tickets.samples import is_sample
from tixallo.workspaces import letters
from tixallo.workspaces.models import Membership, Person


@due.kind("tickets.assigned")
def tell_of_assignment(ticket_id: str) -> None:
    """Tell whoever a ticket is assigned to now."""
    # unscoped: a due row names the ticket alone
    found = Ticket.objects.filter(id=ticket_id, gone_as="").select_related("assignee", "workspace", "customer")
    ticket = found.first()
    if ticket is None or ticket.assignee is None or not ticket.assignee.mail_on_assignment:
        return
    if is_sample(ticket.workspace_id, ticket.id):
        return
    _write(
        ticket, ticket.assignee, "mail/assigned.txt", ticket.description, due.asked_at("tickets.assigned", ticket_id)
    )


def tell_of_answer(message: Message) -> None:
    """Tell the assignee of a ticket that its customer wrote."""
    ticket: Ticket = message.ticket
    if ticket.assignee is None or not ticket.assignee.mail_on_answer:
        return
    _write(ticket, ticket.assignee, "mail/answered.txt", message.body, message.created_at)


def _write(ticket: Ticket, person: Person, template: str, text: str, asked_at: datetime | None) -> None:
    if not Membership.objects.filter(workspace_id=ticket.workspace_id, person=person).exists():
        return
    with translation.override(person.language or settings.LANGUAGE_CODE), transactions.change():
        facts = {"text": text, "ticket": ticket, "person": person, "link": f"{settings.TIXALLO.origin}{_path(ticket)}"}
        letters.enqueue(
            workspace_id=ticket.workspace_id,
            recipient=person.email,
            sender_name=ticket.workspace.name,
            subject=f"[#{ticket.number}] {ticket.subject}",
            text=render_to_string(template, facts),
            headers={"References": letters.own_message_id(f"notice-{ticket.id}")},
            about=f"ticket {ticket.id}",
            asked_at=asked_at,
        )


def _path(ticket: Ticket) -> str:
    try:
        return reverse("ticket", args=[ticket.workspace.slug, ticket.number])
    except NoReverseMatch:
        return f"/w/{ticket.workspace.slug}/tickets/{ticket.number}"
