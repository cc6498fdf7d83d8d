"""Figures: what drawing the inbox and a conversation costs, in process, against drawing a fixed page with Django; and a
long conversation against a short one.

A page goes through all of Django here, but through no server, so that CPU is all there is to it.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bench import data
from bench.figures import Figure, Size, ratio_of
from bench.processes import Inside

MOST_INBOX = 1.15
MOST_CONVERSATION = 3.3
MOST_LONG = 1.5
SHORT, LONG = 50, 500
_ROWS = 100
_WARM_UP = 5


def measure(size: Size) -> Iterator[Figure]:
    """Yield the figures."""
    filled = data.filled("marked", "sqlite", count=size.small, messages=1, matches=size.matches)
    with data.copied(filled) as found, Inside(found.environment) as process:
        process.call("bench.drawing:prepare", workspace=found.facts["workspace"])
        rounds = [process.call("bench.drawing:costs") for _ in range(max(size.rounds, 5) * 2)]
    floor, inbox, short, long = ([each[name] for each in rounds] for name in ("floor", "inbox", "short", "long"))
    page = f"against {_ROWS} rows drawn with Django"
    yield ratio_of("Drawing the inbox", inbox, floor, MOST_INBOX, f"40 rows, {page}")
    yield ratio_of("Drawing a conversation", short, floor, MOST_CONVERSATION, f"{SHORT} messages, {page}")
    yield ratio_of("Drawing a long conversation", long, short, MOST_LONG, f"{LONG} messages against {SHORT}")


# ---- What follows runs in the process.

_known: dict[str, Callable[[], Any]] = {}


def prepare(workspace: str) -> None:
    """Let two tickets have conversations, sign somebody in, and draw every page some times."""
    from django.test import Client

    from tixallo.workspaces.models import Workspace

    found = Workspace.objects.get(id=workspace)
    member = found.memberships.select_related("person").order_by("created_at")[0].person
    tickets = list(found.tickets.filter(heap="open", gone_as="").order_by("queue")[:2])
    for ticket, count in zip(tickets, (SHORT, LONG), strict=True):
        _fill(ticket, member, count)
    client = Client(SERVER_NAME="localhost", SERVER_PORT="8000")
    client.force_login(member)
    home = f"/w/{found.slug}/tickets"
    addresses = {"inbox": f"{home}/open"}
    addresses |= {
        name: f"{home}/{each.number}?view=open" for name, each in zip(("short", "long"), tickets, strict=True)
    }
    for name, address in addresses.items():
        _known[name] = partial(_ask, client, address)
    _known["floor"] = _floor()
    for _ in range(_WARM_UP):
        costs()


def costs() -> dict[str, float]:
    """Return the CPU µs of drawing each page once, one after the other."""
    taken = {}
    for name, draw in _known.items():
        start = time.process_time()
        draw()
        taken[name] = (time.process_time() - start) * 1e6
    return taken


def _ask(client: Any, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)


def _fill(ticket: Any, member: Any, count: int) -> None:
    from tixallo.tickets import conversing
    from tixallo.tickets.conversing import Author
    from tixallo.workspaces.changes import Actor, change

    authors = (Author("agent", member.id, member.name), None)
    for number in range(count):
        with change(ticket.workspace_id, Actor("person", member.id, member.name)) as opened:
            body = f"This is message {number}.\n\nIt says something, and the one after it answers.\n"
            conversing.add_message(opened, ticket.id, body=body, author=authors[number % 2])


def _floor() -> Callable[[], Any]:
    # Rows with texts to escape and times to say: what pages consist of, by Django's own means.
    from datetime import UTC, datetime, timedelta

    from django.template import Context, Engine

    template = Engine().from_string(
        "{% for row in rows %}<li id='r-{{ row.id }}'{% if row.odd %} class='odd'{% endif %}>"
        "<a href='/w/{{ row.slug }}/tickets/{{ row.number }}'>{{ row.name }}</a> <span>{{ row.words }}</span> "
        "<time datetime='{{ row.at|date:'c' }}'>{{ row.at|date:'j F Y, H:i' }}</time></li>{% endfor %}"
    )
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        {
            "id": f"{number:036}",
            "odd": number % 2,
            "slug": "acme",
            "number": number,
            "name": "Invoice <of> May",
            "words": "It says 7 % & should say 19 %. " * 3,
            "at": start + timedelta(minutes=number),
        }
        for number in range(_ROWS)
    ]
    return lambda: template.render(Context({"rows": rows}))
