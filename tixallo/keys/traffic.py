"""What keys were used for, read: what is stored, and with it what this process has not written yet.

So a request shows in the answer that follows it; that of another process shows once it is written, within seconds.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

import orjson

from tixallo.keys import clients, storing
from tixallo.keys.models import ANY_REFUSED, REFUSALS
from tixallo.keys.tallies import OTHERS, PASSED, CallerTally, KeyTally
from tixallo.keys.usage import ledger
from tixallo.kit import clock, sql
from tixallo.kit.sql import Dialect, Row, Statement

_HOURS_SHOWN = 24
CALLERS_SHOWN = 20
_HOUR = 3600
_DAY = 24
# More than a day has hours.
_PACKED = 100
# A flush takes milliseconds to commit.
_TRIES = 20
_PAUSE_SECONDS = 0.005
_Rows = TypeVar("_Rows")


class Use(NamedTuple):
    """The last use of a key, and the status it was answered with, if that is known."""

    at: datetime
    network: str
    client: str
    route: str
    status: int | None


class Habit(NamedTuple):
    """The last use of a key, and the longest time between two uses so far: None until there were two."""

    last: Use
    pause: timedelta | None


class Recent(NamedTuple):
    """What came with a key lately.

    `hours` are the requests that passed in each of the last 24 hours of the clock, the running one last. `refused` are
    those of these hours that did not, by reason, `refused_lately` those of the running hour and the one before it; only
    reasons that occurred are named.
    """

    last: Use | None
    hours: list[int]
    refused: dict[str, int]
    refused_lately: dict[str, int]


class Step(NamedTuple):
    """A stretch of time that begins `at`: how many requests passed, and how many did not, by reason."""

    at: datetime
    passed: int
    refused: dict[str, int]


class Caller(NamedTuple):
    """What a client in a network did with a key. `used_at` and `refused_at` are its last use and its last refusal."""

    client: str
    network: str
    passed: int
    refused: int
    first_at: datetime
    used_at: datetime | None
    refused_at: datetime | None

    @property
    def seen_at(self) -> datetime:
        """When its last request came."""
        return max(filter(None, (self.used_at, self.refused_at)), default=self.first_at)


class Callers(NamedTuple):
    """The callers of a key, the last seen first; how many more there are, and all without a name as one, if any."""

    shown: list[Caller]
    more: int
    others: Caller | None


class Move(NamedTuple):
    """A caller of a key that is being replaced, or of its successor: its last request with the old one, whether that
    was refused, and its last use of the new one.
    """

    client: str
    network: str
    old_at: datetime | None
    refused: bool
    new_at: datetime | None


def recent(workspace_id: str, key_ids: Sequence[str]) -> dict[str, Recent]:
    """Return what came with each of some keys in the last 24 hours; those without a request are there too."""
    running = int(clock.seconds()) // _HOUR
    since, until = (clock.from_seconds(hour * _HOUR) for hour in (running - _HOURS_SHOWN + 1, running))
    keys = _ids(key_ids)
    hours = workspace_id, sql.moment(since), sql.moment(until), keys
    (days, refusals, uses), noted = _both(
        workspace_id,
        key_ids,
        lambda _: (_DAYS.rows(*hours), _REFUSALS.rows(*hours), _LAST.rows(keys, workspace_id)),
    )
    found = {key_id: Recent(None, [0] * _HOURS_SHOWN, {}, {}) for key_id in key_ids}
    for stored_id, passed in days:
        shown = found[str(stored_id)].hours
        for each in orjson.loads(passed):
            shown[-1 - (running - each % _PACKED) % _DAY] = each // _PACKED
    for stored_id, hour, *counts in refusals:
        _refuse_at(found[str(stored_id)], (running - hour) % _DAY, counts)
    for key_id, tally in noted.items():
        for hour, counts in tally.hours.items():
            age = running - hour
            if 0 <= age < _HOURS_SHOWN:
                found[key_id].hours[_HOURS_SHOWN - 1 - age] += counts[PASSED]
                _refuse_at(found[key_id], age, counts[1:])
    for key_id, use in _last_uses(uses, noted).items():
        found[key_id] = found[key_id]._replace(last=use)
    return found


def series(workspace_id: str, key_id: str, *, hours: int, step: int) -> list[Step]:
    """Return what came with a key in the last `hours`, in steps of `step` hours (both whole; steps begin at multiples
    of their length since the epoch, UTC); the last one is still running.
    """
    running = int(clock.seconds()) // _HOUR // step
    first = running - hours // step + 1
    since = clock.from_seconds(first * step * _HOUR)
    rows, noted = _both(workspace_id, [key_id], lambda _: _HOURS.rows(workspace_id, sql.moment(since), _ids([key_id])))
    steps = [Step(clock.from_seconds(number * step * _HOUR), 0, {}) for number in range(first, running + 1)]
    for _, hour, counts in _counted(rows, noted):
        place = hour // step - first
        if 0 <= place < len(steps):
            found = steps[place]
            _refuse(found.refused, counts[1:])
            steps[place] = found._replace(passed=found.passed + counts[PASSED])
    return steps


def callers(workspace_id: str, key_id: str, most: int = CALLERS_SHOWN) -> Callers:
    """Return who called with a key in the last 90 days, at most `most` of them by name."""
    found = _callers(workspace_id, [key_id])[key_id]
    others = found.pop(OTHERS, None)
    ordered = sorted(found.values(), key=lambda caller: caller.seen_at, reverse=True)
    return Callers(ordered[:most], max(len(ordered) - most, 0), others)


def moves(workspace_id: str, old_id: str, new_id: str) -> list[Move]:
    """Return who called with a key or its successor in the last 90 days; all without a name are one, its name empty."""
    found = _callers(workspace_id, [old_id, new_id])
    old, new = found[old_id], {name: caller.used_at for name, caller in found[new_id].items() if caller.used_at}
    return [_move(name, old.get(name), new.get(name)) for name in {**old, **new}]


def last_uses(workspace_id: str, key_ids: Sequence[str]) -> dict[str, Use]:
    """Return the last use of each key that was ever used."""
    return {key_id: habit.last for key_id, habit in habits(workspace_id, key_ids).items()}


def habits(workspace_id: str, key_ids: Sequence[str]) -> dict[str, Habit]:
    """Return when each key that was ever used was used last, and its longest pause, to about five seconds."""
    keys = _ids(key_ids)
    rows, noted = _both(workspace_id, key_ids, lambda _: _LAST.rows(keys, workspace_id))
    stored = {str(row[0]): row for row in rows}
    uses = _last_uses(rows, noted)
    return {key_id: Habit(use, _pause(stored.get(key_id), noted.get(key_id))) for key_id, use in uses.items()}


def _both(
    workspace_id: str, key_ids: Sequence[str], read: Callable[[dict[str, KeyTally]], _Rows]
) -> tuple[_Rows, dict[str, KeyTally]]:
    """Return what `read` gives and what is not in it yet, each request in one of them; `read` is given the latter."""
    for _ in range(_TRIES):
        turn = ledger.turn()
        if turn % 2 == 0:
            noted = ledger.unflushed(workspace_id, key_ids)
            rows = read(noted)
            if ledger.turn() == turn:
                return rows, noted
        time.sleep(_PAUSE_SECONDS)
    noted = ledger.unflushed(workspace_id, key_ids)
    return read(noted), noted


def _last_uses(rows: Iterable[Row], noted: dict[str, KeyTally]) -> dict[str, Use]:
    """Return the last use of each key of what is stored and what is not yet."""
    found = {str(row[0]): _use(sql.read_moment(row[1]), row[2], row[3], row[4], row[6]) for row in rows}
    for key_id, tally in noted.items():
        last, before = tally.last, found.get(key_id)
        if last is not None and (before is None or before.at.timestamp() < last.at):
            found[key_id] = _use(clock.from_seconds(last.at), *last[4:7], last.status or None)
    return found


def _pause(row: Row | None, tally: KeyTally | None) -> timedelta | None:
    pauses = [] if row is None or row[5] is None else [row[5]]
    if tally is not None and tally.last is not None:
        pauses += [tally.pause] if tally.pause else []
        pauses += [] if row is None else [max(tally.first_used - sql.read_moment(row[1]).timestamp(), 0)]
    return timedelta(seconds=int(max(pauses))) if pauses else None


def _counted(rows: Iterable[Row], noted: dict[str, KeyTally]) -> Iterator[tuple[str, int, Sequence[int]]]:
    """Yield key, hour since the epoch and counts by outcome of what is stored and what is not yet."""
    hours: dict[object, int] = {}
    for key_id, at, *counts in rows:
        # Few hours come in many rows.
        hour = hours.get(at)
        if hour is None:
            hour = hours[at] = int(sql.read_moment(at).timestamp()) // _HOUR
        yield str(key_id), hour, counts
    for key_id, tally in noted.items():
        for hour, noted_counts in tally.hours.items():
            yield key_id, hour, noted_counts


def _callers(workspace_id: str, key_ids: Sequence[str]) -> dict[str, dict[tuple[str, str], Caller]]:
    """Return the callers of each key by client and network."""

    def read(noted: dict[str, KeyTally]) -> tuple[list[Row], list[tuple[storing.Name, CallerTally]]]:
        # Under the names that they will be stored with.
        return _CALLERS.rows(workspace_id, _ids(key_ids)), list(storing.placed(list(noted.items()))) if noted else []

    (rows, unwritten), _ = _both(workspace_id, key_ids, read)
    found: dict[str, dict[tuple[str, str], Caller]] = {key_id: {} for key_id in key_ids}
    for key_id, client, network, passed, refused, first_at, used_at, refused_at in rows:
        times = sql.read_moment(first_at), sql.read_moment_or_none(used_at), sql.read_moment_or_none(refused_at)
        found[str(key_id)][client, network] = Caller(client, network, int(passed), int(refused), *times)
    for (noted_id, _, client, network), more in unwritten:
        known = found[noted_id].get((client, network))
        new = Caller(
            client,
            network,
            more.passed,
            more.refused,
            clock.from_seconds(more.first_at),
            clock.from_seconds(more.used_at) if more.used_at else None,
            clock.from_seconds(more.refused_at) if more.refused_at else None,
        )
        found[noted_id][client, network] = new if known is None else _added(known, new)
    return found


def _move(name: tuple[str, str], old: Caller | None, new_at: datetime | None) -> Move:
    if old is None:
        return Move(*name, None, False, new_at)
    return Move(*name, old.seen_at, old.seen_at != old.used_at, new_at)


def _added(one: Caller, other: Caller) -> Caller:
    return Caller(
        one.client,
        one.network,
        one.passed + other.passed,
        one.refused + other.refused,
        min(one.first_at, other.first_at),
        max(filter(None, (one.used_at, other.used_at)), default=None),
        max(filter(None, (one.refused_at, other.refused_at)), default=None),
    )


def _use(at: datetime, address: str, agent: str, route: str, status: int | None) -> Use:
    # After seven days only the network is left of an address.
    return Use(at, address if "/" in address else clients.network(address), clients.client(agent), route, status)


def _refuse_at(key: Recent, age: int, counts: Sequence[int]) -> None:
    _refuse(key.refused, counts)
    if age <= 1:
        _refuse(key.refused_lately, counts)


def _refuse(found: dict[str, int], counts: Sequence[int]) -> None:
    if not any(counts):
        return
    for reason, count in zip(REFUSALS, counts, strict=True):
        if count:
            found[reason] = found.get(reason, 0) + count


def _ids(key_ids: Sequence[str]) -> str:
    return orjson.dumps(key_ids).decode()


def _given(dialect: Dialect) -> str:
    if dialect.name == "postgresql":
        return "(SELECT value::uuid AS id FROM json_array_elements_text(?::json) AS given(value))"
    return "(SELECT value AS id FROM json_each(?))"


def _hour(dialect: Dialect) -> str:
    """Return the number of an hour within its day. A day has each once, so that it tells which hour it is."""
    if dialect.name == "postgresql":
        return "extract(hour FROM hour AT TIME ZONE 'UTC')::int"
    return "CAST(substr(hour, 12, 2) AS INTEGER)"


def _days(dialect: Dialect) -> str:
    listed = "string_agg" if dialect.name == "postgresql" else "group_concat"
    # A number holds both the count and the hour: less text to put together and to read.
    passed = f"{listed}(CAST(CAST(passed AS bigint) * {_PACKED} + {_hour(dialect)} AS text), ',')"
    return (
        f"SELECT key_id, '[' || {passed} || ']' "
        "FROM keys_keyhour WHERE workspace_id = ? AND hour >= ? AND hour <= ? "
        f"AND key_id IN {_given(dialect)} GROUP BY key_id"
    )


def _refusals(dialect: Dialect) -> str:
    return (
        f"SELECT key_id, {_hour(dialect)}, {', '.join(f'refused_{reason}' for reason in REFUSALS)} "
        f"FROM keys_keyhour WHERE workspace_id = ? AND hour >= ? AND hour <= ? AND {ANY_REFUSED} "
        f"AND {dialect.unindexed('key_id')} IN {_given(dialect)}"
    )


_HOURS = Statement(
    lambda dialect: (
        f"SELECT key_id, {dialect.moment('hour')}, passed, {', '.join(f'refused_{reason}' for reason in REFUSALS)} "
        f"FROM keys_keyhour WHERE workspace_id = ? AND hour >= ? AND key_id IN {_given(dialect)}"
    )
)
# A row for each key.
_DAYS = Statement(_days)
_REFUSALS = Statement(_refusals)
# From the ids to the keys: the other way round SQLite would walk through all keys of the workspace.
_LAST = Statement(
    lambda dialect: (
        f"SELECT k.id, {dialect.moment('k.last_used_at')}, k.last_used_from, k.last_used_client, k.last_used_route, "
        f"k.longest_pause, k.last_used_status FROM {_given(dialect)} AS wanted CROSS JOIN keys_apikey k "
        "WHERE k.id = wanted.id AND k.workspace_id = ? AND k.last_used_at IS NOT NULL"
    )
)
_CALLERS = Statement(
    lambda dialect: (
        "SELECT key_id, client, network, sum(passed), sum(refused), "
        + ", ".join(dialect.moment(each) for each in ("min(first_at)", "max(last_used_at)", "max(last_refused_at)"))
        + f" FROM keys_keycaller WHERE workspace_id = ? AND key_id IN {_given(dialect)} "
        "GROUP BY key_id, client, network"
    )
)
