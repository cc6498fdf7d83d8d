"""Notes of requests added up in memory: for each key its hours and its callers, until they are written."""

from collections.abc import Iterable
from typing import NamedTuple

from tixallo.keys import clients
from tixallo.keys.models import REASONS

OUTCOMES = {outcome: number for number, outcome in enumerate(("passed", *REASONS))}
PASSED = OUTCOMES["passed"]
_HOUR = 3600
# More than are kept for a day, so that a flood of new callers does not at once take the places of those that are known.
_MOST_CALLERS = 200
_MOST_SPELLINGS = 400
OTHERS = ("", "")


class Note(NamedTuple):
    """A request with a key: when (seconds since the epoch), whose, how it went (of `OUTCOMES`), from where,
    by what, and its route, empty if that was not looked for.
    """

    at: float
    workspace_id: str
    key_id: str
    outcome: int
    address: str
    agent: str
    route: str


class CallerTally:
    """What one caller did on a day."""

    __slots__ = ("address", "first_at", "passed", "refused", "refused_at", "route", "seen_at", "used_at")

    def __init__(self, at: float) -> None:
        self.passed = self.refused = 0
        self.first_at = self.seen_at = at
        self.used_at = self.refused_at = 0.0
        self.address = self.route = ""

    def merge(self, other: "CallerTally") -> None:
        """Add what another one counted of the same caller and day."""
        self.passed += other.passed
        self.refused += other.refused
        self.first_at = min(self.first_at, other.first_at)
        self.used_at, self.refused_at = max(self.used_at, other.used_at), max(self.refused_at, other.refused_at)
        if other.seen_at >= self.seen_at:
            self.seen_at, self.address, self.route = other.seen_at, other.address, other.route or self.route


class KeyTally:
    """What came with one key: hours (counted from the epoch) with a number for each outcome, callers by day, client and
    network, the first and last note of a use, and the longest pause between two of them.
    """

    def __init__(self, workspace_id: str) -> None:
        self.workspace_id = workspace_id
        self.hours: dict[int, list[int]] = {}
        self.callers: dict[tuple[int, str, str], CallerTally] = {}
        self.first_used = self.pause = 0.0
        self.last: Note | None = None
        # By address and client as they came: what is looked up for each note.
        self._spellings: dict[tuple[int, str, str], CallerTally] = {}

    def add(self, note: Note) -> None:
        """Count a request."""
        at, _, _, outcome, address, agent, route = note
        hour = int(at) // _HOUR
        counts = self.hours.get(hour)
        if counts is None:
            counts = self.hours[hour] = [0] * len(OUTCOMES)
        counts[outcome] += 1
        spelling = (hour // 24, address, agent)
        caller = self._spellings.get(spelling) or self._spelt(spelling, at)
        caller.seen_at = at
        caller.address = address
        if route:
            caller.route = route
        if outcome:
            caller.refused += 1
            caller.refused_at = at
        else:
            caller.passed += 1
            caller.used_at = at
            last = self.last
            if last is None:
                self.first_used = at
            elif at - last.at > self.pause:
                self.pause = at - last.at
            self.last = note

    def merge(self, other: "KeyTally") -> None:
        """Add what another one counted of the same key, at about the same time."""
        for hour, counts in other.hours.items():
            mine = self.hours.setdefault(hour, [0] * len(counts))
            self.hours[hour] = [a + b for a, b in zip(mine, counts, strict=True)]
        for (day, client, network), caller in other.callers.items():
            self._caller(day, client, network, caller.first_at).merge(caller)
        if other.last is not None:
            early, late = (self, other) if self.last is None or self.last.at <= other.last.at else (other, self)
            between = late.first_used - early.last.at if early.last is not None else 0.0
            self.pause, self.first_used = (
                max(self.pause, other.pause, between),
                min(filter(None, (self.first_used, other.first_used))),
            )
            self.last = late.last

    def _spelt(self, spelling: tuple[int, str, str], at: float) -> CallerTally:
        if len(self._spellings) >= _MOST_SPELLINGS:
            self._spellings.clear()
        day, address, agent = spelling
        found = self._spellings[spelling] = self._caller(day, clients.client(agent), clients.network(address), at)
        return found

    def _caller(self, day: int, client: str, network: str, at: float) -> CallerTally:
        caller = self.callers.get((day, client, network))
        if caller is None:
            name = (client, network) if len(self.callers) < _MOST_CALLERS else OTHERS
            caller = self.callers.setdefault((day, *name), CallerTally(at))
        return caller


class Tally:
    """What came with all keys."""

    def __init__(self) -> None:
        self.keys: dict[str, KeyTally] = {}

    def add(self, notes: Iterable[Note]) -> None:
        """Count requests."""
        keys = self.keys
        for note in notes:
            key = keys.get(note[2])
            if key is None:
                key = keys[note[2]] = KeyTally(note[1])
            key.add(note)

    def merge(self, key_id: str, other: KeyTally) -> None:
        """Add what another one counted of a key."""
        self.keys.setdefault(key_id, KeyTally(other.workspace_id)).merge(other)
