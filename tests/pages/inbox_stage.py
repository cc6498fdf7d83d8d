"""What the inbox's tests play with: tickets in any state, and the rows of a list as it is shown."""

import html
import itertools
import re
from typing import Any, cast

from django.test import Client

from tests.cast import COMMAND, Troupe
from tixallo.tickets import conversing, editing, opening
from tixallo.tickets.conversing import Author
from tixallo.tickets.models import Ticket
from tixallo.workspaces.changes import Actor, change

_numbers = itertools.count(1)


def opened(troupe: Troupe, subject: str = "", **fields: Any) -> Ticket:
    """Open a ticket; status, priority, tags and assignee_id are edited into it, `answer` is said by the agent."""
    edits: Any = {name: fields.pop(name) for name in ("status", "tags", "assignee_id") if name in fields}
    answer = fields.pop("answer", None)
    made_up = {"description": "Hello", "customer_email": "carla@customer.example"}
    with change(troupe.id, COMMAND) as going:
        ticket_id = opening.open_ticket(going, subject=subject or f"Ticket {next(_numbers)}", **{**made_up, **fields})
        if answer:
            author = Author("agent", troupe.agent.id, troupe.agent.name)
            conversing.add_message(going, ticket_id, body=answer, author=author)
        if edits:
            editing.edit(going, ticket_id, edits)
    return Ticket.objects.get(workspace_id=troupe.id, id=ticket_id)


def edited(troupe: Troupe, ticket: Ticket, **edits: Any) -> None:
    """Edit a ticket as somebody else would."""
    with change(troupe.id, Actor("person", troupe.admin.id, troupe.admin.name)) as going:
        editing.edit(going, ticket.id, cast(editing.Edits, edits))


def said(troupe: Troupe, ticket: Ticket, body: str = "And?") -> None:
    """Let the customer say something."""
    with change(troupe.id, COMMAND) as going:
        conversing.add_message(going, ticket.id, body=body, author=Author("customer", ticket.customer_id, "Carla"))


def shown(browser: Client, address: str) -> list[str]:
    """The subjects of the rows of a page."""
    answer = browser.get(address)
    assert answer.status_code == 200, (answer.status_code, answer.content[:500])
    return subjects(answer.content.decode())


def subjects(page: str) -> list[str]:
    """The subjects of the rows in a page or part of one."""
    return [html.unescape(found) for found in re.findall(r'class="rows-link"[^>]*>([^<]*)</a>', page)]


def text(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page)))
