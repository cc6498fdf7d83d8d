"""The worker: one process that carries out what is due, until it is told to stop."""

import logging
import select
import signal
import socket
from importlib import import_module

from tixallo.config import setup

_PAUSE_SECONDS = 1.0
_AFTER_FAILURE_SECONDS = 5.0

_log = logging.getLogger("tixallo.worker")


def run(data: str | None) -> int:
    """Work until SIGTERM or SIGINT; what is being carried out then is finished first. Return the exit status."""
    setup.use({"TIXALLO_DATA": data} if data else None)
    setup.prepare()
    import_module("tixallo.config.kinds")
    _work(_Stop())
    return 0


class _Stop:
    """Whether SIGTERM or SIGINT has come.

    Not an Event: its lock may be held by the very thread that a signal interrupts, which would then wait for itself.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._woken, self._wake = socket.socketpair()
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._set)

    def is_set(self) -> bool:
        return self._is_set

    def wait(self, seconds: float) -> None:
        select.select([self._woken], [], [], seconds)

    def _set(self, *_: object) -> None:
        self._is_set = True


def _work(stop: _Stop) -> None:
    from django.db import Error, close_old_connections

    from tixallo.kit import due
    from tixallo.kit.errors import Busy

    armed = False
    while not stop.is_set():
        try:
            if not armed:
                due.arm_schedules()
                armed = True
            if due.work_once(stop.is_set):
                continue
            stop.wait(_PAUSE_SECONDS)
        except (Error, Busy):
            _log.exception("The database does not answer; the next try is in %d seconds", _AFTER_FAILURE_SECONDS)
            close_old_connections()
            stop.wait(_AFTER_FAILURE_SECONDS)
