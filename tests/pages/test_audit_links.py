"""What the audit log leads to: the things that entries name, by their names now, and the filter that is set."""

import html
import re

import pytest
from django.test import Client

from tests.cast import COMMAND, Troupe, add_key, assemble
from tests.pages.audit_stage import CANARY, happen, rows, shown
from tests.pages.inbox_stage import edited, opened, text
from tixallo.customers import editing
from tixallo.events import words
from tixallo.kit.ids import new_id
from tixallo.tickets import merging, removing
from tixallo.workspaces import members
from tixallo.workspaces.changes import Actor, Subject, change
from tixallo.workspaces.models import Membership, Person

pytestmark = pytest.mark.django_db


def links(page: str) -> dict[str, str]:
    """The links within the entries: their texts and addresses."""
    part = page.partition('class="audit" id="rows"')[2].partition("</ol>")[0]
    return {html.unescape(name): html.unescape(at) for at, name in re.findall(r'<a href="([^"]*)">([^<]*)</a>', part)}


# ---- Pages of things


def test_an_entry_leads_to_ticket_customer_company_key_and_person(acme: Troupe, admin: Client) -> None:
    ticket = opened(acme, subject="Broken")
    edited(acme, ticket, priority="high")
    with change(acme.id, Actor("key", acme.key.id, "Acme key")) as going:
        company = editing.create_company(going, name="Umbrella")
    found = links(shown(admin, acme))
    home = f"/w/{acme.slug}"
    assert found["#1 Broken"] == f"{home}/tickets/1"
    assert found["carla@customer.example"] == f"{home}/customers/{ticket.customer_id}"
    assert found["Umbrella"] == f"{home}/companies/{company}"
    assert found["Acme key"] == f"{home}/keys/{acme.key.id}"
    assert found["Acme Admin"] == f"{home}/people"
    for address in set(found.values()):
        assert admin.get(address).status_code == 200, address


def test_assignee_customer_company_and_merge_stand_there_by_name(acme: Troupe, admin: Client) -> None:
    ticket, other = opened(acme), opened(acme)
    edited(acme, ticket, assignee_id=acme.agent.id)
    with change(acme.id, COMMAND) as going:
        merging.merge(going, ticket.id, other.id)
        company = editing.create_company(going, name="Umbrella")
        customer = editing.create_customer(going, email="carl@customer.example", name="Carl")
        editing.edit_customer(going, customer, {"company_id": company})
    said = text(shown(admin, acme))
    assert "→ Acme Agent" in said
    assert "Customer carla" in said
    assert f"Merged into #{other.number}" in said
    assert "→ Umbrella" in said
    for thing in (acme.agent.id, other.id, company):
        assert thing not in said


def test_the_csv_has_the_id_beside_the_name(acme: Troupe, admin: Client) -> None:
    edited(acme, opened(acme), assignee_id=acme.agent.id)
    assert f"→ Acme Agent ({acme.agent.id})" in rows(admin, acme, "action=ticket.updated")[1][10]


def test_what_is_gone_is_named_and_leads_nowhere(acme: Troupe, admin: Client) -> None:
    ticket = opened(acme, subject="Broken", assignee_id=acme.agent.id)
    with change(acme.id, COMMAND) as going:
        removing.remove(going, ticket.id)
        members.remove(going, Membership.objects.get(person_id=acme.owner.id), acme.agent.id)
    page = shown(admin, acme)
    assert "#1 Broken" in page
    assert "#1 Broken" not in links(page)
    assert "→ Acme Agent" in text(page)
    assert "Acme Agent" not in links(page)


def test_a_thing_of_another_workspace_keeps_its_id(acme: Troupe, admin: Client) -> None:
    globex = assemble("Globex")
    foreign = opened(globex, subject="Foreign", customer_name="Gina")
    with change(acme.id, Actor("key", globex.key.id, "a key")) as going:
        going.record("ticket.updated", Subject("ticket", foreign.id, "a ticket"), {"customer_id": foreign.customer_id})
    page = shown(admin, acme, "action=ticket.updated")
    assert foreign.customer_id in page
    assert links(page) == {}
    assert "Gina" not in page


def test_a_name_with_markup_is_shown_as_it_is(acme: Troupe, admin: Client) -> None:
    ticket = opened(acme, customer_name="<b>Carla</b>", subject="<i>x</i>")
    page = shown(admin, acme, f"object={ticket.id}")
    assert links(page)["<b>Carla</b>"] == f"/w/{acme.slug}/customers/{ticket.customer_id}"
    assert "<b>Carla" not in page
    assert "<i>x" not in page


def test_words_of_status_priority_and_role_are_the_readers(acme: Troupe, admin: Client) -> None:
    edited(acme, opened(acme, status="open"), priority="urgent", status="pending")
    Person.objects.filter(id=acme.admin.id).update(language="de")
    said = text(shown(admin, acme))
    assert "Status Offen → Wartend" in said
    assert "Priorität Mittel → Dringend" in said


def test_the_settings_lead_to_the_log(acme: Troupe, admin: Client) -> None:
    page = admin.get(f"/w/{acme.slug}/settings").content.decode()
    assert f'<a href="/w/{acme.slug}/audit">What was changed in this workspace' in page


# ---- The filter that is set


def test_the_object_that_is_looked_for_is_named_and_can_be_left(acme: Troupe, admin: Client) -> None:
    ticket = opened(acme, subject="Broken")
    page = shown(admin, acme, f"object={ticket.id}&who=command")
    assert f"Only what happened to: Ticket #{ticket.number} Broken" in text(page)
    assert f'href="/w/{acme.slug}/audit?who=command"' in page
    assert "Only what happened to" not in shown(admin, acme, "who=command")


def test_an_object_of_another_workspace_is_not_named(acme: Troupe, admin: Client) -> None:
    foreign = opened(assemble("Globex"), subject="Foreign")
    assert "Foreign" not in shown(admin, acme, f"object={foreign.id}")


def test_who_is_looked_for_is_chosen_in_the_list(acme: Troupe, admin: Client) -> None:
    key = add_key(acme.id, name="Billing sync")
    with change(acme.id, Actor("key", key.id, "Billing sync")) as going:
        going.record("inbox.created", Subject("inbox", "", "x"), {})
    for who, name in ((key.id, "Billing sync"), (acme.agent.id, "Acme Agent"), ("system", "System")):
        assert f'<option value="{who}" selected>{name}</option>' in shown(admin, acme, f"who={who}")
    unknown = new_id()
    assert f'<option value="{unknown}" selected>{unknown}</option>' in shown(admin, acme, f"who={unknown}")


def test_who_did_something_in_another_workspace_is_not_named(acme: Troupe, admin: Client) -> None:
    globex = assemble("Globex")
    happen(globex)
    assert "Ada Owner" not in shown(admin, acme, f"who={globex.owner.id}")


# ---- What is never shown


@pytest.mark.parametrize("kind", words.SENTENCES)
def test_no_kind_of_entry_shows_what_it_does_not_know_by_name(acme: Troupe, admin: Client, kind: str) -> None:
    hidden = dict.fromkeys(("body", "description", "secret", "token", "key", "password", "author", "text"), CANARY)
    nested = {"author": {"name": CANARY}, "changes": {"description": [CANARY, CANARY], "body": [CANARY, "x"]}}
    with change(acme.id, COMMAND) as going:
        going.record(kind, Subject("ticket", new_id(), "a thing"), {**hidden, **nested, "name": "shown"})
    assert "shown" in shown(admin, acme, f"action={kind}")
    assert CANARY not in shown(admin, acme, f"action={kind}") + str(rows(admin, acme, f"action={kind}"))
