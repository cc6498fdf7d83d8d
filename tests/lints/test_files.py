"""Files are short and named by what is inside."""

import pytest

from lints import files
from tests.lints.conftest import MakeTree

pytestmark = pytest.mark.once


def test_a_file_of_400_lines_passes_and_one_more_does_not(make_tree: MakeTree) -> None:
    assert not list(files.check(make_tree({"tixallo/a.py": "a = 1\n" * 400})))
    assert [finding.path for finding in files.check(make_tree({"tixallo/a.css": "\n" * 401}))] == ["tixallo/a.css"]


@pytest.mark.parametrize("name", ["tixallo/utils.py", "tixallo/base/a.py", "tests/ticket_helper.py", "web/misc.js"])
def test_an_empty_name_is_found(make_tree: MakeTree, name: str) -> None:
    assert [finding.path for finding in files.check(make_tree({name: ""}))] == [name]


@pytest.mark.parametrize("name", ["tixallo/database.py", "docs/base.md", "tixallo/web/templates/base.html"])
def test_other_names_pass(make_tree: MakeTree, name: str) -> None:
    assert not list(files.check(make_tree({name: ""})))
