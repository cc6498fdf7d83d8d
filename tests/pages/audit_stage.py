"""What the tests of the audit page play with: the page, the rows of its CSV, and things that happen."""

import csv
import html
import io
import re
from collections.abc import Iterator

from django.test import Client

from tests.cast import COMMAND, Troupe
from tests.pages.inbox_stage import opened
from tixallo.customers import editing
from tixallo.keys import ending
from tixallo.tickets import noting, saving
from tixallo.workspaces.changes import Actor, Subject, change

CANARY = "the canary sings"


def shown(browser: Client, troupe: Troupe, query: str = "") -> str:
    """The page."""
    answer = browser.get(f"/w/{troupe.slug}/audit?{query}")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def rows(browser: Client, troupe: Troupe, query: str = "") -> list[list[str]]:
    """The rows of the CSV, with its head."""
    answer = browser.get(f"/w/{troupe.slug}/audit.csv?{query}")
    assert answer.status_code == 200, answer.status_code
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


def pages(browser: Client, troupe: Troupe, query: str = "") -> Iterator[str]:
    """The page, and all that its button leads to, one after the other."""
    while True:
        page = shown(browser, troupe, query)
        yield page
        following = re.search(r'href="\?([^"]*after=[^"]*)"', page)
        if following is None:
            return
        query = html.unescape(following[1])


def happen(troupe: Troupe) -> None:
    """Write texts that nobody may find in the log, and change what a name is not enough to tell."""
    actor = Actor("person", troupe.owner.id, "Ada Owner", "192.0.2.7")
    ticket = opened(troupe, description=CANARY, answer=CANARY)
    with change(troupe.id, actor) as going:
        noting.add_note(going, ticket.id, body=CANARY)
        saved = saving.create_saved_reply(going, name="Refund", body=CANARY)
        saving.edit_saved_reply(going, saved, name="Refunds", body=f"{CANARY} again")
        editing.create_customer(going, email="carl@customer.example", name="=1+1")
        ending.revoke(going, troupe.key.id)


def inboxes(troupe: Troupe, count: int, actor: Actor = COMMAND) -> list[str]:
    """Let so many entries be written, one change each; return their labels."""
    labels = [f"inbox {number}" for number in range(count)]
    for label in labels:
        with change(troupe.id, actor) as going:
            going.record("inbox.created", Subject("inbox", "", label), {})
    return labels
