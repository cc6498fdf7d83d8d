"""Unscoped hand-written SQL, and ways to run SQL past `kit.sql`."""

import ast
import re
from collections.abc import Iterator

from lints.tenancy import Tenancy, tail

Found = tuple[ast.expr, str]
Parents = dict[ast.AST, ast.AST]

_OTHER_ROADS = {"cursor", "execute", "executemany", "executescript", "raw", "extra"}
# The column must meet a value, or its like in a table that does; a join to the workspace's own row chooses nothing.
# A row that is written must name it.
_SCOPES = re.compile(
    r"\bworkspace_id\s*(?:=\s*(?:[?{]|\w+\.workspace_id\b)|IN\b)|^\s*INSERT\b[^()]*\([^()]*\bworkspace_id\b",
    re.IGNORECASE,
)


def unscoped(module: ast.Module, parents: Parents, tenancy: Tenancy) -> Iterator[Found]:
    """Find texts that name a workspace's table without holding its `workspace_id` to a value, wherever they stand."""
    names = re.compile(rf"\b({'|'.join(sorted(tenancy.tables)) or '(?!)'})\b", re.IGNORECASE)
    texts = _module_texts(module)
    for node in ast.walk(module):
        if isinstance(node, ast.expr) and _is_text(node) and not _is_text(parents.get(node)):
            text = _text(node, texts)
            table = names.search(text)
            if table and not _SCOPES.search(text):
                yield node, f"SQL on {table[1]} must hold workspace_id to a value"


def past_kit(module: ast.Module) -> Iterator[Found]:
    """Find SQL that is run by other means than `kit.sql.Statement`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _OTHER_ROADS:
            yield node, f".{node.func.attr}(): hand-written SQL goes through kit.sql"


def _is_text(node: ast.AST | None) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and (_is_text(node.left) or _is_text(node.right))
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, ast.JoinedStr | ast.FormattedValue)


def _text(node: ast.expr, texts: dict[str, str]) -> str:
    """Return what a text expression says, as far as it can be read here; names of this module are filled in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, texts) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, texts)
    if isinstance(node, ast.BinOp):
        return _text(node.left, texts) + _text(node.right, texts)
    return texts.get(tail(node), "{}")


def _module_texts(module: ast.Module) -> dict[str, str]:
    texts: dict[str, str] = {}
    for statement in module.body:
        if isinstance(statement, ast.Assign) and _is_text(statement.value):
            texts |= {tail(target): _text(statement.value, texts) for target in statement.targets}
    return texts
