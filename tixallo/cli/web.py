"""The web process: one granian worker for each listening socket, all in this process and before one application.

Started by the supervisor through `child.py`; this is the only module that touches what granian keeps to itself.
"""

import argparse
import asyncio
import atexit
import gc
import importlib
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
from typing import Any, Final

from granian.http import HTTP1Settings

from tixallo.cli.bridge import Application, Bridge
from tixallo.cli.child import READY, STOP_SECONDS, load
from tixallo.cli.listening import BACKLOG
from tixallo.config import certificates, environment
from tixallo.config.environment import BadSetting, Environment, OutOfReach

# From the first byte awaited to the end of the head; so an idle connection is closed after it, too.
HEAD_SECONDS: Final = 15
HEAD_BYTES: Final = 64 * 1024
# Open connections of one socket; those that wait for their client cost some kilobytes and no thread.
CONNECTIONS: Final = 4096

_SPARE_DESCRIPTORS: Final = 256
_THREAD_IDLE_SECONDS: Final = 30


def main(arguments: list[str]) -> int:
    """Prepare, listen, say so to the supervisor, serve until SIGTERM. The status is 2 for a setting of no use."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready", type=int, required=True)
    parser.add_argument("--listen", type=int, action="append", required=True)
    parser.add_argument("--application", default="tixallo.config.wsgi:application")
    parser.add_argument("--prepare", default="tixallo.cli.web:prepare")
    given = parser.parse_args(arguments)
    try:
        settings = environment.load(os.environ)
        certificates.check(settings)
        load(given.prepare)()
        application = load(given.application)
    except BadSetting as error:
        print(f"tixallo: {error}", file=sys.stderr)
        return 2
    except OutOfReach as error:
        print(f"tixallo: {error}", file=sys.stderr)
        return 1
    told, tell = socket.socketpair()
    tell.setblocking(False)
    # An Event would be set by Python's own handler, which does not run once this thread waits in the kernel.
    signal.set_wakeup_fd(tell.fileno())
    signal.signal(signal.SIGTERM, lambda *_: None)
    workers = Workers(settings, application, given.listen)
    os.write(given.ready, READY)
    warm = getattr(application, "warm", None)
    if warm is not None:
        warm()
        _freeze()
    while told.recv(1) != bytes([signal.SIGTERM]):
        pass
    if not workers.stop():
        # A thread that still waits for its client would keep the interpreter from ending.
        atexit._run_exitfuncs()
        os._exit(0)
    return 0


def prepare() -> None:
    """Make Django ready, bring the database up to date, and print the way in if there is none. Raises `BadSetting` and
    `OutOfReach`.
    """
    from tixallo.cli import people
    from tixallo.config import setup

    setup.use()
    setup.prepare()
    from tixallo.workspaces import letters

    with setup.reaching():
        letters.note_server()
        people.print_welcome()


class Workers:
    """Running granian workers, one for each socket, each with its own threads."""

    def __init__(self, settings: Environment, application: Application, listeners: list[int]) -> None:
        """Start to serve `application` on the descriptors of listening sockets."""
        # Its type stubs are older than its code.
        granian: Any = importlib.import_module("granian._granian")
        logging.getLogger("_granian").setLevel(logging.WARNING)
        _freeze()
        # Only WSGI is spoken here; the loop is never run, but the scheduler insists on one.
        loop = asyncio.new_event_loop()
        self._bridge = Bridge(application, max(settings.threads // 4, 1))
        connections = min(CONNECTIONS, (_raised_descriptors() - _SPARE_DESCRIPTORS) // len(listeners))
        self._signals: list[Any] = []
        self._stopped: list[threading.Event] = []
        for number, descriptor in enumerate(listeners, start=1):
            worker = granian.WSGIWorker(
                worker_id=number,
                sock=(None, _holder(granian, descriptor)),
                ipc=None,
                threads=1,
                blocking_threads=1,
                py_threads=settings.threads,
                py_threads_idle_timeout=_THREAD_IDLE_SECONDS,
                backpressure=max(connections, 1),
                http_mode="1",
                http1_opts=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000, max_buffer_size=HEAD_BYTES),
                ssl_enabled=settings.tls,
                ssl_cert=str(settings.tls_cert) if settings.tls else None,
                ssl_key=str(settings.tls_key) if settings.tls else None,
                ssl_protocol_min="tls1.2",
                ssl_crl=[],
            )
            signalled, stopped = granian.WorkerSignal(), threading.Event()
            signalled.add_cb(stopped.set)
            scheduler = granian.CallbackScheduler(loop, self._bridge.socket(), None, None, None)
            worker.serve_mtr(scheduler, loop, signalled)
            self._signals.append(signalled)
            self._stopped.append(stopped)

    def stop(self) -> bool:
        """Close the sockets and return when all requests are answered: False if some were not within the time."""
        self._bridge.end()
        for signalled in self._signals:
            signalled.set()
        end = time.monotonic() + STOP_SECONDS
        return all(stopped.wait(max(end - time.monotonic(), 0)) for stopped in self._stopped)


def _holder(granian: Any, descriptor: int) -> Any:
    if sys.platform.startswith(("linux", "freebsd")):
        return granian.SocketHolder(descriptor, False, BACKLOG)
    return granian.SocketHolder(descriptor, False)


def _freeze() -> None:
    # What has been imported stays for good; the collector need not go through it again and again.
    gc.collect()
    gc.freeze()


def _raised_descriptors() -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS + _SPARE_DESCRIPTORS
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return wanted if soft == resource.RLIM_INFINITY else soft
