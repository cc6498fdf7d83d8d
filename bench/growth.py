"""Figures: what a page costs in a workspace of a million tickets against one of ten thousand, under every filter.

Each filter alone finds equally many tickets at both sizes, and each list is read at its start and from deep cursors.
"""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from bench import data
from bench.data import DataSet
from bench.figures import RATIO, Figure, Size
from bench.processes import Inside, cpu_seconds

MOST = 1.3
DEPTHS = (0, 10, 50, 90)
_LIMIT = 20
# A round lasts this long, and no less than so many calls.
_SECONDS = 0.04
_FEWEST = 5


def measure(size: Size, databases: Sequence[str] = ("sqlite", "postgresql")) -> Iterator[Figure]:
    """Yield the figures, on each of the databases."""
    for database in databases:
        yield from _compare(
            database,
            max(size.rounds // 2, 3),
            *(
                data.filled("marked", database, count=count, messages=1, matches=size.matches)
                for count in (size.small, size.large)
            ),
        )


def _compare(database: str, rounds: int, small: DataSet, large: DataSet) -> Iterator[Figure]:
    with Inside(small.environment) as few, Inside(large.environment) as many:
        for process, found in ((few, small), (many, large)):
            process.call("bench.growth:prepare", facts=found.facts)
        for name in ("none", *_filters(small.facts)):
            costs = {depth: [_pair(few, many, name, depth) for _ in range(rounds)] for depth in DEPTHS}
            yield _worst(f"{database}, filter: {name}", costs)


def _pair(few: Inside, many: Inside, name: str, depth: int) -> tuple[float, float]:
    before, after = (process.call("bench.growth:cost", name=name, depth=depth) for process in (few, many))
    return before, after


def _worst(name: str, costs: dict[int, list[tuple[float, float]]]) -> Figure:
    ratios = {depth: median(after / before for before, after in pairs) for depth, pairs in costs.items()}
    worst = max(ratios, key=lambda depth: ratios[depth])
    before, after = (median(each) for each in zip(*costs[worst], strict=True))
    depths = ", ".join(f"{depth} %: {ratio:.2f}" for depth, ratio in ratios.items())
    return Figure(name, ratios[worst], RATIO, MOST, f"{after:.0f} µs against {before:.0f} µs; {depths}")


def _filters(facts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        "status": {"status": "pending"},
        "priority": {"priority": "urgent"},
        "customer_id": {"customer_id": facts["customer"]},
        "customer_email": {"customer_email": facts["email"]},
        "tag": {"tag": facts["mark"]},
        "updated_since": {"updated_since": "2039-01-01T00:00:00+00:00"},
        "q": {"q": facts["mark"]},
    }


# ---- What follows runs in the processes.

_known: dict[str, Any] = {}


def prepare(facts: dict[str, Any]) -> None:
    """Remember the data set, and the places in its lists that cursors point at."""
    from datetime import datetime

    from tixallo.kit import sql
    from tixallo.kit.paging import Place
    from tixallo.kit.sql import Statement

    place = Statement(
        lambda dialect: (
            f"SELECT {dialect.moment('created_at')}, id FROM tickets_ticket WHERE workspace_id = ? "
            "AND (? = 1 OR customer_id = ?) ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ?"
        )
    )
    filters: dict[str, dict[str, Any]] = {"none": {}, **_filters(facts)}
    filters["updated_since"] = {"updated_since": datetime.fromisoformat(filters["updated_since"]["updated_since"])}
    places: dict[tuple[str, int], Place | None] = {}
    for name in filters:
        length = facts["count"] if name == "none" else facts["matches"]
        for depth in DEPTHS:
            offset = length * depth // 100
            row = place.one(facts["workspace"], int(name == "none"), facts["customer"], offset) if depth else None
            places[name, depth] = None if row is None else Place(sql.read_moment(row[0]), str(row[1]))
    backend = Statement("SELECT pg_backend_pid()").one() if sql.current().vendor == "postgresql" else None
    _known.update(workspace=facts["workspace"], filters=filters, places=places, backend=backend and backend[0])


def cost(name: str, depth: int) -> float:
    """Return the CPU µs of reading a page, the database's own process included."""
    import os

    from tixallo.tickets.queries import list_tickets

    workspace, filters, after = _known["workspace"], _known["filters"][name], _known["places"][name, depth]
    processes = [os.getpid()] + [_known["backend"]] * bool(_known["backend"])
    used = 0.0
    calls = 0
    body = list_tickets(workspace, filters, after, _LIMIT)
    assert body.count(b'"ticket_number"') == _LIMIT, body
    while used < _SECONDS or calls < _FEWEST:
        start = sum(map(cpu_seconds, processes))
        for _ in range(_FEWEST):
            list_tickets(workspace, filters, after, _LIMIT)
        used += sum(map(cpu_seconds, processes)) - start
        calls += _FEWEST
    return used / calls * 1e6
