"""Figure: how long a search for two words takes in a workspace of a million messages, on both databases."""

from collections.abc import Iterator, Sequence
from statistics import quantiles
from typing import Any

from bench import data
from bench.figures import Figure, Size
from bench.processes import Inside

MOST_MILLISECONDS = 50.0
MOST_ROWS = 10_000
# The same words are asked for in every run.
_CHANCE = 1


def measure(size: Size, databases: Sequence[str] = ("sqlite", "postgresql")) -> Iterator[Figure]:
    """Yield the figures, on each of the databases."""
    for database in databases:
        found = data.filled("marked", database, count=size.large, messages=1, matches=size.matches)
        with Inside(found.environment) as process:
            took = process.call("bench.search:times", workspace=found.facts["workspace"], searches=size.searches)
        milliseconds = sorted(each["milliseconds"] for each in took)
        matches = sorted(each["matches"] for each in took)
        at = quantiles(milliseconds, n=100)
        detail = (
            f"{len(took):,} searches that match {matches[0]:,} to {matches[-1]:,} rows, {matches[len(matches) // 2]:,} "
            f"in the middle; p50 {at[49]:.1f} ms, p99 {at[98]:.1f} ms"
        )
        yield Figure(f"{database}, search for two words, p95", at[94], "ms", MOST_MILLISECONDS, detail)


def times(workspace: str, searches: int) -> list[dict[str, float]]:
    """Return the milliseconds that searches took, and how many tickets each finds."""
    import time

    from tixallo.tickets.queries import list_tickets

    found: list[dict[str, float]] = []
    for each in chosen(workspace, searches):
        start = time.perf_counter()
        list_tickets(workspace, {"q": each["query"]}, None, 20)
        found.append({"milliseconds": (time.perf_counter() - start) * 1000, "matches": each["matches"]})
    return found


def chosen(workspace: str, searches: int) -> list[dict[str, Any]]:
    """Return searches for two words of one ticket each that find at most `MOST_ROWS`, and how many they find."""
    import random

    from tixallo.kit.sql import Statement
    from tixallo.tickets import searching

    chance = random.Random(_CHANCE)
    pick = Statement("SELECT subject, description FROM tickets_ticket WHERE workspace_id = ? AND number = ?")
    count = Statement(
        lambda dialect: f"SELECT count(*) FROM (SELECT 1 FROM {searching.matches(dialect)} found LIMIT ?) few"
    )
    newest = Statement("SELECT ticket_count FROM workspaces_workspace WHERE id = ?").one(workspace)
    assert newest is not None
    found: list[dict[str, Any]] = []
    while len(found) < searches:
        row = pick.one(workspace, chance.randint(1, newest[0]))
        assert row is not None
        query = " ".join(_two(chance, " ".join(row)))
        matches: Any = count.one(searching.asked(workspace, query), MOST_ROWS + 1)
        if matches[0] <= MOST_ROWS:
            found.append({"query": query, "matches": matches[0]})
    return found


def _two(chance: Any, text: str) -> list[str]:
    from tixallo.kit.text import words

    two: list[str] = chance.sample(sorted({word for word in words(text) if len(word) > 2}), 2)
    return two
