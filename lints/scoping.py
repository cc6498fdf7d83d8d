"""One road to tenant data: rows are reached through their workspace.

`workspace.tickets…` is that road; `Ticket.objects.filter(workspace=…)` leads to the same place. Anything else, and any
SQL on such a table that does not compare `workspace_id` with a value, needs an excuse (see `excuses`).
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from lints import queries, statements
from lints.excuses import Excuses
from lints.findings import Finding
from lints.tenancy import Tenancy, read_tenancy, source_paths
from lints.tree import Tree


class Excused(NamedTuple):
    """One exception to the rule."""

    path: str
    line: int
    reason: str


def check(tree: Tree) -> Iterator[Finding]:
    """Report unscoped queries that nothing excuses, and excuses without reason or use."""
    tenancy = read_tenancy(tree)
    for path in source_paths(tree):
        findings, excuses = _judge(tree, path, tenancy)
        yield from findings
        yield from (Finding(path, line, message) for line, message in excuses.complaints())


def excused(tree: Tree) -> Iterator[Excused]:
    """List every exception with its reason."""
    tenancy = read_tenancy(tree)
    for path in source_paths(tree):
        _, excuses = _judge(tree, path, tenancy)
        yield from (Excused(path, line, reason) for line, reason in excuses.used())


def _judge(tree: Tree, path: str, tenancy: Tenancy) -> tuple[list[Finding], Excuses]:
    source = tree.text(path)
    module, excuses = ast.parse(source), Excuses(source)
    parents = {child: parent for parent in ast.walk(module) for child in ast.iter_child_nodes(parent)}
    found = [*queries.unscoped(module, parents, tenancy), *statements.unscoped(module, parents, tenancy)]
    if not path.startswith("tixallo/kit/"):
        found += statements.past_kit(module)
    findings = [
        Finding(path, node.lineno, message)
        for node, message in sorted(found, key=lambda item: item[0].lineno)
        if not excuses.cover(_statement(node, parents))
    ]
    return findings, excuses


def _statement(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> ast.stmt:
    found: ast.AST = node
    while not isinstance(found, ast.stmt):
        found = parents[found]
    return found
