"""So many writers at once, and no more where they do not get on."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tixallo.kit import places
from tixallo.kit.errors import Busy
from tixallo.kit.places import Places


class Held:
    """A thread in a place, until it is let go."""

    def __init__(self, found: Places, of: str) -> None:
        self._in, self._out = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=(found, of))
        self._thread.start()
        assert self._in.wait(5)

    def _run(self, found: Places, of: str) -> None:
        with found.taken(of):
            self._in.set()
            assert self._out.wait(30)

    def let_go(self) -> None:
        self._out.set()
        self._thread.join()


def _refused_after(enter: Callable[[], object]) -> float:
    start = time.monotonic()
    with pytest.raises(Busy):
        enter()
    return time.monotonic() - start


def test_who_comes_while_others_are_stuck_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PATIENCE_SECONDS", 0.2)
    found = Places(in_all=3, for_one=2)
    held = [Held(found, "acme"), Held(found, "acme")]
    try:
        # The first waits as long as one of them may take, later ones do not wait at all.
        assert 0.1 < _refused_after(found.taken("acme").__enter__) < 1
        assert _refused_after(found.taken("acme").__enter__) < 0.05
        # Another workspace has a place of its own, as long as there is one.
        with found.taken("globex"):
            assert _refused_after(found.taken("initech").__enter__) < 0.05
        with found.taken("initech"):
            pass
    finally:
        for each in held:
            each.let_go()
    with found.taken("acme"), found.taken("acme"):
        pass


def test_a_burst_waits_for_places_and_all_get_one() -> None:
    found = Places(in_all=4, for_one=2)
    lock, inside, most = threading.Lock(), 0, 0

    def write(_: int) -> None:
        nonlocal inside, most
        with found.taken("acme"):
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.01)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(write, range(64)))
    assert most == 2


def test_a_place_comes_back_after_a_failure() -> None:
    found = Places(in_all=1, for_one=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), found.taken("acme"):
            raise ValueError("broken")
    with found.taken("acme"):
        pass
