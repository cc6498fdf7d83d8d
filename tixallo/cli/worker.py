"""The worker: one process that carries out what is due, until it is told to stop."""

import logging
import signal
import threading
from importlib import import_module
from types import FrameType

from tixallo.config import setup

_PAUSE_SECONDS = 1.0
_AFTER_FAILURE_SECONDS = 5.0

_log = logging.getLogger("tixallo.worker")


def run(data: str | None) -> int:
    """Work until SIGTERM or SIGINT; what is being carried out then is finished first. Return the exit status."""
    setup.use({"TIXALLO_DATA": data} if data else None)
    setup.prepare()
    import_module("tixallo.config.kinds")
    stop = threading.Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    _work(stop)
    return 0


def _work(stop: threading.Event) -> None:
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
