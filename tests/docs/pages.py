"""The pages of the documentation taken apart: fenced blocks, headings, links, tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What a reader can run; every block of these is run.
RUNNABLE = ("bash", "js", "python")
# What the block before it was answered: the last response of its curl, or what it printed.
ANSWERS = ("http", "text")
# Files to copy; each kind has a test of its own.
FILES = ("ini", "nginx")

_FENCE = re.compile(r"^(```+)(.*)$")
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *$")
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words after it (`fails`: its status is not 0), its text and first line."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int


@dataclass(frozen=True)
class Page:
    """A page, by its path from the root of the project."""

    path: str

    @property
    def text(self) -> str:
        return (ROOT / self.path).read_text(encoding="utf-8")

    def blocks(self) -> list[Block]:
        """The fenced blocks in order."""
        return [block for block in self._pieces() if isinstance(block, Block)]

    def prose(self) -> list[tuple[int, str]]:
        """The lines outside fenced blocks, with their numbers."""
        return [piece for piece in self._pieces() if not isinstance(piece, Block)]

    def anchors(self) -> set[str]:
        """What a link to this page may name after its `#`."""
        found: set[str] = set()
        for _, line in self.prose():
            if heading := _HEADING.match(line):
                found.add(anchor(heading[2]))
        return found

    def links(self) -> Iterator[tuple[int, str]]:
        """Every link with its line number."""
        prose = self.prose()
        text = "\n".join(_CODE.sub("", line) for _, line in prose)
        for match in _LINK.finditer(text):
            # A link's text may go over the end of a line.
            yield prose[text.count("\n", 0, match.end())][0], match[1]

    def section(self, heading: str) -> str:
        """The prose under a heading, up to the next one of the same depth or above."""
        lines: list[str] = []
        depth = 0
        for _, line in self.prose():
            match = _HEADING.match(line)
            if match and depth and len(match[1]) <= depth:
                break
            if depth:
                lines.append(line)
            elif match and match[2] == heading:
                depth = len(match[1])
        assert depth, f"{self.path} has no heading “{heading}”"
        return "\n".join(lines)

    def _pieces(self) -> Iterator[Block | tuple[int, str]]:
        lines = iter(enumerate(self.text.splitlines(), start=1))
        for number, line in lines:
            fence = _FENCE.match(line)
            if fence is None:
                yield number, line
                continue
            inside: list[str] = []
            for _, inner in lines:
                if inner == fence[1]:
                    break
                inside.append(inner)
            else:
                raise AssertionError(f"{self.path}:{number}: the block does not end")
            language, *words = fence[2].split() or [""]
            yield Block(language, tuple(words), "\n".join(inside), number)


def anchor(heading: str) -> str:
    """Return the anchor that renderers of Markdown give a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return kept.replace(" ", "-")


def rows(text: str) -> list[list[str]]:
    """Return the cells of every table row in a text, heads and rules left out."""
    found: list[list[str]] = []
    lines = text.splitlines()
    for place, line in enumerate(lines):
        is_head = place + 1 < len(lines) and re.match(r"^\|[-:| ]+\|$", lines[place + 1])
        if line.startswith("|") and not is_head and not re.match(r"^\|[-:| ]+\|$", line):
            cells = line.replace("\\|", "\0").strip().strip("|").split("|")
            found.append([cell.strip().replace("\0", "|") for cell in cells])
    return found


def guides() -> list[Page]:
    """The pages whose examples are run: the README and the guides in docs/."""
    others = {"benchmarks.md", "settings.md"}
    paths = sorted(path for path in (ROOT / "docs").glob("*.md") if path.name not in others)
    return [Page("README.md"), *(Page(f"docs/{path.name}") for path in paths)]


def everything() -> list[Page]:
    """Every page that people read, whoever wrote it."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "scanners").glob("*.md")]
    return [Page(path.relative_to(ROOT).as_posix()) for path in sorted(paths)]
