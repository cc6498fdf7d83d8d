"""The page of a company that has more customers than a page shows."""

import re

import pytest
from django.test import Client

from tests.cast import Troupe
from tests.pages.test_customers import company, customer
from tixallo.customers import listing

pytestmark = pytest.mark.django_db


def test_all_customers_of_a_company_can_be_reached_and_no_others(
    acme: Troupe, agent: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ROWS", 3)
    globex = company(acme, "Globex", "globex.example")
    customer(acme, "somebody@else.example", name="Somebody Else")
    for number in range(8):
        customer(acme, f"c{number}@globex.example", name=f"Carla {number}")
    seen: list[str] = []
    query = ""
    for part in (3, 3, 2):
        page = agent.get(f"/w/{acme.slug}/companies/{globex}{query}").content.decode()
        shown = re.findall(r"<span>(Carla \d|Somebody Else)</span>", page)
        assert len(shown) == part
        seen += shown
        more = re.search(r'href="(\?after=[^"]+)">More customers', page)
        query = more[1] if more else ""
    assert (seen, query) == ([f"Carla {number}" for number in reversed(range(8))], "")
    assert agent.get(f"/w/{acme.slug}/companies/{globex}?after=x").status_code == 400
