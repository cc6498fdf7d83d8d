"""What the tests of a ticket's page play with, beside those of the inbox: its address, its page and its fields."""

import re

from django.test import Client

from tests.cast import Troupe
from tests.tickets.acting import person_of, workspace_of
from tixallo.tickets import drafting
from tixallo.tickets.models import Ticket


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
