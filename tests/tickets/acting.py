"""What the tests of tickets do as people: open, say, merge, hold; each in a change of its own, in this process."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.cast import COMMAND, Member, Troupe
from tixallo.kit import clock, due
from tixallo.kit.models import Due
from tixallo.tickets import conversing, editing, holding, opening
from tixallo.tickets.conversing import Author
from tixallo.tickets.holding import Reply
from tixallo.tickets.models import HeldReply, Ticket
from tixallo.workspaces.changes import Actor, change
from tixallo.workspaces.models import Event, Person, Workspace

_numbers = itertools.count(1)


def workspace_of(troupe: Troupe) -> Workspace:
    return Workspace.objects.get(id=troupe.id)


def person_of(member: Member) -> Person:
    return Person.objects.get(id=member.id)


def actor_of(member: Member) -> Actor:
    return Actor("person", member.id, member.name)


def done(troupe: Troupe, verb: Callable[..., Any], *args: Any, by: Member | None = None, **named: Any) -> Any:
    """Run a verb in a change of its own, by the agent or another one."""
    with change(troupe.id, actor_of(by or troupe.agent)) as opened:
        return verb(opened, *args, **named)


def a_ticket(troupe: Troupe, **fields: Any) -> str:
    """Open a ticket as the API does and return its id."""
    made_up = {"subject": f"Ticket {next(_numbers)}", "description": "It broke."}
    with change(troupe.id, COMMAND) as opened:
        return opening.open_ticket(opened, **{**made_up, "customer_email": "carla@customer.example", **fields})


def asks(troupe: Troupe, ticket_id: str, body: str = "And?") -> str:
    """Let the customer say something."""
    message: str = done(troupe, conversing.add_message, ticket_id, body=body, author=None)
    return message


def answers(troupe: Troupe, ticket_id: str, body: str = "Look here.", *, by: Member | None = None) -> str:
    """Let somebody of the team say something at once, past any hold."""
    member = by or troupe.agent
    author = Author("agent", member.id, member.name)
    message: str = done(troupe, conversing.add_message, ticket_id, body=body, author=author, by=member)
    return message


def edits(troupe: Troupe, ticket_id: str, **fields: Any) -> None:
    done(troupe, editing.edit, ticket_id, fields)


def holds(troupe: Troupe, ticket_id: str, body: str, *, by: Member | None = None, **options: Any) -> HeldReply:
    """Hold a reply for ten seconds."""
    reply = Reply(body, **options)
    return holding.hold(workspace_of(troupe), person_of(by or troupe.agent), ticket_id, reply, 10)


def work() -> None:
    """Let all that is due within a day happen now."""
    for _ in range(3):
        Due.objects.filter(dead_at=None).update(due_at=clock.now() - timedelta(seconds=1), leased_until=None)
        due.work_once()


def found(ticket_id: str) -> Ticket:
    return Ticket.objects.get(id=ticket_id)


def log_of(troupe: Troupe) -> list[str]:
    """The types of all events of a workspace, in their order."""
    return list(
        Event.objects.filter(workspace_id=troupe.id).order_by("revision", "position").values_list("type", flat=True)
    )
