"""A ticket on a customer's behalf: found or created by the address, and nothing is lost when something is wrong."""

import re

import pytest
from django.test import Client

from tests.cast import Troupe, assemble
from tests.pages.conftest import browser_of, new_browser
from tests.pages.inbox_stage import opened, text
from tixallo.customers.models import Customer
from tixallo.tickets.models import LONGEST_TEXT, Ticket

pytestmark = pytest.mark.django_db

SENT = {
    "email": "Carla@Customer.example",
    "name": "Carla",
    "subject": "She called",
    "text": "The invoice of May\r\nis wrong.",
    "priority": "high",
}


def test_a_new_customer_is_made_and_the_ticket_shown(acme: Troupe, agent: Client) -> None:
    answer = agent.post(f"/w/{acme.slug}/tickets/new", SENT)
    ticket = Ticket.objects.select_related("customer").get(workspace_id=acme.id)
    assert answer["Location"] == f"/w/{acme.slug}/tickets/{ticket.number}"
    assert (ticket.source, ticket.status, ticket.priority) == ("app", "new", "high")
    assert ticket.description == "The invoice of May\nis wrong."
    assert (ticket.customer.name, ticket.customer.email) == ("Carla", "Carla@Customer.example")


def test_a_known_customer_is_found_whatever_the_case(acme: Troupe, agent: Client) -> None:
    known = opened(acme, customer_email="carla@customer.example", customer_name="Carla Known").customer_id
    agent.post(f"/w/{acme.slug}/tickets/new", SENT)
    assert set(Ticket.objects.filter(workspace_id=acme.id).values_list("customer_id", flat=True)) == {known}
    assert Customer.objects.get(workspace_id=acme.id, id=known).name == "Carla Known"


@pytest.mark.parametrize(
    "wrong",
    [{"email": "carla"}, {"email": ""}, {"subject": ""}, {"text": "  "}, {"priority": "x"}, {"subject": "x" * 301}],
)
def test_what_is_wrong_is_said_and_what_was_written_is_kept(acme: Troupe, agent: Client, wrong: dict[str, str]) -> None:
    kept = {"text": "A long text of mine"} if "text" not in wrong else {}
    answer = agent.post(f"/w/{acme.slug}/tickets/new", {**SENT, **kept, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing was saved yet" in text(page)
    assert 'aria-invalid="true"' in page
    assert not kept or "A long text of mine" in page
    assert not Ticket.objects.filter(workspace_id=acme.id).exists()


def test_the_address_can_name_the_customer(acme: Troupe, agent: Client) -> None:
    page = agent.get(f"/w/{acme.slug}/tickets/new?email=carla@customer.example").content.decode()
    assert 'value="carla@customer.example"' in page


def test_who_is_no_member_opens_nothing(acme: Troupe) -> None:
    stranger = browser_of(assemble("Globex").owner.id)
    assert stranger.post(f"/w/{acme.slug}/tickets/new", SENT).status_code == 404
    assert not Ticket.objects.filter(workspace_id=acme.id).exists()


def test_who_was_signed_out_gets_what_was_written_back(acme: Troupe) -> None:
    answer = new_browser().post(f"/w/{acme.slug}/tickets/new", {**SENT, "text": "VAT is wrong."})
    page = answer.content.decode()
    assert answer.status_code == 401
    assert re.findall(r"<textarea[^>]*>([^<]*)</textarea>", page) == ["She called", "VAT is wrong."]
    assert "/account/login/?next=" in page


def test_leaving_the_page_asks_first(acme: Troupe, agent: Client) -> None:
    assert re.search(r"<form[^>]* data-leaving", agent.get(f"/w/{acme.slug}/tickets/new").content.decode())


def test_the_longest_text_is_taken_with_its_line_ends_and_its_indentation(acme: Troupe, agent: Client) -> None:
    lines = ["    indented", *[""] * 200]
    kept = "\n".join(lines) + "x" * (LONGEST_TEXT - 12 - 200)
    assert len(kept) == LONGEST_TEXT
    agent.post(f"/w/{acme.slug}/tickets/new", {**SENT, "text": kept.replace("\n", "\r\n")})
    assert Ticket.objects.get(workspace_id=acme.id).description == kept
