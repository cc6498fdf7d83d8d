"""Figures of the pages about keys: the list of as many as stand on one page, each with a day of requests; its poll."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench import data
from bench.figures import Figure, Size
from bench.people import REQUESTS, Browser, pages, polled
from bench.processes import Inside, Web

_KEYS = 500
_HOURS = 24
_CHANCE = 1


def measure(size: Size) -> Iterator[Figure]:
    """Yield the figures."""
    with data.copied(data.filled("keys", "sqlite", count=_KEYS)) as found:
        with Inside(found.environment) as process:
            known = process.call("bench.keypages:enter", workspace=found.facts["workspace"])
        home = f"/w/{known['slug']}/keys"
        with Web(found.environment) as web:
            browser = Browser(web, known["cookie"])
            about = f"{_KEYS} keys, each used in {_HOURS} hours"
            yield pages(browser, web, "List of keys, p95", [home] * REQUESTS, about)
            yield pages(browser, web, "Page of a key, p95", [f"{home}/{known['key']}"] * REQUESTS, about)
            yield polled(browser, web, "Poll of the list of keys", home)


def enter(workspace: str) -> dict[str, Any]:
    """Let all keys have been used, and sign the owner in; return their cookie, the slug and a key's id."""
    from django.conf import settings
    from django.test import Client

    from tixallo.keys.models import REASONS, KeyHour
    from tixallo.kit import clock, transactions
    from tixallo.workspaces.models import Workspace

    found, chance = Workspace.objects.get(id=workspace), random.Random(_CHANCE)
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    ids = list(found.api_keys.values_list("id", flat=True))
    with transactions.change():
        KeyHour.objects.bulk_create(
            KeyHour(
                workspace_id=workspace,
                key_id=key_id,
                hour=now - timedelta(hours=hour),
                passed=chance.randint(1, 500),
                **{f"refused_{reason}": 0 for reason in REASONS},
            )
            for key_id in ids
            for hour in range(_HOURS)
        )
        found.api_keys.update(
            last_used_at=now,
            last_used_from="203.0.113.9",
            last_used_client="node/22.1",
            last_used_route="GET /tickets",
        )
    client = Client()
    client.force_login(found.memberships.get(role="owner").person)
    name = settings.SESSION_COOKIE_NAME
    return {"cookie": f"{name}={client.cookies[name].value}", "slug": found.slug, "key": ids[0]}
