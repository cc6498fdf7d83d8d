"""The documentation's Markdown as HTML: text on the left, code on the right, one tab for each language of an example.

HTML in Markdown is text. What the product serves is its own files alone, so this bounds no hostile input.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from markdown_it import MarkdownIt
from markdown_it.token import Token

# What a reader can run, as the tab of an example says it.
LANGUAGES = {"bash": "curl", "js": "Node.js", "python": "Python"}

# From the target of a link to where it leads in the product; nothing leaves the words without a link.
Resolve = Callable[[str], str]


class Heading(NamedTuple):
    """A section of a page: what an address names after its `#`, and what a reader sees."""

    anchor: str
    text: str


class Article(NamedTuple):
    """A page as it is shown."""

    title: str
    html: SafeString
    headings: list[Heading]


class Part(NamedTuple):
    """The code of one language in an example, with what it was answered."""

    language: str
    fences: list[Token]


def render(text: str, resolve: Resolve) -> Article:
    """Return a page of Markdown as HTML. Its first heading becomes the title."""
    return _Page(text, resolve).article()


class _Page:
    def __init__(self, text: str, resolve: Resolve) -> None:
        self._markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
        self._tokens = self._markdown.parse(text)
        self._resolve = resolve
        self._anchors: dict[str, int] = {}
        self._codes = 0

    def article(self) -> Article:
        headings = self._number_headings()
        for token in self._tokens:
            if token.type == "table_open":
                token.attrSet("class", "table")
            elif token.type == "inline":
                token.children = list(self._with_links(token.children or []))
        self._label_cells()
        html = mark_safe("".join(self._passages()))  # noqa: S308 - the renderer has escaped what is not ours
        return Article(headings[0][1].text, html, [heading for tag, heading in headings if tag == "h2"])

    def _number_headings(self) -> list[tuple[str, Heading]]:
        found = []
        for opening, inline in zip(self._tokens, self._tokens[1:], strict=False):
            if opening.type == "heading_open":
                name = anchor(inline.content)
                times = self._anchors[name] = self._anchors.get(name, -1) + 1
                heading = Heading(f"{name}-{times}" if times else name, inline.content.replace("`", ""))
                opening.attrSet("id", heading.anchor)
                if opening.tag != "h1":
                    link = Token("link_open", "a", 1, attrs={"href": f"#{heading.anchor}"})
                    inline.children = [link, *(inline.children or []), Token("link_close", "a", -1)]
                found.append((opening.tag, heading))
        return found

    def _label_cells(self) -> None:
        """Give cells after the first of a row the words above them, for screens that are too narrow for columns."""
        heads: list[str] = []
        column = 0
        for token, content in zip(self._tokens, self._tokens[1:], strict=False):
            match token.type:
                case "thead_open":
                    heads = []
                case "tr_open":
                    column = 0
                case "th_open":
                    heads.append(content.content.replace("`", ""))
                case "td_open":
                    if column and heads[column]:
                        token.attrSet("data-label", heads[column])
                    column += 1

    def _with_links(self, tokens: list[Token]) -> Iterator[Token]:
        leads = False
        for token in tokens:
            if token.type == "link_open":
                target = self._resolve(str(token.attrGet("href")))
                leads = bool(target)
                token.attrSet("href", target)
            if leads or token.type not in {"link_open", "link_close"}:
                yield token

    def _passages(self) -> Iterator[str]:
        """Pair the code with the text before it, so that they can stand side by side."""
        prose: list[Token] = []
        fences: list[Token] = []
        for token in self._tokens:
            is_section = token.type == "heading_open" and token.level == 0
            if token.type == "fence" and token.level == 0:
                fences.append(token)
                continue
            if fences or (is_section and prose):
                yield self._passage(prose, fences)
                prose, fences = [], []
            prose.append(token)
        yield self._passage(prose, fences)

    def _passage(self, prose: list[Token], fences: list[Token]) -> str:
        text = self._markdown.renderer.render(prose, self._markdown.options, {})
        code = "".join(self._examples(fences))
        return (
            f'<div class="passage"><div class="passage-text">{text}</div><div class="passage-code">{code}</div></div>\n'
        )

    def _examples(self, fences: list[Token]) -> Iterator[str]:
        parts: list[Part] = []
        for fence in fences:
            language = fence.info.partition(" ")[0]
            if language in LANGUAGES and (not parts or parts[-1].language != language):
                if language in {part.language for part in parts}:
                    yield self._example(parts)
                    parts = []
                parts.append(Part(language, []))
            elif not parts:
                parts.append(Part("", []))
            parts[-1].fences.append(fence)
        if parts:
            yield self._example(parts)

    def _example(self, parts: list[Part]) -> str:
        if len(parts) == 1:
            return "".join(self._code(fence) for fence in parts[0].fences)
        name = f"example-{self._codes + 1}"
        tabs = "".join(
            format_html(
                '<button type="button" role="tab" id="{}-{}-tab" aria-controls="{}-{}" data-language="{}">{}</button>',
                *(name, part.language, name, part.language, part.language, LANGUAGES[part.language]),
            )
            for part in parts
        )
        panels = "".join(
            f'<div class="example" id="{name}-{part.language}" data-language="{part.language}">'
            f'<p class="example-name">{LANGUAGES[part.language]}</p>{"".join(map(self._code, part.fences))}</div>'
            for part in parts
        )
        return f'<div class="examples"><div class="tabs" role="tablist">{tabs}</div>{panels}</div>'

    def _code(self, fence: Token) -> str:
        self._codes += 1
        language = fence.info.partition(" ")[0]
        runs = language in LANGUAGES
        text = escape(fence.content.rstrip())
        button = format_html(
            '<button class="button button-quiet code-copy scripted-only" type="button" lang="{}" data-copy="code-{}">'
            "{}</button>",
            *(get_language() or "en", self._codes, gettext("Copy")),
        )
        return (
            f'<div class="code-box{"" if runs else " code-answer"}">'
            f'<pre class="code" tabindex="0" id="code-{self._codes}"><code>{text}</code></pre>'
            f"{button if runs else ''}</div>"
        )


def anchor(heading: str) -> str:
    """Return the anchor that renderers of Markdown give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")
