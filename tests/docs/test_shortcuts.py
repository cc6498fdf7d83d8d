"""The table of shortcuts in the documentation is what the pages have."""

import re
from pathlib import Path

import pytest

from tixallo.tickets.lists import VIEWS
from tixallo.web.navigation import PLACES

pytestmark = pytest.mark.once

_ROOT = Path(__file__).resolve().parents[2]
# Keys that scripts listen to; all others are written on the button or link that they press.
_IN_SCRIPTS = {"j", "k", "x", "Enter", "Ctrl K", "Ctrl Enter", "Esc"}


def documented() -> set[str]:
    table = (_ROOT / "docs" / "people.md").read_text().partition("## Shortcuts")[2].partition("\n## ")[0]
    return {key for line in table.splitlines() if line.startswith("| `") for key in re.findall("`([^`]+)`", line[:14])}


def built() -> set[str]:
    found = {key for place in PLACES if (key := place.key)} | {view.shortcut for view in VIEWS if view.shortcut}
    for template in (_ROOT / "tixallo").rglob("templates/**/*.html"):
        found |= set(re.findall(r'data-key="([^"{}]+)"', template.read_text()))
    return found


def test_every_shortcut_that_is_documented_is_there() -> None:
    assert documented() - built() - _IN_SCRIPTS == set()


def test_every_shortcut_that_is_there_is_documented() -> None:
    # Of keys, webhooks and drafts there are no pages yet, or the page lists them itself under `?`.
    assert built() - documented() - {"g k", "g w"} == set()
