"""Forms that were sent without a session, or without any cookie, come back with what was written."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.cast import COMMAND, Troupe
from tests.pages.conftest import browser_of, new_browser
from tests.pages.inbox_stage import opened
from tixallo.customers import editing
from tixallo.tickets.models import LONGEST_SUBJECT, Ticket
from tixallo.workspaces.changes import change

pytestmark = pytest.mark.django_db


def strict_browser() -> Client:
    """A browser that knows no cookies and meets the check of a form's origin."""
    return Client(enforce_csrf_checks=True, SERVER_NAME="localhost", SERVER_PORT="8000")


def comes_back(acme: Troupe, path: str, form: dict[str, Any]) -> str:
    """Send a form without a session and without cookies; both lead to the same page, which is returned."""
    signed_out = new_browser().post(f"/w/{acme.slug}{path}", form)
    refused = strict_browser().post(f"/w/{acme.slug}{path}", form)
    assert (signed_out.status_code, refused.status_code) == (302, 403)
    page = refused.content.decode()
    assert "Your entries are kept" in page
    address = unescape(re.findall(r'href="([^"]*)">Open the form again', page)[0])
    assert parse_qs(urlsplit(signed_out["Location"]).query)["next"] == [address]
    answer = browser_of(acme.agent.id).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def company_id(acme: Troupe) -> str:
    with change(acme.id, COMMAND) as going:
        return editing.create_company(going, name="Globex", domains=["globex.example", "globex.test"])


@pytest.fixture
def customer_id(acme: Troupe, company_id: str) -> str:
    with change(acme.id, COMMAND) as going:
        return editing.create_customer(going, name="Carla", email="carla@globex.example")


def test_a_new_customer(acme: Troupe, company_id: str) -> None:
    page = comes_back(
        acme, "/customers/new", {"name": "Ida <b>", "email": "ida@acme.example", "company_id": company_id}
    )
    assert 'value="Ida &lt;b&gt;"' in page
    assert 'value="ida@acme.example"' in page
    assert re.search(rf'value="{company_id}"[^>]* selected', page)


def test_a_changed_customer_also_where_a_field_was_emptied(acme: Troupe, customer_id: str, company_id: str) -> None:
    written = {"name": "Carla & Co", "email": "c@globex.example", "company_id": ""}
    page = comes_back(acme, f"/customers/{customer_id}/edit", written)
    assert 'value="Carla &amp; Co"' in page
    assert 'value="c@globex.example"' in page
    assert not re.search(rf'value="{company_id}"[^>]* selected', page)
    # It is a change of what there is, as any other one.
    browser_of(acme.agent.id).post(f"/w/{acme.slug}/customers/{customer_id}/edit", written)
    assert 'value="c@globex.example"' in comes_back(acme, f"/customers/{customer_id}/edit", written)


def test_a_company(acme: Troupe, company_id: str) -> None:
    written = {"name": "Initech", "domains": "initech.example\r\ninitech.test"}
    for path in ("/companies/new", f"/companies/{company_id}/edit"):
        page = comes_back(acme, path, written)
        assert 'value="Initech"' in page
        assert re.search(r"<textarea[^>]*>\s*initech\.example\r?\ninitech\.test</textarea>", page)
    assert re.search(
        r"<textarea[^>]*>\s*</textarea>", comes_back(acme, f"/companies/{company_id}/edit", {**written, "domains": ""})
    )


def test_another_subject_with_the_list_beside_it(acme: Troupe) -> None:
    ticket = opened(acme, "Old")
    page = comes_back(acme, f"/tickets/{ticket.number}/edit?view=all&tag=vat", {"subject": "New <subject>"})
    assert 'name="subject" value="New &lt;subject&gt;"' in page
    action = unescape(re.findall(r'<form method="post" action="([^"]*/edit[^"]*)"', page)[0])
    assert action == f"/w/{acme.slug}/tickets/{ticket.number}/edit?view=all&tag=vat"
    browser_of(acme.agent.id).post(action, {"subject": "New <subject>"})
    assert Ticket.objects.get().subject == "New <subject>"


def test_what_changes_other_facts_leads_to_the_page_that_it_came_from(acme: Troupe) -> None:
    ticket = opened(acme)
    path = f"/w/{acme.slug}/tickets/{ticket.number}"
    answer = new_browser().post(f"{path}/edit", {"status": "open"}, headers={"referer": f"http://localhost:8000{path}"})
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [path]


def test_an_address_holds_whole_entries_and_no_more_than_it_has_room_for(acme: Troupe) -> None:
    page = comes_back(acme, "/companies/new", {"name": "Initech", "domains": "a.example\n" * 1_000})
    assert 'value="Initech"' in page
    assert "a.example" not in page
    path = f"/w/{acme.slug}/companies/new"
    for written in ("\N{GRINNING FACE}" * 300, "\N{GRINNING FACE}" * 3_000):
        answer = new_browser().post(path, {"name": written, "domains": written})
        assert len(answer["Location"]) < 8 * 1024
    ticket = opened(acme)
    longest = "\N{GRINNING FACE}" * LONGEST_SUBJECT
    assert longest in comes_back(acme, f"/tickets/{ticket.number}/edit", {"subject": longest})
