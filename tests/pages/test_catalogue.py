"""Everything that pages and mails say is said in German too, with the same placeholders, and is what Django reads."""

import pytest
from babel.messages.catalog import Catalog
from django.template import Context, Template
from django.utils import translation

from lints import catalogue

pytestmark = pytest.mark.once


def test_everything_is_said_in_german() -> None:
    assert list(catalogue.problems()) == []


def test_what_is_missing_or_differs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    said, kept = Catalog(locale="de"), Catalog(locale="de")
    said.add("Hello %(name)s")
    said.add("Bye")
    said.add("Once %(name)s")
    said.add(("%(count)s day", "%(count)s days"))
    kept.add("Hello %(name)s", "Hallo %(nam)s")
    kept.add("Bye", "")
    kept.add("Once %(name)s", "Einmal %(name)sEinmal %(name)s")
    kept.add(("%(count)s day", "%(count)s days"), ("%(count)s Tag", ""))
    kept.add("Gone", "Weg")
    monkeypatch.setattr(catalogue, "texts", lambda: said)
    monkeypatch.setattr(catalogue, "translated", lambda: kept)
    found = "\n".join(catalogue.problems())
    for told in (
        "“Hello %(name)s”: the placeholders of “Hallo %(nam)s” differ",
        "“Bye”: has no German text",
        "“Once %(name)s”: the placeholders of “Einmal %(name)sEinmal %(name)s” differ",
        "“%(count)s day”: has no German text",
        "“Gone”: is in the catalogue, but nothing says it",
        "django.mo is not what django.po compiles to",
    ):
        assert told in found


def test_a_text_in_an_f_string_is_found() -> None:
    source = (
        "def say(name):\n    told = gettext('Bye')\n    return f'<b>{escape(gettext(\"Hello\"))}</b> {name} {told}'\n"
    )
    assert list(catalogue.hidden("say.py", source)) == [
        "say.py:3: gettext('Hello') stands in an f-string, where it is not found"
    ]


def test_the_words_of_scripts_are_found_in_templates() -> None:
    with translation.override("de"):
        words = Template('{% include "web/components/words.html" %}').render(Context())
    assert 'data-seconds-ago="vor %s s"' in words
    assert 'data-saved="gespeichert"' in words
