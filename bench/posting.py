"""Figure: CPU per `POST /tickets` against a bare function doing the same inserts in one durable transaction."""

from collections.abc import Iterator
from contextlib import ExitStack

import orjson

from bench import data, load
from bench.figures import Figure, Size, ratio_of
from bench.processes import Web

MOST = 4.0
_WARM_UP = 200
_BODIES = 200
# All requests come from one address, which may send four bodies at once by default.
_MANY_BODIES = {"TIXALLO_BODIES": "32", "TIXALLO_BODIES_PER_CLIENT": "32"}


def measure(size: Size) -> Iterator[Figure]:
    """Yield the figure."""
    found = data.filled("tickets", "sqlite", count=size.small)
    facts = found.facts
    requests = [load.request("POST", "/api/v1/tickets", facts["key"], body) for body in _bodies(facts["email"])]
    count = size.requests // 4
    with ExitStack() as stack:
        bare, whole = (stack.enter_context(data.copied(found)) for _ in range(2))
        known = {f"BENCH_{name.upper()}": facts[name] for name in ("workspace", "customer", "inbox")}
        floor = stack.enter_context(
            Web(
                {**bare.environment, "TIXALLO_THREADS": "1", **known},
                application="bench.floor:writing",
                prepare="bench.floor:prepare",
            )
        )
        web = stack.enter_context(Web({**whole.environment, **_MANY_BODIES}))
        for each in (floor, web):
            load.round_of(each, requests, _WARM_UP, 201)
        floors, costs = [], []
        for _ in range(size.rounds):
            floors.append(load.round_of(floor, requests, count, 201).cpu)
            costs.append(load.round_of(web, requests, count, 201).cpu)
    yield ratio_of("POST /tickets", costs, floors, MOST, "known customer, no Idempotency-Key")


def _bodies(email: str) -> list[str]:
    return [
        orjson.dumps(
            {
                "subject": f"Order {number} has not arrived",
                "description": f"I ordered {number} things three weeks ago and nothing has come so far. " * 5,
                "customer_email": email,
            }
        ).decode()
        for number in range(_BODIES)
    ]
