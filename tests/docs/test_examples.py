"""Every example in the README and the guides is run as it stands, and answered as the page says."""

import itertools
import json
import re
from collections.abc import Iterator

import pytest

from tests.conftest import NewServer
from tests.docs import likeness
from tests.docs.pages import ANSWERS, FILES, RUNNABLE, Block, Page, guides
from tests.docs.terminal import Outcome, Terminal
from tests.servers import Server

PAGES = [page for page in guides() if any(block.language in RUNNABLE for block in page.blocks())]
# These speak of the files of the default database.
ON_SQLITE = {"docs/backups.md", "docs/command-line.md"}


@pytest.mark.parametrize("page", guides(), ids=lambda page: page.path)
def test_every_block_of_a_page_is_run_or_checked(page: Page) -> None:
    before = ""
    for block in page.blocks():
        where = f"{page.path}:{block.line}"
        assert block.language in (*RUNNABLE, *ANSWERS, *FILES), f"{where}: nothing runs or checks this block"
        assert not set(block.words) - {"fails"}, f"{where}: {block.words}"
        if block.language in ANSWERS:
            assert before in RUNNABLE, f"{where}: an answer follows what it answers"
        before = block.language
    indented = [number for number, line in page.prose() if line.startswith(("    ", "\t"))]
    assert not indented, f"{page.path}: code stands in fences, so that it is run: lines {indented}"


@pytest.fixture
def terminal(request: pytest.FixtureRequest, new_server: NewServer, database: str) -> Iterator[Terminal]:
    page: Page = request.getfixturevalue("page")
    if page.path in ON_SQLITE and database != "sqlite":
        pytest.skip("speaks of SQLite's file")
    server = new_server()
    if page.path == "README.md":
        shell = Terminal(server, _first_key(server), paste_only=True)
    else:
        server.run("workspace", "create", "Acme", "--owner", "owner@acme.example", "--slug", "acme")
        key = server.run("key", "create", "--workspace", "acme", "--name", "Documentation").stdout.strip()
        shell = Terminal(server, key)
    yield shell
    shell.close()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_the_examples_run_as_they_stand(page: Page, terminal: Terminal) -> None:
    outcome = Outcome(0, "", "")
    blocks = page.blocks()
    for block, after in itertools.zip_longest(blocks, blocks[1:]):
        where = f"{page.path}:{block.line}"
        if block.language in RUNNABLE:
            outcome = terminal.run(block)
            failed = outcome.status != 0
            assert failed == ("fails" in block.words), f"{where}: status {outcome.status}\n{outcome.printed}"
            if outcome.head and (after is None or after.language != "http"):
                assert likeness.response(outcome.head).status < 400, f"{where}: {outcome.head}\n{outcome.printed}"
        elif block.language in ANSWERS:
            _check(block, outcome, where)


def _check(block: Block, outcome: Outcome, where: str) -> None:
    if block.language == "text":
        assert likeness.plain(outcome.printed) == likeness.plain(block.text), where
        return
    shown, got = likeness.response(block.text), likeness.response(outcome.head)
    assert got.status == shown.status, f"{where}: {outcome.head}\n{outcome.printed}"
    if wait := shown.fields.pop("retry-after", None):
        # A slow machine has used up some of the seconds already.
        assert int(wait) - 10 < int(got.fields["retry-after"]) <= int(wait), where
    for name, value in shown.fields.items():
        assert likeness.plain(got.fields.get(name, "(missing)")) == likeness.plain(value), f"{where}: {name}"
    assert likeness.plain_json(_last(outcome.printed)) == likeness.plain_json(shown.body), where


def _last(printed: str) -> str:
    """Return the last of the JSON texts printed one after the other."""
    rest, last = printed.strip(), ""
    while rest:
        _, end = json.JSONDecoder().raw_decode(rest)
        last, rest = rest[:end], rest[end:].strip()
    return last


def _first_key(server: Server) -> str:
    """What `make run` shows to whoever starts for the first time."""
    (key,) = re.findall(r"\btix\w+", server.run("sample").stdout)
    return str(key)
