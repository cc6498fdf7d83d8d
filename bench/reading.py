"""Figure: CPU per authenticated `GET /tickets?limit=20` against the floor, with the answer cache off and on."""

from collections.abc import Iterator
from contextlib import ExitStack

from bench import data, load
from bench.figures import Figure, Size, ratio_of
from bench.processes import Web

MOST_OFF = 1.7
MOST_ON = 0.7
TARGET = "/api/v1/tickets?limit=20"
# Both sides must have come up to speed before the first round.
_WARM_UP = 500


def measure(size: Size) -> Iterator[Figure]:
    """Yield the figures."""
    found = data.filled("tickets", "sqlite", count=size.tickets)
    requests = [load.request("GET", TARGET, found.facts["key"])]
    floor = {**found.environment, "TIXALLO_THREADS": "1", "BENCH_WORKSPACE": found.facts["workspace"]}
    costs: dict[str, list[load.Round]] = {"floor": [], "off": [], "on": []}
    with ExitStack() as stack:
        webs = {
            "floor": Web(floor, application="bench.floor:reading", prepare="bench.floor:prepare"),
            "off": Web({**found.environment, "TIXALLO_CACHE_BYTES": "0"}),
            "on": Web(found.environment),
        }
        for web in webs.values():
            stack.enter_context(web)
            load.round_of(web, requests, _WARM_UP, 200)
        for _ in range(size.rounds):
            for name, web in webs.items():
                costs[name].append(load.round_of(web, requests, size.requests, 200))
    cpu = {name: [each.cpu for each in rounds] for name, rounds in costs.items()}
    detail = f"{len(costs['on'][-1].answer):,} bytes an answer, {size.tickets:,} tickets"
    yield ratio_of("GET /tickets, cache off", cpu["off"], cpu["floor"], MOST_OFF, detail)
    yield ratio_of("GET /tickets, cache on", cpu["on"], cpu["floor"], MOST_ON, detail)
