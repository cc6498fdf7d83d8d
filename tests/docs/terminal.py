"""A reader's terminal: one shell a page, in which its examples are run one after the other, as they stand."""

import subprocess
import sys
from pathlib import Path
from typing import IO, NamedTuple

from tests.docs.pages import Block
from tests.servers import Server

# The address that the pages carry.
SHOWN = "http://localhost:8000"
_END = "\x1e"
_FILES = {"bash": "example.sh", "js": "example.mjs", "python": "example.py"}


class Outcome(NamedTuple):
    """What an example left: its exit status, all that it printed, and the head of curl's last response."""

    status: int
    printed: str
    head: str


class Terminal:
    """A shell beside a running server, with the key in its variable, or with `paste_only` only at hand for pasting."""

    def __init__(self, server: Server, key: str, *, paste_only: bool = False) -> None:
        self._server = server
        self._place = server.directory
        # Curl's own settings file makes it keep the head and leave out its progress, whatever its command line is.
        (self._place / ".curlrc").write_text(f'dump-header = "{self._head}"\nsilent\nshow-error\n')
        # What a reader pastes where an example waits for it.
        (self._place / "paste").write_text(f"{key}\n")
        bin_directory = Path(sys.executable).parent
        self._shell = subprocess.Popen(
            ["bash", "--norc"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self._place,
            text=True,
            env=server.environment
            | ({} if paste_only else {"TIXALLO_API_KEY": key})
            | {
                "PATH": f"{bin_directory}:/usr/local/bin:/usr/bin:/bin",
                "HOME": str(self._place),
                "CURL_HOME": str(self._place),
                "LC_ALL": "C.UTF-8",
            },
        )

    @property
    def _head(self) -> Path:
        return self._place / "head"

    def run(self, block: Block) -> Outcome:
        """Run an example and wait for its end."""
        file = self._place / _FILES[block.language]
        file.write_text(block.text.replace(SHOWN, self._server.url) + "\n")
        self._head.unlink(missing_ok=True)
        program = {"bash": ".", "js": "node", "python": "python"}[block.language]
        stdin, stdout = self._pipes()
        stdin.write(f"{program} ./{file.name} <./paste; printf '{_END}%s\\n' $?\n")
        stdin.flush()
        printed = ""
        while _END not in printed:
            line = stdout.readline()
            assert line, f"the shell ended: {printed}"
            printed += line
        printed, _, status = printed.partition(_END)
        heads = self._head.read_text() if self._head.exists() else ""
        # One head after the other, each with an empty line at its end.
        last = heads.replace("\r\n", "\n").strip().rpartition("\n\n")[2]
        return Outcome(int(status), printed.replace(self._server.url, SHOWN), last)

    def close(self) -> None:
        """End the shell and what runs in it."""
        stdin, stdout = self._pipes()
        stdin.close()
        self._shell.wait(timeout=30)
        stdout.close()

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        return self._shell.stdin, self._shell.stdout
