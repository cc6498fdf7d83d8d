"""Figures of the audit page: how long it takes on the server, whatever is looked for, with a long log."""

from collections.abc import Iterator, Sequence
from typing import Any

from bench import data
from bench.data import DataSet
from bench.figures import Figure, Size
from bench.people import REQUESTS, Browser, pages
from bench.processes import Inside, Web


def measure(size: Size, databases: Sequence[str] = ("sqlite", "postgresql")) -> Iterator[Figure]:
    """Yield the figures, on each of the databases."""
    for database in databases:
        found = data.filled("marked", database, count=size.large, messages=1, matches=size.matches)
        yield from measure_on(database, found)


def measure_on(database: str, found: DataSet) -> Iterator[Figure]:
    """Yield the figures of one data set."""
    with Inside(found.environment) as process:
        known = process.call("bench.log:enter", workspace=found.facts["workspace"])
    about = f"{known['entries']:,} entries"
    with Web(found.environment) as web:
        browser = Browser(web, known["cookie"])
        for name, query in known["queries"].items():
            address = f"/w/{known['slug']}/audit?{query}"
            yield pages(browser, web, f"{database}, log: {name}, p95", [address] * REQUESTS, about)


# ---- What follows runs in the process.


def enter(workspace: str) -> dict[str, Any]:
    """Sign the owner in; return their cookie, the slug, how long the log is, and what is looked for in it."""
    from django.conf import settings
    from django.test import Client

    from tixallo.workspaces.models import Workspace

    found = Workspace.objects.get(id=workspace)
    opened = found.events.filter(type="ticket.created", actor_kind="customer").order_by("created_at")
    first, last = opened.first(), opened.last()
    assert first is not None
    assert last is not None
    agent = found.memberships.filter(role="agent").values_list("person_id", flat=True)[0]
    day = (first.created_at + (last.created_at - first.created_at) / 2).date()
    queries = {
        "all": "",
        "rare actor": f"who={first.actor_id}",
        "busy actor": f"who={agent}",
        "kind of actor": "who=customer",
        "rare action": "action=samples.added",
        "absent action": "action=ticket.purged",
        "kind of actor and action that never meet": "who=customer&action=ticket.closed",
        "actor and action": f"who={agent}&action=customer.created",
        "old day": f"since={day}&until={day}",
        "actor on an old day": f"who={agent}&since={day}&until={day}",
        "before all": "until=2001-01-01",
        "object": f"object={first.subject_id}",
    }
    client = Client()
    client.force_login(found.memberships.get(role="owner").person)
    name = settings.SESSION_COOKIE_NAME
    return {
        "cookie": f"{name}={client.cookies[name].value}",
        "slug": found.slug,
        "entries": found.events.count(),
        "queries": queries,
    }
