"""Comments that excuse a place from the rule on scoping: `# unscoped: the reason`.

They stand on a line of the statement or right above it, and say why the rule does not hold there.
"""

import ast
import io
import tokenize
from collections.abc import Iterator

_MARK = "# unscoped:"
_SHORTEST_REASON = 10


class Excuses:
    """The excuses of one source file, and which of them were needed."""

    def __init__(self, source: str) -> None:
        self._reasons: dict[int, str] = {}
        self._used: set[int] = set()
        self._comment_lines: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                line = token.start[0]
                if token.line.strip().startswith("#"):
                    self._comment_lines.add(line)
                if token.string.startswith(_MARK):
                    self._reasons[line] = token.string.removeprefix(_MARK).strip()

    def cover(self, statement: ast.stmt) -> bool:
        """Tell whether an excuse belongs to the statement, and remember that it was needed."""
        first = statement.lineno
        while first - 1 in self._comment_lines:
            first -= 1
        found = [line for line in range(first, _last_line(statement) + 1) if line in self._reasons]
        self._used.update(found)
        return bool(found)

    def used(self) -> Iterator[tuple[int, str]]:
        """Yield the line and the reason of each excuse that was needed."""
        return ((line, self._reasons[line]) for line in sorted(self._used))

    def complaints(self) -> Iterator[tuple[int, str]]:
        """Yield the line of each excuse that gives no reason or excuses nothing, with what is wrong."""
        for line, reason in self._reasons.items():
            if len(reason) < _SHORTEST_REASON:
                yield line, "an excuse needs a reason: # unscoped: why it is right here"
            elif line not in self._used:
                yield line, "this excuse excuses nothing; remove it"


def _last_line(statement: ast.stmt) -> int:
    """Return where a statement ends; a block (`with`, `for`, …) ends with its head."""
    body = getattr(statement, "body", None)
    if isinstance(body, list) and body:
        return max(statement.lineno, int(body[0].lineno) - 1)
    return statement.end_lineno or statement.lineno
