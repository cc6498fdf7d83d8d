"""Numbers in addresses that no database and no calendar holds: refused like any other address that leads nowhere."""

import re

import pytest
from django.urls import get_resolver

from tests.cast import Troupe
from tests.pages.conftest import browser_of
from tests.pages.inbox_stage import opened
from tests.pages.test_roles import patterns
from tixallo.kit.ids import new_id

pytestmark = pytest.mark.django_db

_TOO_LARGE = ("9223372036854775808", "9" * 30, "9" * 5_000)
_VIEWS = ("unassigned", "mine", "open", "pending", "resolved", "all", "drafts", "deleted", "spam")


@pytest.mark.parametrize("view", _VIEWS)
@pytest.mark.parametrize("query", ["", "&q=broke", "&priority=high"])
@pytest.mark.parametrize("number", ["9223372036854775807", "9999999999999999999", "300000000000000000", *_TOO_LARGE])
def test_a_place_in_a_list_that_no_page_gave(acme: Troupe, view: str, query: str, number: str) -> None:
    opened(acme)
    agent = browser_of(acme.agent.id)
    for after in (f"{number}.{new_id()}.0", f"1700000000000000.{new_id()}.{number}", f"..{number}"):
        answer = agent.get(f"/w/{acme.slug}/tickets/{view}?after={after}{query}")
        assert answer.status_code in {200, 400}, (after, answer.status_code)


@pytest.mark.parametrize("number", _TOO_LARGE)
def test_a_list_asked_beside_a_ticket_that_there_is_not(acme: Troupe, number: str) -> None:
    opened(acme)
    agent = browser_of(acme.agent.id)
    assert agent.get(f"/w/{acme.slug}/tickets/all/poll?open={number}").status_code == 200
    assert agent.get(f"/w/{acme.slug}/tickets/all?q=%23{number}").status_code == 200
    assert agent.get(f"/w/{acme.slug}/tickets/all/poll", headers={"if-none-match": f'"{number}.x"'}).status_code == 200


@pytest.mark.parametrize("number", _TOO_LARGE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_whose_number_is_too_large_is_none(acme: Troupe, method: str, number: str) -> None:
    owner = browser_of(acme.owner.id)
    tried = 0
    for route, _ in patterns(get_resolver()):
        if route.startswith("w/") and "<int:" in route:
            filled = re.sub(r"<(?:(\w+):)?\w+>", lambda found: number if found[1] == "int" else new_id(), route[15:])
            answer = getattr(owner, method)(f"/w/{acme.slug}{filled}")
            assert answer.status_code in {302, 400, 404, 405}, (filled, answer.status_code)
            tried += 1
    assert tried > 10
