"""Which models belong to a workspace, read from their source: those with a `workspace` foreign key, and their heirs."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from lints.tree import Tree

_MODEL_BASES = {"Model", "AbstractBaseUser", "AbstractUser"}
_RELATIONS = {"ForeignKey", "OneToOneField"}
_CREATES_TABLE = re.compile(r"\bCREATE\s+(?:VIRTUAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)", re.IGNORECASE)


@dataclass
class Tenancy:
    """The project's models by class name: those that belong to a workspace, and those that are free of it.

    `tables` are those of the former, and those that a migration creates by hand.
    """

    scoped: set[str] = field(default_factory=set)
    free: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)


def read_tenancy(tree: Tree) -> Tenancy:
    """Read every model below tixallo/."""
    classes = [(path, node) for path in source_paths(tree) for node in _classes(tree.text(path))]
    tenancy = Tenancy()
    # An heir may stand before its parent in this order, so go on until nothing new is found.
    before = -1
    while before != len(tenancy.scoped) + len(tenancy.free):
        before = len(tenancy.scoped) + len(tenancy.free)
        for path, node in classes:
            _sort_in(tenancy, path, node)
    for path in tree.matching(".py", below="tixallo/"):
        if "/migrations/" in path:
            tenancy.tables.update(_CREATES_TABLE.findall(tree.text(path)))
    return tenancy


def source_paths(tree: Tree) -> Iterator[str]:
    """Yield the modules of the package; migrations work on all workspaces at once and are left out."""
    return (path for path in tree.matching(".py", below="tixallo/") if "/migrations/" not in path)


def tail(node: ast.expr) -> str:
    """Return the last name of a dotted expression: `Ticket` of `models.Ticket`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _classes(source: str) -> list[ast.ClassDef]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]


def _sort_in(tenancy: Tenancy, path: str, node: ast.ClassDef) -> None:
    bases = {tail(base) for base in node.bases}
    if _has_workspace(node) or bases & tenancy.scoped:
        tenancy.scoped.add(node.name)
        tenancy.tables.add(_table(path, node))
    elif bases & (_MODEL_BASES | tenancy.free):
        tenancy.free.add(node.name)


def _has_workspace(node: ast.ClassDef) -> bool:
    return any(
        name == "workspace" and isinstance(value, ast.Call) and tail(value.func) in _RELATIONS
        for name, value in _assignments(node)
    )


def _table(path: str, node: ast.ClassDef) -> str:
    for inner in node.body:
        if isinstance(inner, ast.ClassDef) and inner.name == "Meta":
            for name, value in _assignments(inner):
                if name == "db_table" and isinstance(value, ast.Constant):
                    return str(value.value)
    return f"{PurePosixPath(path).parts[1]}_{node.name.lower()}"


def _assignments(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            yield from ((tail(target), statement.value) for target in statement.targets)
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            yield tail(statement.target), statement.value
