"""What a workspace can be called, whichever verb names it."""

import pytest

from tests.cast import COMMAND, Troupe, assemble
from tests.pages.conftest import browser_of
from tixallo.kit.errors import Invalid
from tixallo.workspaces import opening, renaming
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "a\x00b", "a\nb", "a\tb", "a\x1b[31m", "a\x9bm", "a\u2028b"])
def test_a_name_that_is_none_is_refused(acme: Troupe, name: str) -> None:
    with pytest.raises(Invalid), change(acme.id, COMMAND) as opened:
        renaming.rename(opened, name)
    with pytest.raises(Invalid):
        opening.open_workspace(COMMAND, name=name, owner_email="owner@globex.example", slug="globex")
    answer = browser_of(acme.owner.id).post(f"/w/{acme.slug}/settings", {"name": name})
    assert answer.status_code == 422
    assert [workspace.name for workspace in Workspace.objects.all()] == ["Acme"]


def test_a_name_of_120_characters_is_taken(acme: Troupe) -> None:
    with change(acme.id, COMMAND) as opened:
        renaming.rename(opened, "x" * 120)
    assert Workspace.objects.get().name == "x" * 120
