"""Notes of requests added up in memory: for each key its hours and its callers, until they are written."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from tixallo.keys import clients
from tixallo.keys.models import REFUSALS

OUTCOMES = {outcome: number for number, outcome in enumerate(("passed", *REFUSALS))}
PASSED = OUTCOMES["passed"]
_HOUR = 3600
# What can wait to be written while the database takes nothing: some 50 MB each.
MOST_CALLERS_WAITING = 100_000
MOST_HOURS_WAITING = 200_000
# More than are kept for a day, so that a flood of new callers does not at once take the places of those that are known.
_MOST_CALLERS = 200
_MOST_SPELLINGS = 400
OTHERS = ("", "")


class Note(NamedTuple):
    """A request with a key: when (seconds since the epoch), whose, how it went (of `OUTCOMES`), from where, by what,
    its route, empty if that was not looked for, and the status it was answered with, 0 if that is not known.
    """

    at: float
    workspace_id: str
    key_id: str
    outcome: int
    address: str
    agent: str
    route: str
    status: int


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
        at, _, _, outcome, address, agent, route, _ = note
        hour = int(at) // _HOUR
        spelling = (hour // 24, address, agent)
        # First what could fail, so that nothing is counted by half.
        caller = self._spellings.get(spelling) or self._spelt(spelling, at)
        counts = self.hours.get(hour)
        if counts is None:
            counts = self.hours[hour] = [0] * len(OUTCOMES)
        counts[outcome] += 1
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

    def without_names(self) -> None:
        """Add all callers of a day up as one."""
        named, self.callers = self.callers, {}
        self._spellings.clear()
        for (day, _, _), caller in named.items():
            self.callers.setdefault((day, *OTHERS), CallerTally(caller.first_at)).merge(caller)

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

    def add(self, notes: Iterable[Note]) -> Exception | None:
        """Count requests; return what was wrong with one that cannot be counted, if there is one."""
        keys, wrong = self.keys, None
        for note in notes:
            try:
                key = keys.get(note[2])
                if key is None:
                    key = keys[note[2]] = KeyTally(note[1])
                key.add(note)
            except Exception as error:  # noqa: BLE001 - no request may keep others from being counted
                wrong = error
        return wrong

    def taken(self, workspaces: Collection[str]) -> "Tally":
        """Take out what came with the keys of some workspaces, and return it."""
        found = Tally()
        found.keys = {key_id: key for key_id, key in self.keys.items() if key.workspace_id in workspaces}
        for key_id in found.keys:
            del self.keys[key_id]
        return found

    def shrink(self) -> int:
        """Keep no more than can wait: first the callers lose their names, then the oldest hours go. Return how many
        requests are no longer counted.
        """
        if sum(len(key.callers) for key in self.keys.values()) > MOST_CALLERS_WAITING:
            for key in self.keys.values():
                key.without_names()
        hours = sorted((hour, key_id) for key_id, key in self.keys.items() for hour in key.hours)
        return sum(sum(self.keys[key_id].hours.pop(hour)) for hour, key_id in hours[:-MOST_HOURS_WAITING])

    def merge(self, key_id: str, other: KeyTally) -> None:
        """Add what another one counted of a key."""
        self.keys.setdefault(key_id, KeyTally(other.workspace_id)).merge(other)
