"""The German catalogue of everything that pages and mails say: brought up to date, compiled, and held complete.

`python -m lints.catalogue update` takes over new texts from the sources and drops those that are gone, `compile` writes
what Django reads, `check` says what is missing. Texts are found in Python and in templates; scripts take theirs from
templates.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "tixallo"
TRANSLATED = SOURCES / "web/locale/de/LC_MESSAGES/django.po"
COMPILED = TRANSLATED.with_suffix(".mo")

_LAZY = {f"{name}_lazy": spec for name, spec in DEFAULT_KEYWORDS.items() if name in {"gettext", "ngettext", "pgettext"}}
_KEYWORDS = {**DEFAULT_KEYWORDS, **_LAZY, "npgettext_lazy": ((1, "c"), 2, 3), "gettext_noop": None}
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%s|%d|\{\w*\}")


def texts() -> Catalog:
    """Return everything that the sources say in English."""
    found = Catalog(locale="de", project="Tixallo", charset="utf-8")
    for path in sorted([*SOURCES.rglob("*.py"), *SOURCES.rglob("templates/**/*")]):
        if path.is_file() and "migrations" not in path.parts:
            for message, comments, context in _texts_in(path):
                place = path.relative_to(ROOT).as_posix()
                found.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return found


def translated() -> Catalog:
    """Return the catalogue as it is kept."""
    with TRANSLATED.open("rb") as file:
        catalog = read_po(file, locale="de")
    # Else today's date stood in what is compiled, and the same texts gave another file each day.
    catalog.creation_date = catalog.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    return catalog


def problems() -> Iterator[str]:
    """Yield a sentence for everything that is missing, superfluous, or at odds with its English text."""
    said, kept = texts(), translated()
    for message in said:
        if message.id:
            yield from _problems_of(message, kept.get(message.id, context=message.context))
    for message in kept:
        if message.id and said.get(message.id, context=message.context) is None:
            yield f"{_shown(message)}: is in the catalogue, but nothing says it"
    for path in sorted(SOURCES.rglob("*.py")):
        yield from hidden(path.relative_to(ROOT).as_posix(), path.read_text())
    if not COMPILED.exists() or COMPILED.read_bytes() != compiled():
        yield "django.mo is not what django.po compiles to: run scripts/messages compile"


def hidden(name: str, source: str) -> Iterator[str]:
    """Yield a sentence for every text inside an f-string of a source, where nothing finds it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _KEYWORDS:
                    yield f"{name}:{call.lineno}: {ast.unparse(call)} stands in an f-string, where it is not found"


def compiled() -> bytes:
    """Return the catalogue in the form that Django reads."""
    buffer = io.BytesIO()
    write_mo(buffer, translated())
    return buffer.getvalue()


def update() -> None:
    """Take over new texts, drop those that nothing says any more, keep every translation."""
    kept = translated() if TRANSLATED.exists() else Catalog(locale="de", project="Tixallo", charset="utf-8")
    kept.update(texts(), no_fuzzy_matching=True, update_header_comment=False)
    kept.obsolete.clear()
    buffer = io.BytesIO()
    write_po(buffer, kept, width=120, include_lineno=False, ignore_obsolete=True, sort_output=True, omit_header=True)
    TRANSLATED.parent.mkdir(parents=True, exist_ok=True)
    TRANSLATED.write_bytes(_HEADER.encode() + buffer.getvalue())


_HEADER = """\
# The German texts of Tixallo. New texts are taken over by scripts/messages update.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def _texts_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], list[str], str | None]]:
    source = path.read_text()
    if path.suffix != ".py":
        # Indentation means something to Python and nothing to templates.
        code = templatize(source)
        source = "\n".join(line.lstrip() for line in code.splitlines())
    lines = io.BytesIO(source.encode())
    for _, message, comments, context in extract("python", lines, _KEYWORDS, comment_tags=("Translators:",)):
        yield message, comments, context


def _problems_of(message: Message, kept: Message | None) -> Iterator[str]:
    if kept is None or kept.fuzzy or not kept.string or not all(_forms(kept.string)):
        yield f"{_shown(message)}: has no German text"
        return
    for form in _forms(kept.string):
        # In any order, but each as often: a text that stands there twice is a slip too.
        wanted = [sorted(_PLACEHOLDER.findall(text)) for text in _forms(message.id)]
        if sorted(_PLACEHOLDER.findall(form)) not in wanted:
            yield f"{_shown(message)}: the placeholders of “{form}” differ"


def _forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _shown(message: Message) -> str:
    return f"“{_forms(message.id)[0]}”"


def main(command: str) -> int:
    """Run one command; return the exit status."""
    if command == "update":
        update()
    if command in {"update", "compile"}:
        COMPILED.write_bytes(compiled())
    found = list(problems()) if command in {"update", "check"} else []
    print("\n".join(found) or "The catalogue is complete.", file=sys.stderr)
    return 1 if found and command == "check" else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in {"update", "compile", "check"}:
        raise SystemExit("Usage: scripts/messages update|compile|check")
    raise SystemExit(main(sys.argv[1]))
