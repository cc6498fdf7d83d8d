"""Public methods are documented."""

import pytest

from lints import docstrings
from tests.lints.conftest import MakeTree

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "code",
    [
        'class Ticket(models.Model):\n    def close(self):\n        """Close it."""',
        "class _Detail:\n    def act(self): ...",
        "class Detail:\n    def _act(self): ...",
        "class IdField(models.Field):\n    def db_type(self): ...",
    ],
)
def test_a_documented_private_or_inherited_method_passes(make_tree: MakeTree, code: str) -> None:
    assert not list(docstrings.check(make_tree({"tixallo/tickets/sample.py": code})))


@pytest.mark.parametrize("bases", ["", "(models.Model)", "(NamedTuple)"])
def test_a_silent_method_is_found(make_tree: MakeTree, bases: str) -> None:
    tree = make_tree({"tixallo/tickets/sample.py": f"class Ticket{bases}:\n    def close(self): ..."})
    assert [finding.line for finding in docstrings.check(tree)] == [2]
