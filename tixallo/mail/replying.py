"""Replies to customers as proper mail: one thread for each ticket, under the inbox's name.

What was written while no mail server was set is never sent later, nor is anything to the customers of samples.
"""

from typing import NamedTuple

from django.conf import settings
from django.db.models import Q

from tixallo.inboxes.models import called
from tixallo.kit import due, transactions
from tixallo.mail import notifying
from tixallo.tickets.models import Message, Ticket
from tixallo.tickets.samples import is_sample
from tixallo.workspaces import letters

_OURS = ("agent", "api")
# RFC 5322 bounds a line at 998 characters; the ends of a long thread are what programs join mails by.
_MOST_REFERENCES = 10


class Thread(NamedTuple):
    """What joins a mail to those before it (RFC 5322, section 3.6.4)."""

    in_reply_to: str
    references: str


@due.kind("tickets.message_added")
def message_added(message_id: str) -> None:
    """Mail our message to the ticket's customer, or tell the assignee of the customer's."""
    # unscoped: a due row names the message alone
    found = Message.objects.filter(id=message_id).select_related("ticket__customer", "ticket__inbox", "workspace")
    message = found.first()
    if message is None or message.ticket.gone_as in ("deleted", "spam") or letters.is_before_mail(message.created_at):
        return
    if is_sample(message.workspace_id, message.ticket_id):
        return
    if message.author_kind == "customer":
        notifying.tell_of_answer(message)
    elif message.author_kind in _OURS:
        _send(message)


def thread_of(message: Message) -> Thread:
    """Return what joins the mail of a message to the ticket's earlier ones."""
    # As the conversation has them; ids of one millisecond come in any order.
    before = Q(created_at__lt=message.created_at) | Q(created_at=message.created_at, id__lt=message.id)
    ours = Message.objects.filter(
        before, workspace_id=message.workspace_id, ticket_id=message.ticket_id, author_kind__in=_OURS
    )
    earlier = ours.order_by("created_at", "id")
    ids = [
        letters.own_message_id(f"ticket-{message.ticket_id}"),
        *map(message_id_of, earlier.values_list("id", flat=True)),
    ]
    kept = ids if len(ids) <= _MOST_REFERENCES else [ids[0], *ids[1 - _MOST_REFERENCES :]]
    return Thread(ids[-1], " ".join(kept))


def message_id_of(message_id: str) -> str:
    """Return the Message-ID under which a message goes out, the same each time."""
    return letters.own_message_id(f"message-{message_id}")


def about(message_id: str) -> str:
    """Return what the letter of a message is found by; its state is the message's delivery."""
    return f"message {message_id}"


def _send(message: Message) -> None:
    if not settings.TIXALLO.smtp_url:
        return
    ticket: Ticket = message.ticket
    with transactions.change():
        # A crash after this commit brings the due row back.
        if letters.state_of(message.workspace_id, about(message.id)) is not None:
            return
        thread = thread_of(message)
        letters.enqueue(
            workspace_id=message.workspace_id,
            recipient=ticket.customer.email,
            sender_name=called(ticket.inbox, message.workspace),
            subject=f"Re: {ticket.subject} [#{ticket.number}]",
            text=message.body,
            headers={"In-Reply-To": thread.in_reply_to, "References": thread.references},
            message_id=message_id_of(message.id),
            about=about(message.id),
        )
