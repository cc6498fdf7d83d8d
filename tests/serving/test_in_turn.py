"""Quick requests are answered one after the other, by whichever thread is at it; others go on beside them."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tixallo.cli.bridge import Bridge

pytestmark = pytest.mark.once


class Protocol:
    """What granian hands over for a request: it takes the answer, from any thread."""

    def __init__(self) -> None:
        self.answered = threading.Event()
        self.body = b""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.body = body
        self.answered.set()


class Application:
    """Answers with the path. `/held` waits until it is let go, `/broken` raises; all but `/slow` are quick."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.let_go = threading.Event()
        self.inside = self.most_inside = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            if path in ("/held", "/slow"):
                self.entered.set()
                assert self.let_go.wait(10)
            if path == "/broken":
                raise RuntimeError("broken")
        finally:
            self.inside -= 1
        start("200 OK", [])
        return [path.encode()]

    def is_quick(self, environ: dict[str, Any]) -> bool:
        return bool(environ["PATH_INFO"] != "/slow")


def send(call: Callable[[Any, dict[str, Any]], None], path: str) -> tuple[Protocol, threading.Thread]:
    protocol = Protocol()
    environ = {"PATH_INFO": path, "REMOTE_ADDR": "127.0.0.1"}
    thread = threading.Thread(target=call, args=(protocol, environ))
    thread.start()
    return protocol, thread


def test_each_request_gets_its_own_answer_and_never_two_are_worked_on_at_once() -> None:
    application = Application()
    call = Bridge(application, 8).socket()

    sent = [(f"/{number}", *send(call, f"/{number}")) for number in range(200)]

    for path, protocol, thread in sent:
        thread.join(10)
        assert protocol.answered.wait(10)
        assert protocol.body == path.encode()
    assert application.most_inside == 1


def test_two_sockets_take_turns_with_each_other() -> None:
    application = Application()
    bridge = Bridge(application, 8)
    calls = (bridge.socket(), bridge.socket())

    sent = [send(calls[number % 2], f"/{number}") for number in range(200)]

    for protocol, _ in sent:
        assert protocol.answered.wait(10)
    assert application.most_inside == 1


def test_a_thread_leaves_its_request_to_the_one_that_answers() -> None:
    application = Application()
    call = Bridge(application, 8).socket()
    held, _ = send(call, "/held")
    assert application.entered.wait(10)

    left, thread = send(call, "/left")
    thread.join(10)

    assert not thread.is_alive()
    assert not left.answered.is_set()
    application.let_go.set()
    assert held.answered.wait(10)
    assert left.answered.wait(10)


def test_a_request_that_may_take_long_holds_up_no_quick_one() -> None:
    application = Application()
    call = Bridge(application, 8).socket()
    slow, _ = send(call, "/slow")
    assert application.entered.wait(10)

    quick, _ = send(call, "/quick")

    assert quick.answered.wait(10)
    assert not slow.answered.is_set()
    application.let_go.set()
    assert slow.answered.wait(10)


def test_a_broken_one_does_not_stop_those_behind_it() -> None:
    application = Application()
    call = Bridge(application, 8).socket()
    held, _ = send(call, "/held")
    assert application.entered.wait(10)
    broken, _ = send(call, "/broken")
    after, _ = send(call, "/after")

    application.let_go.set()

    assert held.answered.wait(10)
    assert broken.answered.wait(10)
    assert after.answered.wait(10)
    assert b"Internal server error" in broken.body
    assert after.body == b"/after"
