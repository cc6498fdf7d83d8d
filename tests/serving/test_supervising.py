"""The tree of processes: what is started, what is brought back, and how it ends."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.scratch import Scratch
from tests.serving.conftest import NewServing
from tests.serving.processes import Serving, everything, is_gone, proportional_mib, until
from tixallo.cli.child import STOP_SECONDS

pytestmark = pytest.mark.once

_GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_it_says_where_it_listens_when_it_does_and_then_starts_the_worker(new_serving: NewServing) -> None:
    serving = new_serving().listening()

    assert serving.log.startswith(f"Tixallo is listening on http://localhost:{serving.port}\n")
    assert serving.get("/") == "ok"
    assert not is_gone(serving.worker())


def test_a_stop_lets_requests_finish_and_no_new_ones_in(new_serving: NewServing) -> None:
    serving = new_serving().listening()
    children = [serving.web(), serving.worker()]
    idle = serving.connect(_GET % b"/")
    assert b"ok" in idle.recv(1000)
    working = serving.connect(_GET % b"/sleep?0.7")
    until(lambda: "sleeping" in serving.log)

    serving.process.send_signal(signal.SIGTERM)

    assert idle.recv(1000) == b""
    with pytest.raises(ConnectionRefusedError):
        until(lambda: serving.connect().close())
    assert everything(working).endswith(b"slept")
    assert serving.process.wait(10) == 0
    assert "worker stops" in serving.log
    assert all(is_gone(child) for child in children)


def test_a_stop_right_after_the_start_is_heard(new_serving: NewServing) -> None:
    for _ in range(10):
        assert new_serving().listening().end(timeout=5) == 0


@pytest.mark.slow
def test_a_stop_does_not_wait_for_ever(new_serving: NewServing) -> None:
    serving = new_serving().listening()
    web = serving.web()
    serving.connect(_GET % b"/sleep?100")
    until(lambda: "sleeping" in serving.log)
    start = time.monotonic()

    assert serving.end(timeout=STOP_SECONDS + 5) == 0

    assert STOP_SECONDS - 1 < time.monotonic() - start < STOP_SECONDS + 3
    assert is_gone(web)


def test_a_second_interrupt_stops_at_once(new_serving: NewServing) -> None:
    serving = new_serving().listening()
    children = [serving.web(), serving.worker()]
    serving.connect(_GET % b"/sleep?100")
    until(lambda: "sleeping" in serving.log)

    serving.process.send_signal(signal.SIGINT)
    until(lambda: is_gone(serving.worker()))
    assert serving.end(signal.SIGINT, timeout=2) == 130

    assert all(is_gone(child) for child in children)


def test_an_interrupt_from_the_terminal_reaches_all_and_still_stops_in_order(new_serving: NewServing) -> None:
    serving = new_serving().listening()
    working = serving.connect(_GET % b"/sleep?0.5")
    until(lambda: "sleeping" in serving.log)

    os.killpg(serving.process.pid, signal.SIGINT)

    assert everything(working).endswith(b"slept")
    assert serving.process.wait(10) == 0


@pytest.mark.alone
def test_a_killed_web_process_is_back_within_a_second_and_clients_wait_for_it(new_serving: NewServing) -> None:
    serving = new_serving().listening()
    killed = serving.web()

    os.kill(killed, signal.SIGKILL)
    until(lambda: is_gone(killed))
    start = time.monotonic()

    assert serving.web() != killed
    assert time.monotonic() - start < 2
    assert serving.log.count("was killed by SIGKILL; it is started again in") == 1
    assert serving.end() == 0


@pytest.mark.alone
def test_a_killed_worker_is_back_within_a_second(new_serving: NewServing) -> None:
    serving = new_serving().listening()
    killed = serving.worker()

    os.kill(killed, signal.SIGKILL)

    until(lambda: serving.worker() != killed, seconds=2)
    assert "tixallo: The worker was killed by SIGKILL; it is started again in 0.2 s." in serving.log


def test_a_child_that_dies_at_once_is_brought_back_later_and_later(new_serving: NewServing) -> None:
    serving = new_serving(STUB_WORKER="dies").listening()

    until(lambda: "0.8 s." in serving.log)

    said = [line.partition("again in ")[2] for line in serving.log.splitlines() if "again in" in line]
    assert said[:3] == ["0.2 s.", "0.4 s.", "0.8 s."]
    assert "The worker ended with status 3" in serving.log
    assert serving.get("/") == "ok"


@pytest.mark.alone
def test_children_of_a_killed_parent_end_and_one_command_brings_the_server_back(
    new_serving: NewServing, scratch: Scratch
) -> None:
    serving = new_serving().listening()
    children = [serving.web(), serving.worker()]
    port = serving.port
    serving.connect(_GET % b"/sleep?100")
    until(lambda: "sleeping" in serving.log)

    serving.process.kill()
    serving.process.wait()
    start = time.monotonic()
    with Serving(scratch, serving.data, TIXALLO_PORT=str(port)) as again:
        assert again.listening().get("/") == "ok"
        assert time.monotonic() - start < 4
    assert all(is_gone(child) for child in children)


@pytest.mark.alone
def test_a_second_server_on_the_same_data_is_refused_at_once(serving: Serving, scratch: Scratch) -> None:
    start = time.monotonic()

    with Serving(scratch, serving.data) as second:
        assert second.process.wait(10) == 2
        assert second.log == (
            f"tixallo: Another server holds the data directory {serving.data}: stop it first, or give another --data.\n"
        )
    assert time.monotonic() - start < 2
    assert serving.get("/") == "ok"


def test_a_port_in_use_is_refused_in_one_sentence(serving: Serving, new_serving: NewServing) -> None:
    second = new_serving(TIXALLO_PORT=str(serving.port))

    assert second.process.wait(10) == 2
    assert second.log == (
        f"tixallo: Port {serving.port} is in use by another program: "
        "stop that one, or choose another port with --port.\n"
    )


def test_a_setting_that_turns_out_to_be_of_no_use_ends_the_start(new_serving: NewServing) -> None:
    serving = new_serving(STUB_PREPARE="bad setting")

    assert serving.process.wait(10) == 2
    assert serving.log == "tixallo: This setting is of no use.\n"


def test_a_start_that_fails_is_not_repeated(new_serving: NewServing) -> None:
    serving = new_serving(STUB_PREPARE="broken")

    assert serving.process.wait(10) == 1
    assert serving.log.count("RuntimeError: broken") == 1


def test_it_can_be_stopped_while_it_gets_ready(new_serving: NewServing) -> None:
    serving = new_serving(STUB_PREPARE="slow")
    until((serving.data / "serve.lock").exists)
    time.sleep(0.3)

    assert serving.end(timeout=3) == 0
    assert "listening" not in serving.log


def test_a_request_sent_while_the_web_process_is_away_is_answered(new_serving: NewServing) -> None:
    serving = new_serving().listening()
    answers: list[str] = []

    def ask() -> None:
        answers.extend(serving.get("/") for _ in range(50))

    asking = threading.Thread(target=ask)
    killed = serving.web()
    os.kill(killed, signal.SIGKILL)
    until(lambda: is_gone(killed))
    asking.start()
    asking.join()

    assert answers == ["ok"] * 50


def test_the_data_directory_and_its_lock_are_for_their_owner_alone(serving: Serving) -> None:
    assert serving.data.stat().st_mode & 0o777 == 0o700
    assert (serving.data / "serve.lock").stat().st_mode & 0o777 == 0o600


def test_the_parent_is_small(serving: Serving) -> None:
    assert proportional_mib(serving.process.pid) < 16


def test_the_command_for_serving_imports_nothing_large() -> None:
    script = (
        "import sys; from tixallo.cli.main import main; main(['serve', '--port', 'none'])\n"
        "print({name.partition('.')[0] for name in sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)

    assert "TIXALLO_PORT must be a whole number" in run.stderr
    for large in ("django", "falcon", "pydantic", "orjson", "granian", "asyncio", "ssl", "logging"):
        assert f"'{large}'" not in run.stdout, large
