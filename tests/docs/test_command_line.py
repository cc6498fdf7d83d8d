"""docs/command-line.md has every word of the command with every option, and no other."""

import re
from collections.abc import Iterator

import pytest

from tests.docs.pages import Page, rows
from tixallo.cli.main import main

pytestmark = pytest.mark.once

PAGE = Page("docs/command-line.md")
# Two spaces, then `-o, --option VALUE` or `NAME`, up to the help after two spaces more. Words stand four spaces in.
_ENTRY = re.compile(r"^  (\S(?:.*?\S)?)(?:  +.*)?$", re.MULTILINE)
_WORD = re.compile(r"^    ([a-z][a-z-]*)(?:  .*)?$", re.MULTILINE)


class Help:
    """What `tixallo WORD… --help` says."""

    def __init__(self, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--help"])
        assert ended.value.code == 0
        text = capsys.readouterr().out
        self.words = words
        entries = {entry for entry in _ENTRY.findall(text) if "--help" not in entry and entry != "COMMAND"}
        self.options = {entry for entry in entries if entry != "--version"}
        self.below = _WORD.findall(text.partition("  COMMAND\n")[2].partition("\n\n")[0])


def _leaves(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> Iterator[Help]:
    found = Help(words, capsys)
    if not found.below:
        yield found
    for word in found.below:
        yield from _leaves((*words, word), capsys)


def test_the_page_has_every_command_with_every_option(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that argparse wraps no line.
    monkeypatch.setenv("COLUMNS", "300")
    commands = {" ".join(("tixallo", *leaf.words)): leaf.options for leaf in _leaves((), capsys)}
    headings = {line.removeprefix("## ") for _, line in PAGE.prose() if line.startswith("## tixallo")}
    assert headings == set(commands)
    for name, options in commands.items():
        shown = {row[0].strip("`") for row in rows(PAGE.section(name))}
        assert shown == options, name
