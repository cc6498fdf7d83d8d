"""What keys are used for: noted in memory, written every five seconds, off the request path; at once while somebody
looks at the keys on a page, which another process may show.

A crash loses at most the last five seconds; what cannot be written is tried again with what came meanwhile, as long as
it takes and as much as can wait. The log says when that begins, goes on and ends.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable
from multiprocessing.util import Finalize

from django.db import InterfaceError, OperationalError, close_old_connections

from tixallo.keys import onlookers, storing
from tixallo.keys.storing import Batch
from tixallo.keys.tallies import PASSED, KeyTally, Note, Tally
from tixallo.kit import clock, transactions
from tixallo.kit.errors import Busy

FLUSH_SECONDS = 5
# A page asks every second and a half, and is to show a request within two seconds.
LOOKED_AT_FLUSH_SECONDS = 0.2
_LONGEST = 200
# Notes that wait to be added up: a bound of the memory they take.
_MOST_NOTES = 5_000
# Nothing at all can be written: no use in trying the other keys as well.
_NOTHING_GOES = (OperationalError, InterfaceError, Busy, OSError)
# While it goes on, every five minutes.
_SAID_EVERY = 60

_log = logging.getLogger("tixallo.keys")


class Ledger:
    """What came with each key since the last flush."""

    def __init__(self) -> None:
        self._notes: list[Note] = []
        self._tally = Tally()
        # What a flush is writing: in the database and here while it commits, which `is_settled` denies.
        self._leaving = Tally()
        self._turn = 0
        self._failed = 0
        self._adding = threading.Lock()
        self._flushing = threading.Lock()
        self._stop = threading.Event()

    def note(
        self,
        workspace_id: str,
        key_id: str,
        address: str,
        agent: str,
        route: str = "",
        outcome: int = PASSED,
        status: int = 0,
    ) -> None:
        """Note a request that has just been answered; `outcome` is one of `OUTCOMES`, `status` the answer's."""
        notes = self._notes
        notes.append(Note(clock.seconds(), workspace_id, key_id, outcome, address, agent[:_LONGEST], route, status))
        if len(notes) >= _MOST_NOTES:
            self._add_up()

    def flush(self, of: Collection[str] | None = None) -> int:
        """Write what was noted, or what of it came with the keys `of` some workspaces, and return how many keys there
        were; what could not be written is kept.

        Raises the error that kept it from being written. A key that cannot be written does not keep the others back.
        """
        with self._flushing:
            self._add_up()
            with self._adding:
                if of is None:
                    self._leaving, self._tally = self._tally, Tally()
                else:
                    self._leaving = self._tally.taken(of)
            count = len(self._leaving.keys)
            try:
                self._write_all()
            finally:
                self._take_back()
            return count

    def flush_looked_at(self) -> int:
        """Do so for the workspaces at whose keys somebody looks."""
        self._add_up()
        with self._adding:
            workspaces = {key.workspace_id for key in self._tally.keys.values()}
        seen = onlookers.among(workspaces) if workspaces else ()
        return self.flush(seen) if seen else 0

    def unflushed(self, workspace_id: str, key_ids: Iterable[str]) -> dict[str, KeyTally]:
        """Return copies of what is not written yet of those keys of a workspace that were used."""
        self._add_up()
        found = Tally()
        with self._adding:
            for key_id in key_ids:
                for tally in (self._leaving, self._tally):
                    key = tally.keys.get(key_id)
                    if key is not None and key.workspace_id == workspace_id:
                        found.merge(key_id, key)
        return found.keys

    def used(self, workspace_id: str) -> bool:
        """Say whether something that came with a key of a workspace is not written yet."""
        self._add_up()
        with self._adding:
            tallies = (self._leaving, self._tally)
            return any(key.workspace_id == workspace_id for tally in tallies for key in tally.keys.values())

    def unwritten(self, workspace_id: str, key_id: str = "") -> int:
        """Return how many requests came with a workspace's keys, or with one of them, that are not written yet."""
        self._add_up()
        with self._adding:
            found = [
                key
                for tally in (self._leaving, self._tally)
                for each, key in tally.keys.items()
                if key.workspace_id == workspace_id and key_id in ("", each)
            ]
            return sum(sum(counts) for key in found for counts in key.hours.values())

    def turn(self) -> int:
        """Return a number that is odd while a batch commits, and another after each: what was read from the database
        and from here belongs together if it was even before and is the same afterwards.
        """
        return self._turn

    def run(self) -> None:
        """Flush in time in a thread of its own, and once more when the process ends."""
        threading.Thread(target=self._loop, name="key-use", daemon=True).start()
        # atexit does not run in a child of multiprocessing.
        Finalize(self, self._try, args=(self.flush,), exitpriority=10)

    def _add_up(self) -> None:
        with self._adding:
            notes = self._notes
            # Other threads go on appending to it: only what is there now is taken, and first of all, so that nothing
            # is counted twice.
            count = len(notes)
            taken = notes[:count]
            del notes[:count]
            wrong = self._tally.add(taken)
        if wrong is not None:
            _log.error("A request with a key cannot be counted", exc_info=wrong)

    def _write_all(self) -> None:
        wrong: Exception | None = None
        for batch in storing.batches(self._leaving):
            try:
                self._write(batch)
            except _NOTHING_GOES:
                raise
            except Exception:  # noqa: BLE001 - it is looked for key by key
                wrong = self._write_apart(batch) or wrong
        if wrong is not None:
            raise wrong

    def _write_apart(self, batch: Batch) -> Exception | None:
        """Write the keys of a batch one by one; return what is wrong with one that cannot be written."""
        wrong: Exception | None = None
        for each in batch:
            try:
                self._write([each])
            except _NOTHING_GOES:
                raise
            except Exception as error:  # noqa: BLE001 - it is told once the others are written
                wrong = error
        return wrong

    def _write(self, batch: Batch) -> None:
        try:
            with transactions.change():
                storing.write(batch)
                # Nobody sees the rows before they commit. Whoever reads inside a transaction that keeps a flush waiting
                # would wait for this number in vain, were it raised any earlier.
                self._turn += 1
            with self._adding:
                for key_id, _ in batch:
                    del self._leaving.keys[key_id]
        finally:
            self._turn += self._turn % 2

    def _take_back(self) -> None:
        with self._adding:
            for key_id, key in self._leaving.keys.items():
                self._tally.merge(key_id, key)
            self._leaving = Tally()
            lost = self._tally.shrink()
        if lost:
            _log.error("Too much waits to be written: %d requests are no longer counted", lost)

    def _loop(self) -> None:
        pause = LOOKED_AT_FLUSH_SECONDS if onlookers.are_told() else FLUSH_SECONDS
        flushed_at = time.monotonic()
        while not self._stop.wait(pause):
            if time.monotonic() - flushed_at >= FLUSH_SECONDS - pause / 2:
                flushed_at = time.monotonic()
                self._try(self.flush)
            elif not self._failed:
                self._try(self.flush_looked_at)

    def _try(self, flush: Callable[[], int]) -> None:
        # Whatever happens, this thread goes on: without it nothing would be written until the next start.
        try:
            try:
                flush()
            finally:
                close_old_connections()
        except Exception:  # noqa: BLE001 - it is told, and tried again
            if self._failed % _SAID_EVERY == 0:
                _log.exception("What keys were used for could not be written; it is kept and tried again")
            self._failed += 1
        else:
            if self._failed:
                _log.warning("What keys were used for is written again, after %d attempts that failed", self._failed)
            self._failed = 0


ledger = Ledger()
