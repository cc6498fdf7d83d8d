"""Holding a reply for some seconds: until its release it can be taken back, and is in no answer, event or mail.

A held reply is a row and a due row; its release is the verb that makes it a message. Undoing puts the text back into
the draft and leaves nothing else.
"""

from dataclasses import dataclass
from datetime import timedelta

from tixallo.kit import clock, due, transactions
from tixallo.kit.errors import Conflict, NotFound, Refusal
from tixallo.kit.ids import is_id, new_id
from tixallo.tickets import drafting
from tixallo.tickets.conversing import Author, add_message
from tixallo.tickets.models import HeldReply, Message, Ticket
from tixallo.workspaces.changes import Actor, change, lock
from tixallo.workspaces.models import LONGEST_HOLD_SECONDS, Person, Workspace

THEN = ("", "pending", "resolved")


class Crossed(Refusal):
    """Somebody said something public since the writer last looked; nothing was sent."""


@dataclass(frozen=True)
class Reply:
    """A reply to send: `last_seen` is the id of the last public message the writer saw, or empty for none.

    `anyway` sends it although another one crossed it.
    """

    body: str
    then: str = ""
    last_seen: str = ""
    anyway: bool = False


def hold(workspace: Workspace, person: Person, ticket_id: str, reply: Reply, seconds: int) -> HeldReply:
    """Hold a reply for so many seconds (0 to 60), and empty its draft.

    Raises `NotFound`, `Conflict` for a merged ticket, and `Crossed` when a public message, or a colleague's held
    reply, came since.
    """
    with transactions.change():
        lock(workspace.id)
        ticket = workspace.tickets.filter(id=ticket_id).first()
        if ticket is None or ticket.gone_as in ("deleted", "spam"):
            raise NotFound
        if ticket.gone_as:
            raise Conflict("Ticket has been merged")
        if not reply.anyway and _has_moved(workspace, person, ticket, reply.last_seen):
            raise Crossed
        now = clock.now()
        held = HeldReply(
            id=new_id(),
            workspace=workspace,
            ticket=ticket,
            person=person,
            body=reply.body,
            then=reply.then,
            release_at=now + timedelta(seconds=min(max(seconds, 0), LONGEST_HOLD_SECONDS)),
            created_at=now,
        )
        held.save(force_insert=True)
        drafting.discard(workspace, person, ticket_id, "reply")
        due.enqueue("tickets.release", held.id, held.release_at)
    return held


def undo(workspace: Workspace, person: Person, held_id: str) -> str:
    """Take a held reply back: its text is the draft again, before what was written since. Return the ticket's id.

    Raises `NotFound` for another one's, and `Conflict` when it has been sent.
    """
    if not is_id(held_id):
        raise NotFound
    with transactions.change():
        lock(workspace.id)
        held = workspace.held_replies.filter(id=held_id).first()
        if held is None:
            raise Conflict("The reply has been sent")
        if held.person_id != person.id:
            raise NotFound
        draft = drafting.of_ticket(workspace, person, held.ticket_id).get("reply")
        text = held.body if draft is None else f"{held.body}\n\n{draft.body}"
        drafting.save(workspace, person, held.ticket_id, "reply", text)
        held.delete()
        return held.ticket_id


@due.kind("tickets.release")
def release(held_id: str) -> None:
    """Send a held reply whose time has come; what cannot be sent any more becomes its writer's draft again."""
    # unscoped: a due row names the reply alone
    found = HeldReply.objects.filter(id=held_id).select_related("workspace", "person").first()
    if found is None:
        return
    person = found.person
    actor = Actor("person", person.id, person.name)
    try:
        with change(found.workspace_id, actor) as opened:
            held = found.workspace.held_replies.filter(id=held_id).first()
            if held is None:
                return
            add_message(
                opened,
                held.ticket_id,
                body=held.body,
                author=Author("agent", person.id, person.name),
                then=held.then,
            )
            held.delete()
    except (Conflict, NotFound):
        _give_back(found)


def _has_moved(workspace: Workspace, person: Person, ticket: Ticket, last_seen: str) -> bool:
    last = last_message(workspace, ticket)
    if last is not None and last.id != last_seen:
        return True
    return workspace.held_replies.filter(ticket=ticket).exclude(person=person).exists()


def last_message(workspace: Workspace, ticket: Ticket) -> Message | None:
    """Return the latest public message of a ticket, those of what was merged into it included."""
    merged = workspace.tickets.filter(merged_into=ticket, gone_as="merged").values("id")
    own = workspace.messages.filter(ticket=ticket)
    return (own | workspace.messages.filter(ticket__in=merged)).order_by("-created_at", "-id").first()


def _give_back(held: HeldReply) -> None:
    with transactions.change():
        drafting.save(held.workspace, held.person, held.ticket_id, "reply", held.body)
        held.delete()
