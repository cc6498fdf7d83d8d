"""The files of the project: what git tracks, or would track if it were added."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

# Where nothing is under git (a source archive, a sample in a test), these are no files of ours.
_FOREIGN = {".git", ".venv", "node_modules", "__pycache__", "build", "dist", "data"}


class Tree:
    """The project below `root`; paths in and out are relative to it, with forward slashes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.paths = sorted(_listed_by_git(root) or _walked(root))

    def matching(self, suffix: str, *, below: str = "") -> Iterator[str]:
        """Yield the paths that end in `suffix` and start with `below`."""
        return (path for path in self.paths if path.endswith(suffix) and path.startswith(below))

    def text(self, path: str) -> str:
        """Return the content of a file; a binary one is empty."""
        try:
            return (self.root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return ""

    def commits(self) -> Iterator[tuple[str, str]]:
        """Yield each commit's short id and message; nothing where there is no history."""
        log = _git(self.root, "log", "--format=%h%x1f%B%x1e") if (self.root / ".git").exists() else ""
        for record in log.split("\x1e"):
            commit, _, message = record.strip().partition("\x1f")
            if commit:
                yield commit, message


def _listed_by_git(root: Path) -> list[str]:
    if not (root / ".git").exists():
        return []
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return [path for path in listed if path and (root / path).is_file()]


def _git(root: Path, *arguments: str) -> str:
    # The checkout may belong to another user than the one who runs the lints, as in a container.
    command = ["git", "-c", f"safe.directory={root}", "-C", str(root), *arguments]
    run = subprocess.run(command, capture_output=True, check=False, encoding="utf-8", errors="replace")
    return run.stdout if run.returncode == 0 else ""


def _walked(root: Path) -> Iterator[str]:
    for path in root.rglob("*"):
        relative = path.relative_to(root)
        if path.is_file() and not _FOREIGN.intersection(relative.parts):
            yield relative.as_posix()
