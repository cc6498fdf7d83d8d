"""Attempts are counted by any number of processes at once, each attempt once; what the cache cannot do it says."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connections

from tixallo.kit import clock
from tixallo.workspaces.attempts import Attempts
from tixallo.workspaces.models import Attempt


@pytest.mark.django_db
def test_two_processes_that_count_at_once_count_both() -> None:
    one, other = Attempts("one", {}), Attempts("other", {})
    one.set("a count", [1.0], 60)
    mine, theirs = one.get("a count"), other.get("a count")
    # In place, as allauth does.
    mine.insert(0, 2.0)
    theirs.insert(0, 3.0)
    other.set("a count", theirs, 60)
    one.set("a count", mine, 60)
    assert one.get("a count") == [3.0, 2.0, 1.0]


@pytest.mark.django_db
def test_the_first_attempt_at_all_may_come_twice_at_once() -> None:
    one, other = Attempts("one", {}), Attempts("other", {})
    assert (one.get("a count", []), other.get("a count", [])) == ([], [])
    other.set("a count", [3.0], 60)
    one.set("a count", [2.0], 60)
    assert one.get("a count") == [3.0, 2.0]


@pytest.mark.django_db
def test_an_attempt_taken_back_takes_no_other_one_with_it() -> None:
    one, other = Attempts("one", {}), Attempts("other", {})
    one.set("a count", [2.0, 1.0], 60)
    assert one.get("a count") == other.get("a count")
    other.set("a count", [4.0, 2.0, 1.0], 60)
    one.set("a count", [2.0], 60)
    assert one.get("a count") == [4.0, 2.0]


@pytest.mark.django_db
def test_what_was_not_read_before_is_replaced() -> None:
    one, other = Attempts("one", {}), Attempts("other", {})
    one.set("a count", [1.0], 60)
    other.set("a count", [2.0], 60)
    assert one.get("a count") == [2.0]
    one.get("another count")
    one.set("a count", "y", 60)
    assert other.get("a count") == "y"


@pytest.mark.django_db(transaction=True)
def test_many_threads_of_two_processes_lose_no_attempt() -> None:
    together = threading.Barrier(4)

    def count(number: int) -> None:
        attempts = Attempts(f"process {number % 2}", {})
        together.wait()
        for turn in range(20):
            history = attempts.get("a count", [])
            attempts.set("a count", [float(number * 100 + turn), *history], 60)
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(4)))
    assert len(Attempts("any", {}).get("a count")) == 80


@pytest.mark.django_db(transaction=True)
def test_of_processes_that_use_a_code_at_once_one_may() -> None:
    together = threading.Barrier(4)

    def use(number: int) -> bool:
        together.wait()
        try:
            return Attempts(f"process {number}", {}).add("a code", "y", 30)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


@pytest.mark.django_db
def test_a_lock_is_not_in_the_database() -> None:
    one, other = Attempts("locked", {}), Attempts("locked", {})
    assert one.add("a-count:lock", True, 10)
    assert not other.add("a-count:lock", True, 10)
    assert other.delete("a-count:lock")
    assert one.add("a-count:lock", True, 10)
    one.clear()
    assert one.add("a-count:lock", True, 10)
    one.clear()
    assert not Attempt.objects.exists()


@pytest.mark.django_db
def test_the_rest_of_a_cache_works_or_says_that_it_does_not() -> None:
    attempts = Attempts("any", {})
    attempts.set_many({"a": [1.0], "b": "y"}, 60)
    assert attempts.get_many(["a", "b", "c"]) == {"a": [1.0], "b": "y"}
    assert "a" in attempts
    assert "c" not in attempts
    assert attempts.get_or_set("c", lambda: [2.0], 60) == [2.0]
    assert attempts.get("a", version=2) is None
    attempts.set("a", [3.0], None, version=2)
    assert (attempts.get("a"), attempts.get("a", version=2)) == ([1.0], [3.0])
    attempts.delete_many(["a", "b"])
    assert (attempts.get("a"), attempts.get("b")) == (None, None)
    attempts.set("usual", "y")
    left = Attempt.objects.latest("until"), Attempt.objects.order_by("until")[1]
    assert left[0].until.year == 9999
    assert timedelta(seconds=290) < left[1].until - clock.now() <= timedelta(seconds=300)
    for act in (attempts.incr, attempts.decr, attempts.touch):
        with pytest.raises(NotImplementedError):
            act("usual")


@pytest.mark.django_db
def test_it_is_the_cache_that_allauth_uses() -> None:
    cache.set("a count", [1.0], 60)
    assert Attempts("any", {}).get("a count") == [1.0]
