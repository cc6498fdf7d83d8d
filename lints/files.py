"""Files stay short, and a name says what is inside."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from lints.findings import Finding
from lints.tree import Tree

LONGEST = 400

# Drawers into which anything fits.
_EMPTY_NAMES = {"util", "help" + "er", "manager", "service", "handler", "base", "misc"}
_WRITTEN_BY_HAND = (".py", ".html", ".css", ".js", ".mjs", ".sh", ".sql")


def check(tree: Tree) -> Iterator[Finding]:
    """Report files over 400 lines and modules or directories with names that say nothing."""
    for path in tree.paths:
        if not path.endswith(_WRITTEN_BY_HAND):
            continue
        length = len(tree.text(path).splitlines())
        if length > LONGEST:
            yield Finding(path, LONGEST + 1, f"{length} lines; split it by ability ({LONGEST} at most)")
        if path.endswith(".html"):
            continue
        for part in PurePosixPath(path).with_suffix("").parts:
            for word in re.split(r"[_.-]", part.lower()):
                if word in _EMPTY_NAMES or word.removesuffix("s") in _EMPTY_NAMES:
                    yield Finding(path, 1, f"the name {part} says nothing about what is inside")
