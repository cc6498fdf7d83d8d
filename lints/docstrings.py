"""Public methods say what goes in and comes out, as ruff demands of functions and classes (D101, D103).

Ruff's D102 cannot tell a method of ours from one that a framework calls and documents, so it is off and this lint asks
only classes that stand on their own, and models.
"""

import ast
from collections.abc import Iterator

from lints.findings import Finding
from lints.tenancy import source_paths, tail
from lints.tree import Tree

_OWN = {"Model", "NamedTuple", "object"}


def check(tree: Tree) -> Iterator[Finding]:
    """Report public methods without a docstring."""
    for path in source_paths(tree):
        for node in ast.parse(tree.text(path)).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and _stands_alone(node):
                yield from (
                    Finding(path, method.lineno, f"{node.name}.{method.name} needs a docstring")
                    for method in node.body
                    if isinstance(method, ast.FunctionDef) and _is_silent(method)
                )


def _stands_alone(node: ast.ClassDef) -> bool:
    return all(tail(base) in _OWN for base in node.bases)


def _is_silent(method: ast.FunctionDef) -> bool:
    return not method.name.startswith("_") and ast.get_docstring(method) is None
