"""Unscoped use of Django's object-relational mapper."""

import ast
from collections.abc import Iterator

from lints.tenancy import Tenancy, tail

Found = tuple[ast.expr, str]
Parents = dict[ast.AST, ast.AST]

_ROADS = {"objects", "_default_manager", "_base_manager"}
_TAKES_MODEL = {"get_object_or_404", "get_list_or_404", "QuerySet"}
_RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
_FIRST_CALLS = {"filter", "get", "create", "get_or_create", "update_or_create"}
_SCOPES = {"workspace", "workspace_id"}


def unscoped(module: ast.Module, parents: Parents, tenancy: Tenancy) -> Iterator[Found]:
    """Find the places where rows of a workspace's models are reached past the workspace."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr in _ROADS and _may_be_scoped(node.value, parents, tenancy):
            if not _names_workspace(node, parents):
                name = ast.unparse(node.value)
                yield node, f"{name}.{node.attr}: name the workspace in the first call, or go through the workspace"
        elif isinstance(node, ast.Call) and tail(node.func) in _TAKES_MODEL and node.args:
            if tail(node.args[0]) in tenancy.scoped:
                yield node, f"{tail(node.func)}({tail(node.args[0])}): pass rows reached through the workspace"
        elif isinstance(node, ast.ClassDef) and node.name in tenancy.scoped:
            yield from _reverse_roads(node, tenancy)


def _may_be_scoped(owner: ast.expr, parents: Parents, tenancy: Tenancy) -> bool:
    """Tell whether a manager's owner can be a workspace's model; what cannot be told is taken for one."""
    if (isinstance(owner, ast.Name) and owner.id in {"cls", "self"}) or isinstance(owner, ast.Call):
        around = _class_around(owner, parents)
        return around is None or around.name not in tenancy.free
    return tail(owner) not in tenancy.free


def _class_around(node: ast.AST, parents: Parents) -> ast.ClassDef | None:
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.ClassDef):
            return node
    return None


def _names_workspace(manager: ast.Attribute, parents: Parents) -> bool:
    method = parents.get(manager)
    call = parents.get(method) if method else None
    return (
        isinstance(method, ast.Attribute)
        and method.attr in _FIRST_CALLS
        and isinstance(call, ast.Call)
        and call.func is method
        and any(keyword.arg in _SCOPES for keyword in call.keywords)
    )


def _reverse_roads(model: ast.ClassDef, tenancy: Tenancy) -> Iterator[Found]:
    """Find relations that would let a row shared by workspaces (a person, say) lead back into all of them."""
    for statement in model.body:
        call = getattr(statement, "value", None)
        if not (isinstance(call, ast.Call) and tail(call.func) in _RELATIONS and call.args):
            continue
        target = _target(call.args[0])
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        name = keywords.get("related_name")
        closed = isinstance(name, ast.Constant) and str(name.value).endswith("+")
        if target not in {*tenancy.scoped, "Workspace", "self"} and not closed:
            yield call, f"the way back from {target} crosses workspaces: related_name='+'"


def _target(argument: ast.expr) -> str:
    if isinstance(argument, ast.Constant):
        return str(argument.value).rpartition(".")[2]
    return tail(argument)
