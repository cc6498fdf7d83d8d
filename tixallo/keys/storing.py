"""Adding what was counted to what is stored: for many keys in a few statements, by any number of processes at once."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson

from tixallo.keys.masking import masked
from tixallo.keys.models import REFUSALS
from tixallo.keys.tallies import OTHERS, CallerTally, KeyTally, Note, Tally
from tixallo.kit import clock, sql
from tixallo.kit.sql import Dialect, Row, Statement

MOST_CALLERS = 50
_LONGEST = 120
# An IPv6 address with one of IPv4 in it; with a zone it can be longer.
_LONGEST_ADDRESS = 45
_MOST_KEYS = 500
_MOST_CALLERS_AT_ONCE = 2_000

Batch = list[tuple[str, KeyTally]]
Name = tuple[str, int, str, str]


def batches(tally: Tally) -> Iterator[Batch]:
    """Yield the keys in the order of their ids, as many at a time as one transaction should write."""
    batch: Batch = []
    callers = 0
    for key_id in sorted(tally.keys):
        key = tally.keys[key_id]
        if batch and (len(batch) == _MOST_KEYS or callers + len(key.callers) > _MOST_CALLERS_AT_ONCE):
            yield batch
            batch, callers = [], 0
        batch.append((key_id, key))
        callers += len(key.callers)
    if batch:
        yield batch


def hold(key_ids: Iterable[str]) -> list[Row]:
    """Within a transaction, keep others from changing some keys until it ends; return of each its id, last use and
    longest pause.

    Whoever changes more than one key holds all of them first, in the order of their ids: two who take the same keys in
    different orders would wait for each other.
    """
    return _HOLD.rows(_json([key_id] for key_id in key_ids))


def write(batch: Batch) -> None:
    """Within a transaction, add a batch to the tables; keys that are gone are passed over."""
    # Holding the keys keeps two processes from giving the last place to two callers.
    found = hold(key_id for key_id, _ in batch)
    stored = {str(row[0]): (row[1] and sql.read_moment(row[1]), row[2]) for row in found}
    held = [(key_id, key) for key_id, key in batch if key_id in stored]
    uses = [_use(key_id, key, key.last, *stored[key_id]) for key_id, key in held if key.last is not None]
    if uses:
        _USE.run(_json(uses))
    _HOURS.run(_json(_hours(held)))
    _CALLERS.run(_json(_callers(held)))
    # After the keys, whose order they follow in all processes.
    _TURNS.run(_json([workspace_id] for workspace_id in sorted({key.workspace_id for _, key in held})))


def placed(batch: Batch) -> Iterator[tuple[Name, CallerTally]]:
    """Yield the callers of a batch by key, day (counted from the epoch), client and network, as they are stored: those
    beyond the most of a key and day are one without a name.
    """
    days = {(key.workspace_id, key_id, _day(day)) for key_id, key in batch for day, _, _ in key.callers}
    known: dict[tuple[str, str], set[tuple[str, str]]] = {(key_id, day): set() for _, key_id, day in days}
    for key_id, day, client, network in _KNOWN.rows(_json(sorted(days))):
        known[str(key_id), str(day)].add((client, network))
    for key_id, key in batch:
        rows: dict[Name, CallerTally] = {}
        for (number, client, network), caller in sorted(key.callers.items(), key=lambda item: item[1].first_at):
            name = _place(known[key_id, _day(number)], (client, network))
            rows.setdefault((key_id, number, *name), CallerTally(caller.first_at)).merge(caller)
        yield from sorted(rows.items())


def _use(key_id: str, key: KeyTally, last: Note, before: datetime | None, pause: int | None) -> list[Any]:
    """Return the last use of a key, and its longest pause: None until there were two uses."""
    pauses = [key.pause] if key.first_used < last.at else []
    if before is not None:
        pauses.append(max(key.first_used - before.timestamp(), 0))
    if pause is not None:
        pauses.append(pause)
    agent = masked(last.agent)[:_LONGEST]
    status, longest = last.status or None, int(max(pauses)) if pauses else None
    address = last.address[:_LONGEST_ADDRESS]
    return [key_id, _moment(last.at), address, agent, last.route[:_LONGEST], status, longest]


def _hours(batch: Batch) -> Iterator[list[Any]]:
    for key_id, key in batch:
        for hour in sorted(key.hours):
            yield [key.workspace_id, key_id, _moment(hour * 3600), *key.hours[hour]]


def _callers(batch: Batch) -> Iterator[list[Any]]:
    workspaces = {key_id: key.workspace_id for key_id, key in batch}
    for (key_id, day, client, network), caller in placed(batch):
        yield [workspaces[key_id], key_id, _day(day), client, network, *_row(caller)]


def _place(places: set[tuple[str, str]], name: tuple[str, str]) -> tuple[str, str]:
    if name not in places and name != OTHERS:
        if len(places - {OTHERS}) >= MOST_CALLERS:
            return OTHERS
        places.add(name)
    return name


def _row(caller: CallerTally) -> list[Any]:
    return [
        caller.passed,
        caller.refused,
        _moment(caller.first_at),
        _moment(caller.used_at) if caller.used_at else None,
        _moment(caller.refused_at) if caller.refused_at else None,
        caller.address[:_LONGEST_ADDRESS],
        caller.route[:_LONGEST],
    ]


def _moment(seconds: float) -> str:
    return clock.from_seconds(seconds).strftime("%Y-%m-%d %H:%M:%S.%f" if seconds % 1 else "%Y-%m-%d %H:%M:%S")


def _day(number: int) -> str:
    return f"{clock.from_seconds(number * 86_400):%Y-%m-%d}"


def _json(rows: Any) -> str:
    return orjson.dumps(list(rows)).decode()


def _cells(dialect: Dialect, types: Sequence[str]) -> str:
    if dialect.name == "postgresql":
        return ", ".join(f"(value->>{number})::{kind}" for number, kind in enumerate(types))
    return ", ".join(f"json_extract(value, '$[{number}]')" for number in range(len(types)))


def _rows(dialect: Dialect) -> str:
    return "json_array_elements(?::json) AS given(value)" if dialect.name == "postgresql" else "json_each(?) AS given"


def _hold(dialect: Dialect) -> str:
    # Rows that point at a key only share it, so that writing them does not wait for this.
    lock = " FOR NO KEY UPDATE" if dialect.name == "postgresql" else ""
    # unscoped: the keys are named by their ids, as authenticated
    return (
        f"SELECT k.id, {dialect.moment('k.last_used_at')}, k.longest_pause FROM keys_apikey k "
        f"WHERE k.id IN (SELECT {_cells(dialect, ('uuid',))} FROM {_rows(dialect)}) ORDER BY k.id{lock}"
    )


def _use_text(dialect: Dialect) -> str:
    types = ("uuid", "timestamptz", "text", "text", "text", "smallint", "integer")
    # unscoped: the keys are named by their ids, as authenticated
    return (
        "WITH used (id, at, address, client, route, status, pause) AS "
        f"(SELECT {_cells(dialect, types)} FROM {_rows(dialect)}) "
        "UPDATE keys_apikey SET last_used_at = used.at, last_used_from = used.address, "
        "last_used_client = used.client, last_used_route = used.route, last_used_status = used.status, "
        "longest_pause = used.pause "
        "FROM used WHERE keys_apikey.id = used.id "
        "AND (keys_apikey.last_used_at IS NULL OR keys_apikey.last_used_at < used.at)"
    )


def _known_text(dialect: Dialect) -> str:
    return (
        "WITH used (workspace_id, key_id, day) AS "
        f"(SELECT {_cells(dialect, ('uuid', 'uuid', 'date'))} FROM {_rows(dialect)}) "
        "SELECT c.key_id, c.day, c.client, c.network FROM used JOIN keys_keycaller c "
        "ON c.workspace_id = used.workspace_id AND c.key_id = used.key_id AND c.day = used.day"
    )


def _hours_text(dialect: Dialect) -> str:
    counts = ("passed", *(f"refused_{reason}" for reason in REFUSALS))
    sums = ", ".join(f"{count} = kept.{count} + excluded.{count}" for count in counts)
    cells = _cells(dialect, ("uuid", "uuid", "timestamptz", *(["integer"] * len(counts))))
    return (
        f"INSERT INTO keys_keyhour AS kept (workspace_id, key_id, hour, {', '.join(counts)}) "
        f"SELECT {cells} FROM {_rows(dialect)} WHERE true "
        f"ON CONFLICT (workspace_id, key_id, hour) DO UPDATE SET {sums}"
    )


def _callers_text(dialect: Dialect) -> str:
    text, time = "text", "timestamptz"
    types = ("uuid", "uuid", "date", text, text, "integer", "integer", time, time, time, text, text)
    later, earlier = ("greatest", "least") if dialect.name == "postgresql" else ("max", "min")
    newer = f"{_latest('excluded')} >= {_latest('kept')}"
    return (
        "INSERT INTO keys_keycaller AS kept (workspace_id, key_id, day, client, network, passed, refused, first_at, "
        f"last_used_at, last_refused_at, last_address, last_route) SELECT {_cells(dialect, types)} "
        f"FROM {_rows(dialect)} WHERE true ON CONFLICT (workspace_id, key_id, day, client, network) DO UPDATE SET "
        "passed = kept.passed + excluded.passed, refused = kept.refused + excluded.refused, "
        f"first_at = {earlier}(kept.first_at, excluded.first_at), "
        + ", ".join(
            f"{name} = {later}(coalesce(kept.{name}, excluded.{name}), coalesce(excluded.{name}, kept.{name}))"
            for name in ("last_used_at", "last_refused_at")
        )
        + f", last_address = CASE WHEN {newer} THEN excluded.last_address ELSE kept.last_address END, "
        f"last_route = CASE WHEN {newer} AND excluded.last_route <> '' THEN excluded.last_route "
        "ELSE kept.last_route END"
    )


def _turns_text(dialect: Dialect) -> str:
    return (
        f"INSERT INTO keys_keyturn AS kept (workspace_id, turn) SELECT {_cells(dialect, ('uuid',))}, 1 "
        f"FROM {_rows(dialect)} WHERE true ON CONFLICT (workspace_id) DO UPDATE SET turn = kept.turn + 1"
    )


def _latest(table: str) -> str:
    """Return the time of a caller's last request: one of the two times is always there."""
    used, refused = f"{table}.last_used_at", f"{table}.last_refused_at"
    return f"CASE WHEN {used} IS NULL OR {refused} > {used} THEN {refused} ELSE {used} END"


_HOLD = Statement(_hold)
_USE = Statement(_use_text)
_KNOWN = Statement(_known_text)
_HOURS = Statement(_hours_text)
_CALLERS = Statement(_callers_text)
_TURNS = Statement(_turns_text)
