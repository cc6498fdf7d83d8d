"""The sockets that `tixallo serve` listens on. The supervisor opens and keeps them, so that clients wait in the queue
while a web process is being replaced, instead of being refused.
"""

import errno
import socket
import sys
from typing import Final

from tixallo.config.environment import BadSetting

# Connections that the kernel holds while the web process is busy or being replaced.
BACKLOG: Final = 1024
# A peer that vanished without a word is noticed by probes, one that takes no more bytes of its answer by this timeout.
PEER_SILENT_SECONDS: Final = 30

_BOTH_LOOPBACKS: Final = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_NO_SUCH_FAMILY: Final = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}
_FREE_PORT_TRIES: Final = 20


def listen(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets, one for each address of `host`, all on the same port (a free one if `port` is 0).

    `localhost` stands for both loopback addresses, or the first alone on a machine without IPv6: a browser may try
    either, and passkeys need the name. Raises `BadSetting` when an address or the port cannot be had.
    """
    for _ in range(_FREE_PORT_TRIES):
        try:
            return _listen(host, port)
        except OSError as error:
            # With port 0 the first address had this port free, but the second did not.
            if port or error.errno != errno.EADDRINUSE:
                raise BadSetting(_sentence(host, port, error)) from error
    raise BadSetting("No port is free on every address of localhost.")


def port_of(listeners: list[socket.socket]) -> int:
    """Return the port that the sockets listen on."""
    return int(listeners[0].getsockname()[1])


def _listen(host: str, port: int) -> list[socket.socket]:
    opened: list[socket.socket] = []
    try:
        for family, address in _addresses(host):
            try:
                opened.append(_open(family, address, port))
            except OSError as error:
                if not (host == "localhost" and opened and error.errno in _NO_SUCH_FAMILY):
                    raise
            port = port or port_of(opened)
    except OSError:
        for listener in opened:
            listener.close()
        raise
    return opened


def _addresses(host: str) -> list[tuple[int, str]]:
    if host == "localhost":
        return list(_BOTH_LOOPBACKS)
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((int(family), str(address[0])) for family, _, _, _, address in found))


def _open(family: int, address: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Without SO_REUSEPORT, so that a port that another program listens on is refused. What is set here is
        # inherited by every accepted connection.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if sys.platform == "linux":
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, PEER_SILENT_SECONDS)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, PEER_SILENT_SECONDS // 3)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PEER_SILENT_SECONDS * 1000)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address != "::"))
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _sentence(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program: stop that one, or choose another port with --port."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} may not be opened by this user: choose one above 1023 with --port."
    return f"TIXALLO_HOST must be an address of this machine, not '{host}' ({(error.strerror or str(error)).lower()})."
