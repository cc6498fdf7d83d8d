"""Making and naming keys, as the pages ask for it."""

import pytest

from tests.cast import COMMAND, Troupe, assemble
from tixallo.keys import ending, making, renaming
from tixallo.kit.errors import Conflict, Invalid
from tixallo.kit.ids import new_id
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


def test_a_form_is_known_by_the_key_that_was_made_with_it(acme: Troupe) -> None:
    globex, value = assemble("Globex"), new_id()
    with change(acme.id, COMMAND) as opened:
        assert making.made_with(opened, value) is None
        made, _ = making.make_key(opened, name="Billing sync", form_value=value)
    for workspace, known in ((acme, made.id), (globex, None)):
        with change(workspace.id, COMMAND) as opened:
            found = making.made_with(opened, value)
        assert (found.id if found else None) == known


def test_a_key_gets_another_name(acme: Troupe) -> None:
    with change(acme.id, COMMAND) as opened:
        renaming.rename(opened, acme.key.id, "Billing sync")
    event = Event.objects.filter(workspace_id=acme.id).latest("revision")
    assert (event.type, event.subject_label) == ("key.renamed", "Billing sync")
    assert '"before":"Acme key"' in event.payload


def test_the_same_name_is_no_change(acme: Troupe) -> None:
    before = Event.objects.filter(workspace_id=acme.id).count()
    with change(acme.id, COMMAND) as opened:
        renaming.rename(opened, acme.key.id, "Acme key")
    assert Event.objects.filter(workspace_id=acme.id).count() == before


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "a\x00b"])
def test_a_name_that_is_none_is_refused(acme: Troupe, name: str) -> None:
    with pytest.raises(Invalid), change(acme.id, COMMAND) as opened:
        renaming.rename(opened, acme.key.id, name)


def test_a_revoked_key_keeps_its_name(acme: Troupe) -> None:
    with change(acme.id, COMMAND) as opened:
        ending.revoke(opened, acme.key.id)
    with pytest.raises(Conflict), change(acme.id, COMMAND) as opened:
        renaming.rename(opened, acme.key.id, "Billing sync")
