"""Due rows: claimed once, tried again after failures, given up in the end, and never lost."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from tixallo.kit import clock, due, transactions
from tixallo.kit.ids import new_id
from tixallo.kit.models import Due

pytestmark = pytest.mark.django_db(transaction=True)

KIND = "tests.work"
SCHEDULE = "tests.schedule"


class Work:
    """What the rows of these tests do: note that they ran; `during` happens meanwhile."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.during: Callable[[str], object] = lambda key: None

    def __call__(self, key: str) -> None:
        self.ran.append(key)
        self.during(key)


@pytest.fixture
def work() -> Iterator[Work]:
    made = Work()
    due.kind(KIND)(made)
    yield made
    del due._kinds[KIND]


@pytest.fixture
def schedule() -> Iterator[Work]:
    made = Work()
    due.kind(SCHEDULE, every=timedelta(minutes=5))(made)
    yield made
    del due._kinds[SCHEDULE]
    del due._every[SCHEDULE]


def fail(key: str) -> None:
    raise RuntimeError(f"No luck with {key}")


def ask(key: str, in_seconds: float = 0) -> None:
    with transactions.change():
        due.enqueue(KIND, key, clock.now() + timedelta(seconds=in_seconds))


def row(key: str) -> Due:
    return Due.objects.get(kind=KIND, key=key)


def make_due(key: str) -> None:
    Due.objects.filter(kind=KIND, key=key).update(due_at=clock.now(), leased_until=None)


def test_a_row_is_carried_out_once_and_is_gone(work: Work) -> None:
    ask("a")
    ask("b")
    assert due.work_once() == 2
    assert sorted(work.ran) == ["a", "b"]
    assert due.work_once() == 0
    assert not Due.objects.filter(kind=KIND).exists()


def test_what_is_due_later_waits(work: Work) -> None:
    ask("later", in_seconds=60)
    assert due.work_once() == 0
    make_due("later")
    assert due.work_once() == 1


def test_the_oldest_come_first_in_batches(work: Work) -> None:
    for number in range(due.BATCH + 5):
        ask(f"{number:02}", in_seconds=number - 100)
    assert due.work_once() == due.BATCH
    assert sorted(work.ran) == [f"{number:02}" for number in range(due.BATCH)]
    assert due.work_once() == 5


def test_asking_twice_does_it_once(work: Work) -> None:
    ask("a")
    ask("a")
    assert due.work_once() == 1
    assert work.ran == ["a"]


