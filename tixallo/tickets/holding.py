"""Holding a reply for some seconds: until its release it can be taken back, and is in no answer, event or mail.

A held reply is a row and a due row; its release is the verb that makes it a message. Undoing puts the text back into
the draft and leaves nothing else.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet

from tixallo.kit import clock, due, transactions
from tixallo.kit.errors import Conflict, NotFound, Refusal
from tixallo.kit.ids import is_id, new_id
from tixallo.tickets import drafting, once
from tixallo.tickets.conversing import Author, add_message
from tixallo.tickets.models import HeldReply, Message, Ticket
from tixallo.workspaces.changes import Actor, change, lock
from tixallo.workspaces.models import LONGEST_HOLD_SECONDS, Person, Workspace

THEN = ("", "pending", "resolved")


class Crossed(Refusal):
    """Somebody, `name`, said something public since the writer last looked; nothing was sent.

    `held` when it is a colleague's reply that has not gone out yet.
    """

    def __init__(self, name: str, *, held: bool = False) -> None:
        super().__init__(name)
        self.name, self.held = name, held


class Repeated(Refusal):
    """A reply that has been sent already."""


@dataclass(frozen=True)
class Reply:
    """A reply to send: `last_seen` is the id of the last public message the writer saw, or empty for none.

    `passing` has the ids of colleagues' held replies that it may cross, as the writer was shown them. Of the same `id`,
    if it has one, only one is sent. `over` are the versions of the draft that it was written over; None is any.
    """

    body: str
    then: str = ""
    last_seen: str = ""
    passing: frozenset[str] = frozenset()
    id: str = ""
    over: Collection[str] | None = None


def hold(workspace: Workspace, person: Person, ticket_id: str, reply: Reply, seconds: int) -> HeldReply:
    """Hold a reply for so many seconds (0 to 60), and forget its draft; one that is held already stays as it is.

    Raises `NotFound`, `Conflict` for a merged ticket, `Repeated`, and `Crossed` when a public message, or a colleague's
    held reply, came since.
    """
    with transactions.change():
        lock(workspace.id)
        ticket = workspace.tickets.filter(id=ticket_id).first()
        if ticket is None or ticket.gone_as in ("deleted", "spam"):
            raise NotFound
        if reply.id:
            once.take_turn(reply.id)
        if reply.id and (held_already := _sent(workspace, person, reply.id)):
            return held_already
        if ticket.gone_as:
            raise Conflict("Ticket has been merged")
        _check_crossing(workspace, person, ticket, reply)
        now = clock.now()
        held = HeldReply(
            id=reply.id or new_id(),
            workspace=workspace,
            ticket=ticket,
            person=person,
            body=reply.body,
            then=reply.then,
            release_at=now + timedelta(seconds=min(max(seconds, 0), LONGEST_HOLD_SECONDS)),
            created_at=now,
        )
        held.save(force_insert=True)
        drafting.discard(workspace, person, ticket_id, "reply", reply.over)
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
        _give_back(workspace, person, held, held.ticket_id)
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
                message_id=held.id,
            )
            held.delete()
    except (Conflict, NotFound):
        _return(found)


def _sent(workspace: Workspace, person: Person, identifier: str) -> HeldReply | None:
    if workspace.messages.filter(id=identifier).exists():
        raise Repeated
    return workspace.held_replies.filter(id=identifier, person=person).first()


def _check_crossing(workspace: Workspace, person: Person, ticket: Ticket, reply: Reply) -> None:
    # What one said oneself crosses nothing; a held reply keeps its id as a message.
    said = _conversation(workspace, ticket).exclude(author_kind="agent", author_id=person.id)
    last = said.exclude(id__in=reply.passing).order_by("-created_at", "-id").first()
    if last is not None and last.id != reply.last_seen and not _came_before(workspace, last, reply.last_seen):
        raise Crossed(last.author_name)
    others = workspace.held_replies.filter(ticket=ticket).exclude(person=person).exclude(id__in=reply.passing)
    held = others.select_related("person").order_by("created_at").first()
    if held is not None:
        raise Crossed(held.person.name, held=True)


def _came_before(workspace: Workspace, message: Message, seen_id: str) -> bool:
    seen = workspace.messages.filter(id=seen_id).first() if is_id(seen_id) else None
    return seen is not None and (message.created_at, message.id) < (seen.created_at, seen.id)


def _conversation(workspace: Workspace, ticket: Ticket) -> QuerySet[Message]:
    merged = workspace.tickets.filter(merged_into=ticket, gone_as="merged").values("id")
    return workspace.messages.filter(Q(ticket=ticket) | Q(ticket__in=merged))


def _return(found: HeldReply) -> None:
    # What was merged meanwhile is written on in the other ticket.
    with transactions.change():
        lock(found.workspace_id)
        held = found.workspace.held_replies.filter(id=found.id).select_related("ticket").first()
        if held is not None:
            _give_back(found.workspace, found.person, held, held.ticket.merged_into_id or held.ticket_id)


def _give_back(workspace: Workspace, person: Person, held: HeldReply, ticket_id: str) -> None:
    draft = drafting.of_ticket(workspace, person, ticket_id).get("reply")
    text = held.body if draft is None else f"{held.body}\n\n{draft.body}"
    drafting.save(workspace, person, ticket_id, "reply", text)
    held.delete()
