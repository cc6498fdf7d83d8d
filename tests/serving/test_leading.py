"""Of the threads of a socket one stands ready, and those without work rest until they are needed."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tixallo.cli.leading import Leading

pytestmark = pytest.mark.once


class Hand:
    """A thread of the server: it does what it is told, one after the other, and is busy until that is done."""

    def __init__(self, leading: Leading) -> None:
        self._leading = leading
        self._tasks: list[Callable[[], None] | None] = []
        self._given = threading.Semaphore(0)
        self.done = 0
        self.told = 0
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def tell(self, task: Callable[[], None] | None) -> "Hand":
        self._tasks.append(task)
        self.told += 1
        self._given.release()
        return self

    def is_free(self) -> bool:
        return self.done == self.told

    def end(self) -> None:
        self.tell(None)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def quick(self) -> "Hand":
        return self.tell(self._leading.rest)

    def slow(self, until: threading.Event) -> "Hand":
        def work() -> None:
            with self._leading.away():
                assert until.wait(10)

        return self.tell(work)

    def _work(self) -> None:
        while self._given.acquire():
            task = self._tasks.pop(0)
            if task is None:
                return
            self._leading.come()
            task()
            self.done += 1


@contextmanager
def hands(leading: Leading, count: int) -> Iterator[list[Hand]]:
    found = [Hand(leading) for _ in range(count)]
    try:
        yield found
    finally:
        leading.end()
        for hand in found:
            hand.end()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_a_single_thread_never_rests() -> None:
    leading = Leading()
    with hands(leading, 1) as (only,):
        for _ in range(3):
            only.quick()

        until(only.is_free)


def test_of_many_all_but_one_rest() -> None:
    leading = Leading()
    with hands(leading, 5) as found:
        # All are known before the first may rest.
        for hand in found:
            until(hand.tell(lambda: None).is_free)
        for hand in found:
            hand.quick()

        until(lambda: leading.ready == 1)

        until(lambda: sum(hand.is_free() for hand in found) == 1)


def test_one_that_goes_away_wakes_one_that_rests() -> None:
    leading, back = Leading(), threading.Event()
    with hands(leading, 2) as (first, second):
        until(first.quick().is_free)
        second.quick()
        until(lambda: leading.ready == 1)
        assert not second.is_free()

        first.slow(back)

        until(second.is_free)
        assert leading.ready == 1
        back.set()
        until(first.is_free)
        assert leading.ready == 2


def test_nobody_is_woken_while_another_is_ready() -> None:
    leading, back = Leading(), threading.Event()
    with hands(leading, 3) as (first, second, third):
        for hand in (first, second, third):
            until(hand.tell(lambda: None).is_free)
        third.quick()
        until(lambda: leading.ready == 2)

        first.slow(back)

        until(lambda: leading.ready == 1)
        time.sleep(0.05)
        assert not third.is_free()
        assert second.is_free()
        back.set()


def test_who_rests_for_long_goes_back() -> None:
    leading = Leading(rest_seconds=0.05)
    with hands(leading, 2) as (first, second):
        until(first.quick().is_free)

        until(second.quick().is_free)

        assert leading.ready == 2


def test_a_thread_that_ended_is_not_counted() -> None:
    leading = Leading()
    with hands(leading, 2) as (first, second):
        until(first.quick().is_free)
        until(second.tell(lambda: None).is_free)
        assert leading.ready == 2

        second.end()

        until(lambda: leading.ready == 1)
        until(first.quick().is_free)


def test_at_the_end_all_are_given_back_and_none_rests() -> None:
    leading = Leading()
    with hands(leading, 3) as found:
        for hand in found:
            until(hand.tell(lambda: None).is_free)
        for hand in found:
            hand.quick()
        until(lambda: leading.ready == 1)

        leading.end()

        for hand in found:
            until(hand.is_free)
            until(hand.quick().is_free)
        assert leading.ready == 3
