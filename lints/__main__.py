"""`python -m lints` runs every lint; `python -m lints --list` shows the exceptions from scoping with their reasons."""

import sys
from pathlib import Path

from lints import docstrings, files, scoping, templates, words
from lints.tree import Tree

_LINTS = (scoping, docstrings, files, templates, words)


def main(arguments: list[str]) -> int:
    """Print what was found, one place a line; the status is 1 when there is any."""
    tree = Tree(Path(__file__).resolve().parent.parent)
    if arguments == ["--list"]:
        for path, line, reason in scoping.excused(tree):
            print(f"{path}:{line}: {reason}")
        return 0
    findings = [finding for lint in _LINTS for finding in lint.check(tree)]
    for finding in findings:
        print(finding)
    if not findings:
        print(f"{len(tree.paths)} files, nothing found.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
