"""The temporary directory of one test session. Everything in it, running processes included, ends with the session,
even when the session is killed: a watcher outlives it, reads from a pipe until the session is gone, and clears up.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

# $1 is the directory. Servers are killed by process group, database clusters by the process id that they keep.
_WATCH = """
cat >/dev/null
for entry in "$1"/groups/*; do
    [ -e "$entry" ] && kill -9 "-$(basename "$entry")" 2>/dev/null
done
for entry in "$1"/*/postmaster.pid; do
    [ -e "$entry" ] && kill -3 "$(head -n 1 "$entry")" 2>/dev/null
done
for _ in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf "$1" 2>/dev/null && break
    sleep 0.2
done
"""


class Scratch:
    """A directory whose content, and the processes named to it, do not outlive this process."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="tixallo-")).resolve()
        # Other users (postgres) must reach what is theirs in here, but need not see what else there is.
        self.path.chmod(0o711)
        self._groups = self.path / "groups"
        self._groups.mkdir()
        # A session of its own, so that Ctrl-C ends the tests and leaves the watcher to clear up after them.
        self._watcher = subprocess.Popen(
            ["sh", "-c", _WATCH, "watch", str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def directory(self, name: str) -> Path:
        """A new empty directory with mode 0700; a number is appended when the name is taken."""
        for number in range(10_000):
            path = self.path / (f"{name}-{number}" if number else name)
            try:
                path.mkdir(mode=0o700)
            except FileExistsError:
                continue
            return path
        raise RuntimeError(f"Too many directories called {name}")

    def adopt(self, group: int) -> None:
        """Kill this process group at the end of the session, unless it is released before."""
        (self._groups / str(group)).touch()

    def release(self, group: int) -> None:
        (self._groups / str(group)).unlink(missing_ok=True)

    def close(self) -> None:
        """Clear up now, and return when that is done."""
        assert self._watcher.stdin is not None
        self._watcher.stdin.close()
        self._watcher.wait(timeout=30)
        shutil.rmtree(self.path, ignore_errors=True)
