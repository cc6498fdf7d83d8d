"""Ending the connection of a request whose client does not send what it announced.

The thread that reads the body waits inside granian, which offers no way to stop it and does not say which connection a
request came by. So the connection is found among those of this process by what the kernel knows about them: nothing was
sent on it since the reading began, and then the answer was. Linux only; elsewhere the thread waits on.
"""

import contextlib
import os
import socket
import struct
import time
from collections.abc import Callable
from typing import Final

# struct tcp_info, linux/tcp.h: milliseconds since something was sent.
_LAST_SENT: Final = struct.Struct("=44xI")
# Between the start of the clock and the "100 Continue" that granian may send when the reading begins.
_LEEWAY_SECONDS: Final = 0.5
# Enough for an answer to leave this machine, and short enough for hardly any other to do so meanwhile.
_SENDING_SECONDS: Final = 0.05


def end_connection(client: str, since: float, answer: Callable[[], object]) -> None:
    """Answer a request from the address `client` whose body has been awaited since then (`time.monotonic`), and end
    the reading from its connection, so that whoever waits for the body goes on.
    """
    silent = time.monotonic() - since - _LEEWAY_SECONDS
    connections = [one for one in _connections(client) if _sent_ago(one) >= silent]
    answer()
    time.sleep(_SENDING_SECONDS)
    for one in connections:
        if _sent_ago(one) <= 2 * _SENDING_SECONDS:
            # What is on its way to the client still leaves.
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RD)
        one.close()


def _connections(client: str) -> list[socket.socket]:
    found = []
    with contextlib.suppress(OSError, AttributeError):
        # A name of the module only where the kernel has it.
        _ = socket.TCP_INFO
        for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - a Path for each of thousands is too slow
            with contextlib.suppress(OSError, ValueError):
                # A copy, as the descriptor can be closed, and its number used again, at any time.
                one = socket.socket(fileno=os.dup(int(name)))
                if one.family in {socket.AF_INET, socket.AF_INET6} and _address(one) == client:
                    found.append(one)
                else:
                    one.close()
    return found


def _address(connection: socket.socket) -> str:
    try:
        return str(connection.getpeername()[0]).removeprefix("::ffff:").partition("%")[0]
    except OSError:
        return ""


def _sent_ago(connection: socket.socket) -> float:
    try:
        return (
            float(_LAST_SENT.unpack(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_SENT.size))[0])
            / 1000
        )
    except OSError:
        return float("nan")
