"""Figures: what checking a key and counting the request against its limit cost, with one key and with many, also beside
the bare look-up and hash; and what noting the request, adding it up and writing that cost.
"""

import hmac
import time
from collections.abc import Iterator
from itertools import cycle, islice
from statistics import median
from typing import Any

from bench import data
from bench.figures import Figure, Size, ratio_of
from bench.processes import inside

MOST_MICROSECONDS = 25.0
MOST_TIMES = 5.0
MOST_COUNTING_MICROSECONDS = 5.0


def measure(size: Size) -> Iterator[Figure]:
    """Yield the figures."""
    for keys in (1, size.keys):
        found = data.filled("keys", "sqlite", count=keys)
        given = {"keys": found.facts["keys"], "many": keys, "calls": size.calls}
        costs, floors = inside("bench.keycheck:costs", found.environment, **given)
        detail = f"rounds {min(costs):.1f} to {max(costs):.1f} µs; on SQLite"
        name = "Key check and limit, one key" if keys == 1 else f"Key check and limit, {keys:,} keys"
        yield Figure(name, median(costs), "µs", MOST_MICROSECONDS, detail)
        yield ratio_of(f"{name}, against the bare", costs, floors, MOST_TIMES, "a row by its key, and an HMAC")
    found = data.filled("keys", "sqlite", count=1)
    costs = inside("bench.keycheck:counting", found.environment, keys=found.facts["keys"], calls=size.calls)
    detail = f"rounds {min(costs):.1f} to {max(costs):.1f} µs; noted, added up, written once in {size.calls:,} requests"
    yield Figure("Use counting", median(costs), "µs", MOST_COUNTING_MICROSECONDS, detail)


def costs(keys: list[str], many: int, calls: int) -> tuple[list[float], list[float]]:
    """Return the CPU µs of a check, and of the bare look-up of a row and a hash, for each of some rounds over these
    keys; `many` keys have a log in the limiter.
    """
    from tixallo.keys.authenticating import authenticate
    from tixallo.keys.limiting import limiter
    from tixallo.kit import sql

    for number in range(many - 1):
        limiter.take(f"{number:036d}", 60)
    headers = [f"Bearer {key}" for key in keys]
    ids = [key.split("_")[1] for key in keys]
    # Its connection is open from here on.
    authenticate(headers[0])
    run = sql.current().connection.execute
    found: list[float] = []
    bare: list[float] = []
    for _ in range(_ROUNDS):
        sent: list[Any] = list(islice(cycle(headers), calls))
        start = time.process_time_ns()
        for header in sent:
            caller = authenticate(header)
            limiter.take(caller.key_id, caller.limit)
        found.append((time.process_time_ns() - start) / calls / 1000)
        asked = list(islice(cycle(ids), calls))
        start = time.process_time_ns()
        for public_id in asked:
            stored = run("SELECT digest FROM keys_apikey WHERE public_id = ?", (public_id,)).fetchone()[0]
            hmac.compare_digest(hmac.digest(b"pepper", public_id.encode(), "sha256").hex(), stored)
        bare.append((time.process_time_ns() - start) / calls / 1000)
    # The first round fills the caches of statements and pages.
    return found[1:], bare[1:]


def counting(keys: list[str], calls: int) -> list[float]:
    """Return the CPU µs that a request adds for being counted, for each of some rounds that end with a flush."""
    from tixallo.keys.authenticating import authenticate
    from tixallo.keys.tallies import PASSED
    from tixallo.keys.usage import Ledger

    caller = authenticate(f"Bearer {keys[0]}")
    ledger = Ledger()
    found: list[float] = []
    for _ in range(_ROUNDS):
        # Every request brings texts of its own, whose hashes are not known yet.
        sent = [(f"192.0.2.{number % 250}", _AGENTS[number % 5] + str(number % 2)) for number in range(calls)]
        start = time.process_time_ns()
        for address, agent in sent:
            ledger.note(caller.workspace_id, caller.key_id, address, agent, "GET /tickets", PASSED, 200)
        ledger.flush()
        found.append((time.process_time_ns() - start) / calls / 1000)
    return found[1:]


_ROUNDS = 10
_AGENTS = ("curl/8.5.", "node/22.", "python-requests/2.3", "Billing sync/1.", "Go-http-client/2.")
