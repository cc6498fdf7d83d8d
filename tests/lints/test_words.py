"""The repository speaks of the project alone. The samples are put together here, so as not to be found themselves."""

import subprocess
from pathlib import Path

import pytest

from lints import words
from lints.tree import Tree
from tests.lints.conftest import MakeTree

pytestmark = pytest.mark.once

BAD = [
    "as the founding" + " document says",
    "a proto" + "type of it",
    "see iss" + "ue 12",
    "in ../sha" + "red/notes",
    "measured [" + "m] twice",
    "cd /wo" + "rk/main",
    "'/tm" + "p/x'",
    "/home" + "/jane/x",
    "index https://pyp" + "i.org/simple",
    "written with A" + "I",
    "Co-Authored" + "-By: someone",
]
GOOD = [
    "Array.prototype.slice",
    "row[m] = 1",
    "an agent answers the ticket",
    "https://host.example/work/1",
    "the agents' seedlings",
    "this issue is closed",
    "data/tmp/file",
    "Aim for it",
]


@pytest.mark.parametrize("text", BAD)
def test_a_word_is_found_in_a_file(make_tree: MakeTree, text: str) -> None:
    found = list(words.check(make_tree({"docs/a.md": f"First.\n{text}\n"})))
    assert [(finding.path, finding.line) for finding in found] == [("docs/a.md", 2)]


@pytest.mark.parametrize("text", GOOD)
def test_other_words_pass(make_tree: MakeTree, text: str) -> None:
    assert not list(words.check(make_tree({"docs/a.md": text})))


def test_locks_are_asked_only_for_places(make_tree: MakeTree) -> None:
    tree = make_tree({"package-lock.json": "is-proto" + 'type-of\n"https://registry.npm' + 'js.org/a"'})
    assert [finding.line for finding in words.check(tree)] == [2]


def test_a_word_is_found_in_a_file_name(make_tree: MakeTree) -> None:
    name = "docs/proto" + "type.md"
    assert [finding.path for finding in words.check(make_tree({name: ""}))] == [name]


def test_a_word_is_found_in_a_commit_message(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        author = ("-c", "user.name=Jane", "-c", "user.email=jane@acme.example", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", str(tmp_path), *author, *arguments], check=True, capture_output=True)

    git("init", "--quiet")
    git("commit", "--allow-empty", "--message", "Begin")
    git("commit", "--allow-empty", "--message", "Go on\n\nThis closes iss" + "ue 3.")
    found = list(words.check(Tree(tmp_path)))
    assert [finding.line for finding in found] == [3]
    assert found[0].path.startswith("commit ")
