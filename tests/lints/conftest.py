"""A small project to try the lints on."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from lints.tree import Tree

MakeTree = Callable[[dict[str, str]], Tree]

MODELS = """
class Workspace(models.Model):
    name = models.TextField()

class Person(models.Model):
    name = models.TextField()

class Ticket(models.Model):
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    assignee = models.ForeignKey(Person, models.CASCADE, related_name="+")

class Draft(Ticket):
    pass
"""


@pytest.fixture
def make_tree(tmp_path: Path) -> MakeTree:
    """Write files (path → text) and return the tree of them, with models to speak of."""

    def make(files: dict[str, str]) -> Tree:
        for name, text in {"tixallo/tickets/models.py": MODELS, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        return Tree(tmp_path)

    return make
