"""What must hold of every page as it stands in the browser: no accessibility rule broken, nothing wider than it."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
_WIDTHS = """
[document.documentElement, ...document.querySelectorAll("main, .list-pane, .side-pane")]
  .map((each) => [each.scrollWidth, each.clientWidth, each.className || each.localName])
"""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Every rule runs on every element; only of what breaks one is it written down where all of it stands, which would take
# half as long again.
_OPTIONS = {"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]}


def assert_accessible(page: Page, *, within: str = "html") -> None:
    """Run all of axe's rules for WCAG 2.2 AA and good practice on the page (or a part of it)."""
    page.evaluate(_AXE)
    found: dict[str, Any] = page.evaluate("([within, options]) => axe.run(within, options)", [within, _OPTIONS])
    told = [
        f"{violation['id']}: {violation['help']}\n  {node['html'][:300]}\n  {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)


def assert_fits(page: Page) -> None:
    """Nothing reaches past the side of the window, nor past that of the pane in which it stands."""
    for width, room, name in page.evaluate(_WIDTHS):
        assert width <= room, f"{page.url}: {name} is {width} pixels wide where there are {room}"
