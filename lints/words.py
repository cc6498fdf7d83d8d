"""What neither a file nor a commit message may say: how the project came about, and where it was built.

The words are put together from parts here, so that this file does not trip over itself.
"""

import re
from collections.abc import Iterator

from lints.findings import Finding
from lints.tree import Tree

_WORDS = (
    r"founding" + r"[ -]document",
    r"\bse" + r"ed\b",
    r"(?<![.\w])proto" + r"types?\b",
    r"\biss" + r"ues? #?[0-9]+\b",
    r"\.\./sha" + r"red\b",
    r"(?<![\w\])])\[(m|pub" + r"lic|ou" + r"rs)\]",
)
_MAKERS = (
    r"(?-i:\bA" + r"I\b)",
    r"\bLL" + r"Ms?\b",
    r"\blanguage" + r" models?\b",
    r"\bclau" + r"de\b",
    r"\banthro" + r"pic\b",
    r"\bchat" + r"gpt\b",
    r"\bcopi" + r"lot\b",
    r"\b(coding|sub-?)" + r" ?agents?\b",
    r"\bhel" + r"pers?\b",
    r"co-authored" + r"-by",
)
# A path is not part of an address or of another path.
_MACHINE_PATHS = (
    r"(?<![\w.~>)}:/-])/(wo" + r"rk|ro" + r"ot|tm" + r"p)(?=[/\s'\"`),;:]|$)",
    r"(?<![\w.])/(home|Users)/\w+",
)
_REGISTRIES = (
    r"\bpyp" + r"i\.org\b",
    r"\bpython" + r"hosted\.org\b",
    r"\bnpm" + r"js\.(org|com)\b",
    r"\byarn" + r"pkg\.com\b",
    r"\bdeb\." + r"debian\.org\b",
    r"\bproxy\.go" + r"lang\.org\b",
    r"\b(gh" + r"cr|quay|docker)\.io\b",
)
_PLACES = re.compile("|".join((*_MACHINE_PATHS, *_REGISTRIES)), re.IGNORECASE)
_FORBIDDEN = re.compile("|".join((*_WORDS, *_MAKERS, _PLACES.pattern)), re.IGNORECASE)

# Written by tools, and full of other people's names.
_LOCKS = ("package-lock.json", ".lock")


def check(tree: Tree) -> Iterator[Finding]:
    """Report the words in file names, files and commit messages."""
    for path in tree.paths:
        forbidden = _PLACES if path.endswith(_LOCKS) else _FORBIDDEN
        for line, text in enumerate((path, *tree.text(path).splitlines())):
            for match in forbidden.finditer(text):
                yield Finding(path, max(line, 1), f"'{match[0]}' has no place in the repository")
    for commit, message in tree.commits():
        for line, text in enumerate(message.splitlines(), start=1):
            for match in _FORBIDDEN.finditer(text):
                yield Finding(f"commit {commit}", line, f"'{match[0]}' has no place in a commit message")
