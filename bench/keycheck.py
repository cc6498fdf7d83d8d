"""Figure: what checking a key and counting the request against its limit cost, with one key and with many."""

import time
from collections.abc import Iterator
from itertools import cycle, islice
from statistics import median
from typing import Any

from bench import data
from bench.figures import Figure, Size
from bench.processes import inside

MOST_MICROSECONDS = 25.0


def measure(size: Size) -> Iterator[Figure]:
    """Yield the figures."""
    for keys in (1, size.keys):
        found = data.filled("keys", "sqlite", count=keys)
        costs = inside("bench.keycheck:costs", found.environment, keys=found.facts["keys"], many=keys, calls=size.calls)
        detail = f"rounds {min(costs):.1f} to {max(costs):.1f} µs; on SQLite"
        name = "Key check and limit, one key" if keys == 1 else f"Key check and limit, {keys:,} keys"
        yield Figure(name, median(costs), "µs", MOST_MICROSECONDS, detail)


def costs(keys: list[str], many: int, calls: int) -> list[float]:
    """Return the CPU µs of a check, for each of some rounds over these keys; `many` keys have a log in the limiter."""
    from tixallo.keys.authenticating import authenticate
    from tixallo.keys.limiting import limiter

    for number in range(many - 1):
        limiter.take(f"{number:036d}", 60)
    headers = [f"Bearer {key}" for key in keys]
    found: list[float] = []
    for _ in range(_ROUNDS):
        sent: list[Any] = list(islice(cycle(headers), calls))
        start = time.process_time_ns()
        for header in sent:
            caller = authenticate(header)
            limiter.take(caller.key_id, caller.limit)
        found.append((time.process_time_ns() - start) / calls / 1000)
    # The first round fills the caches of statements and pages.
    return found[1:]


_ROUNDS = 10
