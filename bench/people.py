"""Figures of the people's door: how long the inbox and a conversation take on the server, and what a poll costs."""

import http.client
import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from bench import data
from bench.figures import Figure, Size
from bench.processes import Inside, Web

MOST_MILLISECONDS = 50.0
MOST_POLL_MILLISECONDS = 1.0
REQUESTS = 200
_POLLS = 1_000
_WARM_UP = 30
# The same tickets are opened in every run.
_CHANCE = 1


def measure(size: Size, databases: Sequence[str] = ("sqlite", "postgresql")) -> Iterator[Figure]:
    """Yield the figures, on each of the databases."""
    for database in databases:
        yield from _measure_on(database, size)


def _measure_on(database: str, size: Size) -> Iterator[Figure]:
    found = data.filled("marked", database, count=size.large, messages=1, matches=size.matches)
    with Inside(found.environment) as process:
        known = process.call("bench.people:enter", workspace=found.facts["workspace"])
        searches = process.call("bench.search:chosen", workspace=found.facts["workspace"], searches=REQUESTS)
    chance = random.Random(_CHANCE)
    numbers = [chance.randint(1, size.large) for _ in range(REQUESTS)]
    home = f"/w/{known['slug']}/tickets"
    about = f"{size.large:,} tickets"
    with Web(found.environment) as web:
        browser = Browser(web, known["cookie"])
        for view in known["views"]:
            yield pages(browser, web, f"{database}, inbox, {view}, p95", [f"{home}/{view}"] * REQUESTS, about)
        for name, query in _filters(found.facts).items():
            yield pages(browser, web, f"{database}, all by {name}, p95", [f"{home}/all?{query}"] * REQUESTS, about)
        for view in ("open", "all"):
            asked = [f"{home}/{view}?{urlencode({'q': each['query']})}" for each in searches]
            yield pages(browser, web, f"{database}, {view} by two words, p95", asked, f"{REQUESTS} searches; {about}")
        chosen = [f"{home}/{number}?view=open" for number in numbers]
        yield pages(browser, web, f"{database}, conversation, p95", chosen, f"beside the open ones; {about}")
        yield polled(browser, web, f"{database}, poll of the inbox", f"{home}/open")
        yield polled(browser, web, f"{database}, poll of a conversation", f"{home}/{known['number']}?view=open")


def _filters(facts: Mapping[str, Any]) -> dict[str, str]:
    return {
        "status": "status=pending",
        "priority": "priority=urgent",
        "customer": f"customer={facts['customer']}",
        "tag": f"tag={facts['mark']}",
        "text": f"q={facts['mark']}",
        "two": "status=open&priority=low",
    }


class Browser:
    """One connection of a person who is signed in."""

    def __init__(self, web: Web, cookie: str) -> None:
        self._connection = http.client.HTTPConnection("localhost", web.port, timeout=60)
        # No port is known to a web process that was not told its address; the cookie's name holds the usual one.
        self._headers = {"Cookie": cookie, "Host": "localhost:8000", "Accept-Encoding": "gzip"}

    def get(self, address: str, headers: Mapping[str, str] | None = None, expected: int = 200) -> bytes:
        """Return what is answered. RuntimeError says what else came than was expected."""
        self._connection.request("GET", address, headers={**self._headers, **(headers or {})})
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != expected:
            raise RuntimeError(f"{address} was answered {answer.status}")
        return body


def enter(workspace: str) -> dict[str, Any]:
    """Sign the person in who has most open tickets; return their cookie, the workspace's slug and the views' names."""
    from django.conf import settings
    from django.test import Client

    from tixallo.kit.sql import Statement
    from tixallo.tickets.lists import VIEWS
    from tixallo.workspaces.models import Person, Workspace

    busiest = Statement(
        "SELECT m.person_id, (SELECT count(*) FROM tickets_ticket t WHERE t.workspace_id = m.workspace_id "
        "AND t.gone_as = '' AND t.heap = 'open' AND t.assignee_id = m.person_id) "
        "FROM workspaces_membership m WHERE m.workspace_id = ? ORDER BY 2 DESC"
    ).one(workspace)
    assert busiest is not None
    found = Workspace.objects.get(id=workspace)
    client = Client()
    client.force_login(Person.objects.get(id=busiest[0]))
    name = settings.SESSION_COOKIE_NAME
    first = found.tickets.filter(heap="open", gone_as="").order_by("queue").values_list("number", flat=True)[0]
    return {
        "cookie": f"{name}={client.cookies[name].value}",
        "slug": found.slug,
        "views": [view.key for view in VIEWS],
        "number": first,
    }


def pages(browser: Browser, web: Web, name: str, addresses: Sequence[str], about: str) -> Figure:
    """Return how long the addresses took, one after the other, at the 95th percentile."""
    for address in addresses[:_WARM_UP]:
        browser.get(address)
    took, length, before = [], 0, web.cpu_seconds()
    for address in addresses:
        start = time.perf_counter()
        length += len(browser.get(address))
        took.append((time.perf_counter() - start) * 1000)
    cpu = (web.cpu_seconds() - before) / len(took) * 1000
    at = quantiles(took, n=100)
    detail = f"p50 {at[49]:.1f} ms, CPU {cpu:.1f} ms; {length // len(took):,} bytes; {about}"
    return Figure(name, at[94], "ms", MOST_MILLISECONDS, detail)


def polled(browser: Browser, web: Web, name: str, page: str) -> Figure:
    """Return what the poll of a page costs while nothing changes."""
    shown = browser.get(page, {"Accept-Encoding": "identity"}).decode()
    poll = re.search(r'data-poll="([^"]+)"', shown)
    tag = re.search(r'data-poll-tag="([^"]+)"', shown)
    assert poll is not None
    assert tag is not None
    address, condition = (each[1].replace("&amp;", "&").replace("&quot;", '"') for each in (poll, tag))
    for _ in range(_WARM_UP):
        browser.get(address, {"If-None-Match": condition, "X-Poll": "1"}, 204)
    before, start = web.cpu_seconds(), time.perf_counter()
    for _ in range(_POLLS):
        browser.get(address, {"If-None-Match": condition, "X-Poll": "1"}, 204)
    cost, wall = web.cpu_seconds() - before, time.perf_counter() - start
    detail = f"CPU a poll while nothing changes; {wall / _POLLS * 1000:.2f} ms from asking to the answer"
    return Figure(name, cost / _POLLS * 1000, "ms", MOST_POLL_MILLISECONDS, detail)