def test_what_was_asked_in_a_transaction_that_fails_was_never_asked(work: Work) -> None:
    def ask_and_fail() -> None:
        with transactions.change():
            due.enqueue(KIND, "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask_and_fail()
    assert due.work_once() == 0


def test_what_was_asked_again_while_it_ran_runs_again(work: Work) -> None:
    ask("a")
    work.during = lambda key: ask(key) if len(work.ran) == 1 else None
    assert due.work_once() == 1
    assert row("a").leased_until is None
    assert due.work_once() == 1
    assert work.ran == ["a", "a"]
    assert due.work_once() == 0


# ---- Failures


def test_a_failure_is_kept_and_tried_again(work: Work) -> None:
    ask("a")
    work.during = fail
    before = clock.now()
    assert due.work_once() == 1
    failed = row("a")
    assert (failed.attempts, failed.leased_until, failed.dead_at) == (1, None, None)
    assert failed.last_error.endswith("RuntimeError: No luck with a\n")
    assert timedelta(seconds=2) <= failed.due_at - before <= timedelta(seconds=4.5)
    assert due.work_once() == 0
    make_due("a")
    work.during = lambda key: None
    assert due.work_once() == 1
    assert work.ran == ["a", "a"]
    assert not Due.objects.filter(kind=KIND).exists()


def test_one_failure_keeps_no_other_row_from_its_work(work: Work) -> None:
    for key in ("a", "b", "c"):
        ask(key)
    work.during = lambda key: fail(key) if key == "b" else None
    assert due.work_once() == 3
    assert sorted(work.ran) == ["a", "b", "c"]
    assert list(Due.objects.filter(kind=KIND).values_list("key", flat=True)) == ["b"]


def test_a_row_of_an_unknown_kind_fails_like_any_other() -> None:
    with transactions.change():
        due.enqueue("tests.unknown", "a")
    assert due.work_once() == 1
    assert "KeyError" in Due.objects.get(kind="tests.unknown").last_error


@pytest.mark.parametrize("attempts", range(1, 14))
def test_waits_double_up_to_an_hour(attempts: int) -> None:
    longest = min(2 * 2**attempts, 3600)
    waits = [due.wait_after(attempts).total_seconds() for _ in range(200)]
    assert longest / 2 <= min(waits) < max(waits) <= longest
    assert max(waits) - min(waits) > longest / 4


def test_the_wait_stays_within_bounds_after_any_number_of_attempts() -> None:
    assert timedelta(minutes=30) <= due.wait_after(10**9) <= timedelta(hours=1)


def test_a_row_that_fails_too_often_is_given_up(work: Work) -> None:
    ask("a")
    work.during = fail
    for attempt in range(1, due.MOST_ATTEMPTS + 1):
        assert row("a").dead_at is None
        make_due("a")
        assert due.work_once() == 1
        assert row("a").attempts == attempt
    assert row("a").dead_at is not None
    make_due("a")
    assert due.work_once() == 0
    assert len(work.ran) == due.MOST_ATTEMPTS


def test_a_row_given_up_can_be_retried(work: Work) -> None:
    ask("a")
    Due.objects.filter(kind=KIND).update(dead_at=clock.now(), attempts=due.MOST_ATTEMPTS)
    assert due.work_once() == 0
    identifier = row("a").id
    assert due.retry(identifier)
    assert (row("a").attempts, row("a").dead_at) == (0, None)
    assert not due.retry(identifier)
    assert not due.retry(new_id())
    assert due.work_once() == 1
    assert work.ran == ["a"]


def test_asking_again_brings_a_row_given_up_back(work: Work) -> None:
    ask("a")
    Due.objects.filter(kind=KIND).update(dead_at=clock.now(), attempts=due.MOST_ATTEMPTS)
    ask("a")
    assert row("a").attempts == 0
    assert due.work_once() == 1


def test_what_was_asked_again_during_its_last_failure_is_not_given_up(work: Work) -> None:
    ask("a")
    Due.objects.filter(kind=KIND).update(attempts=due.MOST_ATTEMPTS - 1)

    def ask_and_fail(key: str) -> None:
        ask(key)
        fail(key)

    work.during = ask_and_fail
    assert due.work_once() == 1
    assert row("a").dead_at is None
    make_due("a")
    work.during = lambda key: None
    assert due.work_once() == 1


# ---- Leases


def test_the_rows_of_a_crashed_worker_come_back_when_the_lease_is_over(work: Work) -> None:
    ask("a")
    crashed = due._claim()
    assert [each.key for each in crashed] == ["a"]
    assert clock.now() < (row("a").leased_until or clock.now()) <= clock.now() + due.LEASE
    assert due.work_once() == 0
    Due.objects.filter(kind=KIND).update(leased_until=clock.now() - timedelta(seconds=1))
    assert due.work_once() == 1
    assert work.ran == ["a"]
    assert not Due.objects.filter(kind=KIND).exists()


def test_a_stopping_worker_gives_back_what_it_has_not_begun(work: Work) -> None:
    ask("a")
    ask("b")
    assert due.work_once(lambda: len(work.ran) == 1) == 2
    (done,) = work.ran
    left = row("b" if done == "a" else "a")
    assert (left.leased_until, left.dead_at) == (None, None)
    assert due.work_once() == 1
    assert work.ran == [done, left.key]


def test_two_workers_never_run_a_row_at_the_same_time(work: Work) -> None:
    running: Counter[str] = Counter()
    together: list[str] = []
    lock = threading.Lock()

    def during(key: str) -> None:
        with lock:
            running[key] += 1
            if running[key] > 1:
                together.append(key)
        time.sleep(0.002)
        with lock:
            running[key] -= 1

    work.during = during
    for number in range(60):
        ask(str(number), in_seconds=-1)

    def run(_: int) -> None:
        try:
            while due.work_once():
                pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert together == []
    assert sorted(work.ran, key=int) == [str(number) for number in range(60)]


# ---- Schedules


def test_a_schedule_runs_again_and_again(schedule: Work) -> None:
    due.arm_schedules()
    due.arm_schedules()
    for times in (1, 2, 3):
        before = clock.now()
        due.work_once()
        assert len(schedule.ran) == times
        armed = Due.objects.get(kind=SCHEDULE)
        assert timedelta(minutes=5) <= armed.due_at - before <= timedelta(minutes=5, seconds=5)
        assert (armed.attempts, armed.leased_until) == (0, None)
        due.work_once()
        assert len(schedule.ran) == times
        Due.objects.filter(kind=SCHEDULE).update(due_at=clock.now())


def test_a_schedule_is_never_given_up(schedule: Work) -> None:
    due.arm_schedules()
    schedule.during = fail
    for _ in range(due.MOST_ATTEMPTS + 2):
        Due.objects.filter(kind=SCHEDULE).update(due_at=clock.now())
        due.work_once()
    assert Due.objects.get(kind=SCHEDULE).dead_at is None
    schedule.during = lambda key: None
    Due.objects.filter(kind=SCHEDULE).update(due_at=clock.now())
    due.work_once()
    healed = Due.objects.get(kind=SCHEDULE)
    assert (healed.attempts, healed.last_error) == (0, "")


def test_arming_leaves_the_time_of_a_schedule_as_it_is(schedule: Work) -> None:
    due.arm_schedules()
    later = clock.now() + timedelta(minutes=3)
    Due.objects.filter(kind=SCHEDULE).update(due_at=later)
    due.arm_schedules()
    assert Due.objects.get(kind=SCHEDULE).due_at == later
