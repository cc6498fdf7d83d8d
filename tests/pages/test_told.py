"""What verbs refuse with is told in the language of whoever reads the page."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

import tixallo
from tests.cast import assemble
from tests.pages.conftest import browser_of
from tests.pages.inbox_stage import opened, text
from tests.pages.ticket_stage import at
from tixallo.web import told
from tixallo.workspaces.models import Person

_SOURCES = Path(tixallo.__file__).parent
# No page asks for it.
_OF_COMMANDS = {"An erasure cannot be erased"}


def _refusals() -> Iterator[str]:
    """The sentences of `Conflict` that are written out and not translated where they are raised."""
    for package in ("customers", "keys", "tickets", "workspaces"):
        for source in (_SOURCES / package).rglob("*.py"):
            for node in ast.walk(ast.parse(source.read_text())):
                match node:
                    case ast.Call(func=ast.Name(id="Conflict"), args=[ast.Constant(value=str() as said)]):
                        yield said


def test_every_refusal_of_a_verb_has_its_words() -> None:
    assert set(_refusals()) - _OF_COMMANDS <= set(told.sentences())


def test_no_words_are_kept_for_what_nobody_says() -> None:
    sources = "".join(path.read_text() for path in _SOURCES.rglob("*.py") if path.name != "told.py")
    assert [said for said in told.sentences() if f'"{said}"' not in sources] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"), [("de", "Das Ticket ist nicht gelöscht"), ("en", "Ticket is not deleted")]
)
def test_a_page_tells_them_in_the_reader_s_language(language: str, said: str) -> None:
    acme = assemble()
    Person.objects.filter(id=acme.agent.id).update(language=language)
    browser: Client = browser_of(acme.agent.id)
    answer = browser.post(at(acme, opened(acme), "/restore"))
    assert answer.status_code == 409
    assert said in text(answer.content.decode())


@pytest.mark.django_db
def test_a_field_is_not_named_beside_a_sentence() -> None:
    acme = assemble()
    Person.objects.filter(id=acme.agent.id).update(language="de")
    browser: Client = browser_of(acme.agent.id)
    answer = browser.get(f"/w/{acme.slug}/tickets/open?after=x")
    assert answer.status_code == 400
    assert "after" not in text(answer.content.decode()).split("Workspace")[0]
