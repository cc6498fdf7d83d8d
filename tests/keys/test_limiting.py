"""The limiter against an exact model of it, on a clock that the test turns."""

import threading
import time
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tixallo.keys import limiting
from tixallo.keys.limiting import WINDOW_SECONDS, Limiter, Verdict

pytestmark = pytest.mark.once

SECOND = 1_000_000_000
WINDOW = WINDOW_SECONDS * SECOND


class Clock:
    """Stands in for the module `time` as far as the limiter looks at it."""

    def __init__(self) -> None:
        self.now = 1_000 * SECOND

    def monotonic_ns(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    found = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limiting, "time", found)
        yield found


class Model:
    """All that passed, looked through anew each time."""

    def __init__(self) -> None:
        self.passed: dict[str, list[int]] = {}

    def held(self, key: str, now: int) -> list[int]:
        return [moment for moment in self.passed.get(key, []) if now - moment <= WINDOW]

    def take(self, key: str, limit: int, now: int) -> bool:
        allowed = len(self.held(key, now)) < limit
        if allowed:
            self.passed.setdefault(key, []).append(now)
        return allowed


pauses = st.one_of(
    st.sampled_from([0, 1, SECOND, WINDOW - 1, WINDOW, WINDOW + 1, 2 * WINDOW, 2 * WINDOW + 1, 5 * WINDOW]),
    st.integers(0, 20 * SECOND),
    st.integers(0, 3 * WINDOW),
)
steps = st.lists(st.tuples(pauses, st.sampled_from("abc"), st.integers(1, 5)), max_size=60)


@given(steps)
@settings(max_examples=500)
def test_it_lets_pass_what_the_exact_log_does_and_nothing_else(taken: list[tuple[int, str, int]]) -> None:
    clock, model = Clock(), Model()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limiting, "time", clock)
        limiter = Limiter()
        for pause, key, limit in taken:
            clock.now += pause
            before = model.held(key, clock.now)
            verdict = limiter.take(key, limit)
            assert verdict.allowed == model.take(key, limit, clock.now)
            held = model.held(key, clock.now)
            assert verdict.remaining == max(limit - len(held), 0)
            if verdict.allowed:
                assert verdict.reset == _seconds(held[0], clock.now)
            else:
                # When so many are gone that one more may pass; the limit may have been higher before.
                assert verdict.reset == _seconds(before[len(before) - limit], clock.now)


def _seconds(entry: int, now: int) -> int:
    return min((entry + WINDOW - now) // SECOND + 1, WINDOW_SECONDS)


@given(st.lists(st.one_of(st.integers(0, 3 * SECOND), st.sampled_from([WINDOW, WINDOW + 1])), max_size=150))
@settings(max_examples=200)
def test_no_interval_holds_more_than_the_limit(pauses: list[int]) -> None:
    clock, limit, passed = Clock(), 7, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limiting, "time", clock)
        limiter = Limiter()
        for pause in pauses:
            clock.now += pause
            if limiter.take("a", limit).allowed:
                passed.append(clock.now)
    # Closed at both ends, so that no interval of the window's length can hold another one.
    assert all(later - earlier > WINDOW for earlier, later in zip(passed, passed[limit:], strict=False))


@given(st.lists(st.integers(0, 15 * SECOND), min_size=1, max_size=40), st.integers(1, 5))
@settings(max_examples=200)
def test_who_waits_as_told_passes(pauses: list[int], limit: int) -> None:
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limiting, "time", clock)
        limiter = Limiter()
        for pause in pauses:
            clock.now += pause
            verdict = limiter.take("a", limit)
            if not verdict.allowed:
                # The answer takes at least a nanosecond to arrive.
                clock.now += verdict.reset * SECOND + 1
                assert limiter.take("a", limit).allowed


def test_refused_requests_do_not_prolong_the_wait(clock: Clock) -> None:
    limiter = Limiter()
    assert limiter.take("a", 1).allowed
    for _ in range(WINDOW_SECONDS):
        assert not limiter.take("a", 1).allowed
        clock.now += SECOND
    clock.now += 1
    assert limiter.take("a", 1).allowed


def test_a_limit_that_changes_counts_at_once(clock: Clock) -> None:
    limiter = Limiter()
    assert [limiter.take("a", 3).allowed for _ in range(4)] == [True, True, True, False]
    assert limiter.take("a", 5) == Verdict(True, 1, WINDOW_SECONDS)
    clock.now += 10 * SECOND
    # Four are held; under a limit of two the third of them must leave.
    assert limiter.take("a", 2) == Verdict(False, 0, 51)
    clock.now += 50 * SECOND + 1
    assert limiter.take("a", 2).allowed


def test_keys_that_go_quiet_cost_no_memory(clock: Clock) -> None:
    limiter = Limiter()
    tracemalloc.start()
    try:
        empty = tracemalloc.get_traced_memory()[0]
        for number in range(20_000):
            limiter.take(f"key {number}", 60)
        full = tracemalloc.get_traced_memory()[0] - empty
        for _ in range(3):
            clock.now += WINDOW + 1
            limiter.take("another", 60)
        left = tracemalloc.get_traced_memory()[0] - empty
    finally:
        tracemalloc.stop()
    assert full > 1_000_000
    assert left < full / 100


def test_a_key_in_steady_use_keeps_its_log_through_every_change_of_generation(clock: Clock) -> None:
    limiter = Limiter()
    passed = 0
    for _ in range(10 * WINDOW_SECONDS):
        clock.now += SECOND
        passed += limiter.take("steady", 30).allowed
        limiter.take("other", 30)
    assert 290 <= passed <= 305


def test_threads_never_share_the_last_place() -> None:
    for _ in range(50):
        limiter, barrier = Limiter(), threading.Barrier(16)
        passed: list[int] = []

        def race(limiter: Limiter = limiter, barrier: threading.Barrier = barrier, passed: list[int] = passed) -> None:
            barrier.wait()
            for _ in range(10):
                verdict = limiter.take("a", 60)
                if verdict.allowed:
                    passed.append(verdict.remaining)

        threads = [threading.Thread(target=race) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(passed) == list(range(60))


@pytest.mark.alone
def test_a_million_keys_cost_no_more_time_than_one() -> None:
    limiter = Limiter()
    one = _microseconds(limiter, ["a"] * 100_000)
    keys = [f"01a20c7c-5429-7983-b2b6-{number:012d}" for number in range(1_000_000)]
    _microseconds(limiter, keys)
    many = _microseconds(limiter, keys[::10])
    # Of the 25 µs that the check of a key may take in all.
    assert many < max(10, 5 * one), f"{many:.1f} µs with a million keys, {one:.1f} µs with one"


def _microseconds(limiter: Limiter, keys: list[str]) -> float:
    start = time.perf_counter()
    for key in keys:
        limiter.take(key, 1_000_000)
    return (time.perf_counter() - start) / len(keys) * 1e6
