"""The thread that reads from clients which were answered early: how often it wakes up, and what follows a failure."""

import math
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.serving.processes import until
from tixallo.kit import lingering
from tixallo.kit.lingering import Lingering

pytestmark = pytest.mark.once


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    # An address for this test alone: where one has more than a few connections, nothing lingers.
    with socket.create_server(("127.0.0.7", 0)) as made:
        yield made


def answered(listener: socket.socket, by: Lingering) -> socket.socket:
    """Return a client's connection that was answered early and ended by the server."""
    client = socket.create_connection(listener.getsockname(), source_address=("127.0.0.8", 0))
    server, _ = listener.accept()
    client.sendall(b"a")
    assert server.recv(1) == b"a"
    by.expect("127.0.0.8")
    server.shutdown(socket.SHUT_WR)
    server.close()
    assert client.recv(1) == b""
    return client


def is_read_from(by: Lingering) -> bool:
    # What wakes the thread is there always.
    return len(by._selector.get_map()) == 2 and not by._awaited


def is_cut_off(client: socket.socket) -> bool:
    try:
        client.send(b"a")
    except OSError:
        return True
    return False


def test_it_sleeps_while_a_client_stalls(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float | None] = []
    kept = Lingering(seconds=1.0)
    select = kept._selector.select

    def counted(pause: float | None = None) -> Any:
        looks.append(pause)
        return select(pause)

    monkeypatch.setattr(kept._selector, "select", counted)
    with answered(listener, kept) as client:
        until(lambda: is_read_from(kept))
        del looks[:]
        until(lambda: not is_read_from(kept))
        until(lambda: looks[-1:] == [None])
        assert len(looks) < 10
        until(lambda: is_cut_off(client))


def test_after_a_failure_it_goes_on(
    listener: socket.socket, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Lingering(seconds=60.0, most_bytes=1_000)
    read = lingering._Rest.read
    with monkeypatch.context() as patch:

        def fail(rest: lingering._Rest, *given: Any) -> None:
            # Not of what wakes the thread.
            if rest.until < math.inf:
                raise ValueError
            read(rest, *given)

        with answered(listener, kept) as client:
            until(lambda: is_read_from(kept))
            patch.setattr(lingering._Rest, "read", fail)
            until(lambda: is_cut_off(client))
    assert "Reading from clients that were answered early failed" in caplog.text
    with answered(listener, kept) as client:
        until(lambda: is_read_from(kept))
        client.sendall(b"a" * 1_000)
        until(lambda: is_cut_off(client))
    assert len(caplog.records) == 1
