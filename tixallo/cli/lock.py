"""The lock on the data directory: one `tixallo serve` at a time, its children included. It notes its address there."""

import fcntl
import os
import time
from pathlib import Path
from typing import Final

from tixallo.config.environment import BadSetting

# How long to wait for the children of a killed predecessor, which end within about a second.
_WAIT_SECONDS: Final = 5.0
_LOOK_EVERY_SECONDS: Final = 0.05
_LONGEST_NOTE: Final = 1_000


def hold(data: Path) -> int:
    """Return the descriptor of the locked DATA/serve.lock; it is free again once every process that has it is gone.

    The directory is made, with mode 0700, when it is missing. Raises `BadSetting` when another server holds it.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BadSetting(f"The data directory {data} cannot be used: {(error.strerror or '').lower()}.") from error
    end = time.monotonic() + _WAIT_SECONDS
    while not _locked(lock):
        if _holder_lives(lock) or time.monotonic() > end:
            os.close(lock)
            raise BadSetting(f"Another server holds the data directory {data}: stop it first, or give another --data.")
        time.sleep(_LOOK_EVERY_SECONDS)
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def note_origin(lock: int, origin: str) -> None:
    """Write beside the lock under which address the server that holds it makes its links."""
    os.pwrite(lock, f"{os.getpid()}\n{origin}\n".encode(), 0)


def noted_origin(data: Path) -> str:
    """Return the address under which the server of a data directory makes its links; nothing where none runs."""
    try:
        with (data / "serve.lock").open() as lock:
            # Whoever gets it finds what a server left that has ended.
            if _locked(lock.fileno(), fcntl.LOCK_SH):
                return ""
            return lock.read(_LONGEST_NOTE).partition("\n")[2].strip()
    except OSError:
        return ""


def _locked(lock: int, how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder_lives(lock: int) -> bool:
    # Only decides whether waiting is worth while; the lock alone says whether the directory is taken.
    try:
        os.kill(int(os.pread(lock, 20, 0).partition(b"\n")[0]), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
