"""What the tests of a ticket's page play with, beside those of the inbox: its address, its page, its fields, and
conversations that are long.
"""

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from tests.cast import Troupe
from tests.tickets.acting import person_of, workspace_of
from tixallo.kit import clock
from tixallo.kit.ids import new_id
from tixallo.tickets import drafting
from tixallo.tickets.models import Message, Note, Ticket


def at(acme: Troupe, ticket: Ticket, rest: str = "") -> str:
    return f"/w/{acme.slug}/tickets/{ticket.number}{rest}"


def page_of(browser: Client, acme: Troupe, ticket: Ticket, rest: str = "") -> str:
    answer = browser.get(at(acme, ticket, rest))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def field(page: str, name: str) -> str:
    """What stands in a text field of a page."""
    found = re.search(rf'<textarea[^>]*id="{name}-body"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found, name
    return found[1]


def draft_of(acme: Troupe, ticket: Ticket, kind: str = "reply") -> str:
    drafts = drafting.of_ticket(workspace_of(acme), person_of(acme.agent), ticket.id)
    return drafts[kind].body if kind in drafts else ""


def long_one(acme: Troupe, ticket: Ticket, count: int, *, of: str = "message", ago: int = 100_000) -> list[str]:
    """Let a conversation have so many messages (or notes), one a second from so many seconds ago on; return their ids.

    Message 0 is the agent's, 1 the customer's, and so on in turns; each says which it is.
    """
    start = clock.now() - timedelta(seconds=ago)
    # unscoped: the tests' own ticket
    Ticket.objects.filter(id=ticket.id, created_at__gt=start).update(created_at=start - timedelta(hours=1))
    authors = (("agent", acme.agent.id, acme.agent.name), ("customer", ticket.customer_id, "Carla"))
    rows: list[Any] = []
    for number, identifier in enumerate(sorted(new_id() for _ in range(count))):
        kind, author_id, name = authors[number % 2]
        shared = {
            "id": identifier,
            "workspace_id": acme.id,
            "ticket_id": ticket.id,
            "body": f"{of} {number} is this.",
            "author_id": author_id,
            "author_name": name,
            "created_at": start + timedelta(seconds=number),
        }
        rows.append(Note(**shared) if of == "note" else Message(**shared, author_kind=kind))
    (Note if of == "note" else Message).objects.bulk_create(rows)
    return [row.id for row in rows]


def shown(page: str, of: str = "message") -> list[int]:
    """The numbers of those messages, or notes, that a page shows, in its order."""
    return [int(number) for number in re.findall(rf'class="entry-text">{of} (\d+) is this\.', page)]


def gap(page: str, name: str = "earlier") -> tuple[str, str]:
    """What the link in a gap says, and what it adds to the page's address; two times nothing where there is none."""
    found = re.search(rf'id="gap-{name}"><a[^>]*href="[^"?]*(\?[^"]*)"[^>]*>([^<]*)</a>', page)
    return (found[2], found[1].replace("&amp;", "&")) if found else ("", "")
