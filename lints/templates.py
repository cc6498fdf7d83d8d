"""Templates hold no script, style or event attribute of their own: the content security policy forbids them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from lints.findings import Finding
from lints.tree import Tree

_TEMPLATE_CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_DATA_TYPES = {"application/json", "application/ld+json"}


def check(tree: Tree) -> Iterator[Finding]:
    """Report what a browser under our policy would refuse."""
    for path in tree.matching(".html"):
        parser = _Parser()
        parser.feed(_TEMPLATE_CODE.sub(_same_lines, tree.text(path)))
        parser.close()
        for line, message in parser.found:
            yield Finding(path, line, message)


def _same_lines(code: re.Match[str]) -> str:
    # A value in a template is some text, so that `src="{{ x }}"` is not empty; line numbers stay.
    return ("x" if code[0].startswith("{{") else " ") + "\n" * code[0].count("\n")


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "style":
            self._say("inline <style>; put it into a stylesheet")
        if tag == "script" and not values.get("src") and values.get("type") not in _DATA_TYPES:
            self._say("inline <script>; put it into a file")
        for name, value in attrs:
            if name == "style":
                self._say(f"style attribute on <{tag}>; put it into a stylesheet")
            if re.match(r"on[a-z]|hx-on|data-hx-on", name):
                self._say(f"{name} on <{tag}>; listen in a script instead")
            if (value or "").strip().lower().startswith("javascript:"):
                self._say(f"javascript: in {name} of <{tag}>")

    handle_startendtag = handle_starttag

    def _say(self, message: str) -> None:
        self.found.append((self.getpos()[0], message))
