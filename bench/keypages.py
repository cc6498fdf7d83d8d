"""Figures of the pages about keys: the list of as many as stand on one page, each with a day of requests; its poll."""

import random
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from bench import data
from bench.figures import Figure, Size
from bench.people import REQUESTS, Browser, pages, polled
from bench.processes import Inside, Web

_KEYS = 500
_HOURS = 24
_CHANCE = 1
_CLIENTS = ("node/22.1.0", "python-requests/2.32", "curl/8.5.0", "Go-http-client/2.0", "Billing sync/1.4")
_ROUTES = ("GET /tickets", "POST /tickets", "GET /tickets/{id}", "PATCH /tickets/{id}", "GET /events", "GET /customers")


def measure(size: Size) -> Iterator[Figure]:
    """Yield the figures."""
    for database in ("sqlite", "postgresql"):
        made = data.filled("keys", database, count=_KEYS)
        # On PostgreSQL nobody else has keys; there a run takes the place of the one before.
        with data.copied(made) if database == "sqlite" else nullcontext(made) as found:
            yield from _measure_on(database, found)


def _measure_on(database: str, found: data.DataSet) -> Iterator[Figure]:
    with Inside(found.environment) as process:
        known = process.call("bench.keypages:enter", workspace=found.facts["workspace"])
    home = f"/w/{known['slug']}/keys"
    with Web(found.environment) as web:
        browser = Browser(web, known["cookie"])
        about = f"{_KEYS} keys, each used in {_HOURS} hours and at a time of its own"
        yield pages(browser, web, f"{database}, list of keys, p95", [home] * REQUESTS, about)
        yield pages(browser, web, f"{database}, page of a key, p95", [f"{home}/{known['key']}"] * REQUESTS, about)
        yield polled(browser, web, f"{database}, poll of the list of keys", home)
        yield polled(browser, web, f"{database}, poll of a key", f"{home}/{known['key']}")


def enter(workspace: str) -> dict[str, Any]:
    """Let all keys have been used, each by a client of its own at a time of its own, every third expire and every tenth
    be over its limit; sign the owner in. Return their cookie, the slug and a key's id.
    """
    from django.conf import settings
    from django.test import Client

    from tixallo.keys.models import REFUSALS, KeyHour
    from tixallo.kit import clock, transactions
    from tixallo.workspaces.models import Workspace

    found, chance = Workspace.objects.get(id=workspace), random.Random(_CHANCE)
    now = clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    keys = list(found.api_keys.order_by("id"))
    none = {f"refused_{reason}": 0 for reason in REFUSALS}
    for number, key in enumerate(keys):
        key.name = f"Billing sync {number}"
        key.last_used_at = now - timedelta(seconds=chance.uniform(0, 86_400))
        key.last_used_from = f"203.0.{number % 250}.{number % 100}"
        key.last_used_client = f"{chance.choice(_CLIENTS)}.{number}"
        key.last_used_route = chance.choice(_ROUTES)
        key.expires_at = None if number % 3 else now + timedelta(days=20, seconds=chance.uniform(0, 40 * 86_400))
    with transactions.change():
        found.key_hours.all().delete()
        KeyHour.objects.bulk_create(
            KeyHour(
                workspace_id=workspace,
                key_id=key.id,
                hour=hour - timedelta(hours=ago),
                passed=chance.randint(1, 500),
                **{**none, "refused_limit": int(number % 10 == 0 and ago == 0)},
            )
            for number, key in enumerate(keys)
            for ago in range(_HOURS)
        )
        names = ("name", "last_used_at", "last_used_from", "last_used_client", "last_used_route", "expires_at")
        found.api_keys.bulk_update(keys, names, batch_size=100)
    client = Client()
    client.force_login(found.memberships.get(role="owner").person)
    name = settings.SESSION_COOKIE_NAME
    return {"cookie": f"{name}={client.cookies[name].value}", "slug": found.slug, "key": keys[0].id}
