"""How a child of the supervisor starts: it ties itself to its parent, then runs what it was started for.

`python -m tixallo.cli.child CONTROL MODULE:FUNCTION ARGUMENT…`, where CONTROL is the descriptor of its end of a socket
pair. The other end closes with the parent, however that ends; a child that is ready may say so through its own.
"""

import importlib
import os
import signal
import sys
import threading
import time
from typing import Any, Final

READY: Final = b"r"
# What a process that is told to stop gives the requests that it is working on.
STOP_SECONDS: Final = 20
# The same for one whose parent is gone.
_ORPHAN_SECONDS: Final = 0.7


def main(arguments: list[str]) -> int:
    """Run MODULE:FUNCTION with the arguments that follow it, and return its exit status."""
    control, target, *rest = arguments
    tie(int(control))
    status = load(target)(rest)
    return int(status or 0)


def tie(control: int) -> None:
    """End this process when its parent is gone, and leave a Ctrl-C in the terminal to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(control,), name="parent", daemon=True).start()


def load(target: str) -> Any:
    """Return what `MODULE:NAME` names."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _watch(control: int) -> None:
    while os.read(control, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_ORPHAN_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
