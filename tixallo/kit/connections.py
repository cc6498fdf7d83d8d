"""The open connections of this process, and what the kernel knows about them. Linux only; elsewhere there are none.

The server in front does not say which connection a request came by, so it has to be found among those of its client's
address.
"""

import contextlib
import os
import socket
import stat
import struct
from typing import Final, NamedTuple

# struct tcp_info, linux/tcp.h: the state, and milliseconds since something was sent and since something was received.
_INFO: Final = struct.Struct("=B43xI4xI")
# include/net/tcp_states.h: both sides can send; this one has ended.
_ESTABLISHED: Final = 1
_ENDED: Final = {4, 5, 6, 7, 9, 11}
_NEVER: Final = float("nan")


class Known(NamedTuple):
    """What the kernel says of a connection: whether both sides can still send, whether this one has ended it, and the
    seconds since each has sent something.
    """

    established: bool
    ended: bool
    sent_ago: float
    received_ago: float


def copies(client: str) -> list[socket.socket]:
    """Return copies of the connections from the address `client`. They are the caller's to close."""
    found = []
    with contextlib.suppress(OSError, AttributeError):
        # A name of the module only where the kernel has it.
        _ = socket.TCP_INFO
        for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - a Path for each of thousands is too slow
            one = _copy(int(name))
            if one is not None and one.family in {socket.AF_INET, socket.AF_INET6} and _address(one) == client:
                found.append(one)
            elif one is not None:
                one.close()
    return found


def count() -> int:
    """Return how many descriptors this process has open."""
    try:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - as above
    except OSError:
        return 0


def known(connection: socket.socket) -> Known:
    """Return what the kernel knows; of a connection that is gone the times are no numbers."""
    try:
        state, sent, received = _INFO.unpack(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO.size))
    except OSError:
        return Known(False, True, _NEVER, _NEVER)
    return Known(state == _ESTABLISHED, state in _ENDED, sent / 1000, received / 1000)


def _copy(descriptor: int) -> socket.socket | None:
    # The descriptor can be closed, and its number used again, at any time. Nothing but a socket is copied: when a copy
    # of a file is closed, this process loses all its locks on that file (fcntl(2)), and SQLite relies on them.
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return None
        copy = os.dup(descriptor)
    except OSError:
        return None
    try:
        return socket.socket(fileno=copy)
    except OSError:
        # The number was used again, for a file perhaps: so the copy stays open.
        return None


def _address(connection: socket.socket) -> str:
    try:
        return str(connection.getpeername()[0]).removeprefix("::ffff:").partition("%")[0]
    except OSError:
        return ""
