"""Ending the connection of a request whose client does not send what it announced.

The thread that reads the body waits inside granian, which offers no way to stop it. The connection is the one on which
nothing was sent since the reading began, and then the answer was. Where none can be found the thread waits on.
"""

import contextlib
import socket
import time
from collections.abc import Callable
from typing import Final

from tixallo.kit import connections

# Between the start of the clock and the "100 Continue" that granian may send when the reading begins.
_LEEWAY_SECONDS: Final = 0.5
# Enough for an answer to leave this machine, and short enough for hardly any other to do so meanwhile.
_SENDING_SECONDS: Final = 0.05


def end_connection(client: str, since: float, answer: Callable[[], object]) -> None:
    """Answer a request from the address `client` whose body has been awaited since then (`time.monotonic`), and end
    the reading from its connection, so that whoever waits for the body goes on.
    """
    silent = time.monotonic() - since - _LEEWAY_SECONDS
    copies = connections.copies(client)
    found = [one for one in copies if connections.known(one).sent_ago >= silent]
    answer()
    time.sleep(_SENDING_SECONDS)
    for one in found:
        if connections.known(one).sent_ago <= 2 * _SENDING_SECONDS:
            # What is on its way to the client still leaves.
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RD)
    for one in copies:
        one.close()
