"""How the pages speak: keys come from the environment, and nothing is shouted."""

import re

import pytest

from tests.docs.pages import RUNNABLE, Page, everything, guides

pytestmark = pytest.mark.once

_KEY = re.compile(r"\btix(?:devel|stg|prod)_[0-9A-Za-z]{6,}")
# A variable of the shell, of Node.js, of Python; or a word that can be no key.
_CREDENTIAL = re.compile(r"Bearer (\$[A-Z_]+|\$\{(?:key|process\.env\.TIXALLO_API_KEY)\}|\{os\.environ\[|no-such-key)")


@pytest.mark.parametrize("page", everything(), ids=lambda page: page.path)
def test_no_page_shows_a_key(page: Page) -> None:
    assert not _KEY.findall(page.text)


@pytest.mark.parametrize("page", guides(), ids=lambda page: page.path)
def test_examples_take_the_key_from_the_environment(page: Page) -> None:
    for block in page.blocks():
        if block.language in RUNNABLE:
            assert block.text.count("Bearer ") == len(_CREDENTIAL.findall(block.text)), f"{page.path}:{block.line}"


@pytest.mark.parametrize("page", guides(), ids=lambda page: page.path)
def test_no_sentence_ends_with_an_exclamation_mark(page: Page) -> None:
    # Code may have them, and an image begins with one.
    assert not [number for number, line in page.prose() if "!" in re.sub(r"`[^`]*`|!(?=\[)", "", line)]
