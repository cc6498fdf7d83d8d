"""Customers over the API: creating, listing, reading, editing, and their tickets."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.cast import Player, next_second
from tests.lists import ids, types
from tixallo.customers.models import Customer
from tixallo.kit.ids import new_id


def tie_customers(workspace_id: str) -> None:
    Customer.objects.filter(workspace_id=workspace_id).update(created_at="2026-01-31T12:00:00.5Z")


def test_a_customer_is_created_and_read(acme: Player) -> None:
    answer = acme.post("/customers", {"email": "Carla@Customer.example", "name": "Carla"})
    assert answer.status == 201
    made = answer.data
    assert set(made) == {"id", "name", "email", "company_id", "created_at", "updated_at", "company"}
    assert (made["email"], made["name"], made["company_id"], made["company"]) == (
        "Carla@Customer.example",
        "Carla",
        None,
        None,
    )
    assert made["created_at"] == made["updated_at"]
    assert acme.get(f"/customers/{made['id']}").data == made
    listed = {name: value for name, value in made.items() if name != "company"}
    assert acme.get("/customers").json == {"data": [listed], "next_cursor": None}


def test_a_customer_without_a_name_is_called_by_the_address(acme: Player) -> None:
    assert acme.customer(email="carla@customer.example")["name"] == "carla"


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ["email"]),
        ({"email": None}, ["email"]),
        ({"email": "x"}, ["email"]),
        ({"email": f"{'x' * 250}@b.example"}, ["email"]),
        ({"email": "a@b.example", "name": ""}, ["name"]),
        ({"email": "a@b.example", "name": " "}, ["name"]),
        ({"email": "a@b.example", "name": None}, ["name"]),
        ({"email": "a@b.example", "name": "x" * 121}, ["name"]),
        ({"email": "a@b.example", "name": "\x00"}, ["name"]),
        ({"email": "a@b.example", "company_id": "x"}, ["company_id"]),
        ({"email": "a@b.example", "company_id": "00000000-0000-7000-8000-000000000000"}, ["company_id"]),
        ({"email": 1, "name": 2, "company_id": 3, "phone": 4}, ["company_id", "email", "name", "phone"]),
    ],
    ids=lambda each: str(each)[:80],
)
def test_a_wrong_customer_is_refused(shared_acme: Player, body: Any, wrong: list[str]) -> None:
    before = shared_acme.revision()
    assert sorted(shared_acme.post("/customers", body).field_errors) == wrong
    assert shared_acme.revision() == before


@pytest.mark.parametrize("email", ["carla@customer.example", "CARLA@customer.EXAMPLE"])
def test_a_known_address_is_a_clash(acme: Player, email: str) -> None:
    acme.customer(email="Carla@customer.example")
    before = acme.revision()
    answer = acme.post("/customers", {"email": email})
    assert (answer.status, answer.json) == (409, {"error": "Email address is in use"})
    assert (len(acme.get("/customers").data), acme.revision()) == (1, before)


def test_a_customer_whom_a_ticket_made_is_known(acme: Player, globex: Player) -> None:
    acme.ticket(customer_email="carla@customer.example")
    assert acme.post("/customers", {"email": "carla@customer.example"}).status == 409
    assert globex.post("/customers", {"email": "carla@customer.example"}).status == 201


def test_of_the_same_customer_at_once_one_is_created(acme: Player) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: acme.post("/customers", {"email": "carla@customer.example"}), range(6)))
    assert sorted(each.status for each in answers) == [201, *[409] * 5]


# ---- The list


def test_customers_come_newest_first_in_pages(acme: Player) -> None:
    made = [acme.customer()["id"] for _ in range(6)][::-1]
    assert ids(acme.get("/customers").data) == made
    assert ids(acme.pages("/customers", limit=2)) == made
    acme.backstage(tie_customers, acme.id)
    acme.customer()
    assert ids(acme.pages("/customers", limit=4))[1:] == sorted(made, reverse=True)
    assert list(acme.get("/customers", limit=51).field_errors) == ["limit"]
    assert list(acme.get("/customers", cursor="x").field_errors) == ["cursor"]
    assert list(acme.get("/customers", name="x").field_errors) == ["name"]


def test_customers_are_found_by_address_and_company(acme: Player) -> None:
    company = acme.post("/companies", {"name": "Customer Ltd"}).data["id"]
    carla, other = acme.customer(email="Carla@customer.example", company_id=company), acme.customer(company_id=company)
    acme.customer()
    assert ids(acme.get("/customers", email="carla@CUSTOMER.example").data) == [carla["id"]]
    assert ids(acme.get("/customers", company_id=company).data) == [other["id"], carla["id"]]
    assert ids(acme.pages("/customers", company_id=company, limit=1)) == [other["id"], carla["id"]]
    assert ids(acme.get("/customers", company_id=company, email=carla["email"]).data) == [carla["id"]]
    assert acme.get("/customers", email="nobody@customer.example").data == []
    assert acme.get("/customers", company_id=new_id()).data == []


# ---- Edits


def test_a_customers_fields_are_changed(acme: Player) -> None:
    company = acme.post("/companies", {"name": "Customer Ltd"}).data
    made = acme.customer(email="carla@customer.example", name="Carla")
    path = f"/customers/{made['id']}"
    assert acme.patch(path, {"name": "Clara"}).data["name"] == "Clara"
    assert acme.patch(path, {"email": "clara@customer.example"}).data["email"] == "clara@customer.example"
    assert acme.patch(path, {"company_id": company["id"]}).data["company"] == company
    assert acme.patch(path, {"company_id": None}).data["company"] is None
    ticket = acme.ticket(customer_email="CLARA@customer.example")
    assert ticket["customer_id"] == made["id"]
    assert acme.ticket(customer_email="carla@customer.example")["customer_id"] != made["id"]


def test_an_edit_updates_and_one_that_changes_nothing_does_not(acme: Player) -> None:
    made = acme.customer(name="Carla")
    path = f"/customers/{made['id']}"
    before, events = acme.revision(), acme.events()
    next_second()
    for body in ({}, {"name": "Carla"}, {"email": made["email"]}, {"company_id": None}):
        assert acme.patch(path, body).data == made
    assert (acme.revision(), acme.events()) == (before, events)
    assert acme.patch(path, {"name": "Clara"}).data["updated_at"] > made["updated_at"]


def test_an_address_in_use_is_a_clash_but_ones_own_in_another_case_is_not(acme: Player) -> None:
    carla, other = acme.customer(email="carla@customer.example"), acme.customer(email="other@customer.example")
    answer = acme.patch(f"/customers/{other['id']}", {"email": "CARLA@customer.example", "name": "New"})
    assert (answer.status, answer.json) == (409, {"error": "Email address is in use"})
    assert acme.get(f"/customers/{other['id']}").data == other
    answer = acme.patch(f"/customers/{carla['id']}", {"email": "Carla@Customer.example"})
    assert answer.data["email"] == "Carla@Customer.example"


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"email": "x"}, ["email"]),
        ({"email": None, "name": None}, ["email", "name"]),
        ({"name": "x" * 121}, ["name"]),
        ({"company_id": "00000000-0000-7000-8000-000000000000"}, ["company_id"]),
        ({"id": "x", "created_at": "x"}, ["created_at", "id"]),
    ],
    ids=str,
)
def test_a_wrong_edit_is_refused(acme: Player, body: Any, wrong: list[str]) -> None:
    made = acme.customer()
    assert sorted(acme.patch(f"/customers/{made['id']}", body).field_errors) == wrong
    assert acme.get(f"/customers/{made['id']}").data == made


def test_another_workspaces_company_is_unknown(acme: Player, globex: Player) -> None:
    foreign = globex.post("/companies", {"name": "Customer Ltd"}).data["id"]
    made = acme.customer()
    assert acme.patch(f"/customers/{made['id']}", {"company_id": foreign}).field_errors == {
        "company_id": ["Unknown company"]
    }
    assert list(acme.post("/customers", {"email": "a@b.example", "company_id": foreign}).field_errors) == ["company_id"]


def test_an_edit_of_another_version_is_refused(acme: Player) -> None:
    path = f"/customers/{acme.customer()['id']}"
    tag = acme.get(path).tag
    assert acme.patch(path, {"name": "One"}, headers={"If-Match": tag}).status == 200
    assert acme.patch(path, {"name": "Two"}, headers={"If-Match": tag}).status == 412
    assert acme.get(path).data["name"] == "One"


def test_foreign_and_missing_customers_look_the_same(acme: Player, globex: Player) -> None:
    foreign = globex.customer()["id"]
    for path in (f"/customers/{foreign}", f"/customers/{new_id()}", "/customers/x", f"/customers/{foreign.upper()}"):
        for answer in (acme.get(path), acme.get(f"{path}/tickets"), acme.patch(path, {"name": "x"})):
            assert (answer.status, answer.body) == (404, b'{"error":"Not found"}')


# ---- Their tickets


def test_a_customers_tickets_come_newest_first_in_pages(acme: Player) -> None:
    made = [acme.ticket(customer_email="carla@customer.example") for _ in range(5)][::-1]
    acme.ticket(customer_email="other@customer.example")
    path = f"/customers/{made[0]['customer_id']}/tickets"
    assert acme.get(path).data == made
    assert acme.pages(path, limit=2) == made
    assert acme.get(f"/customers/{acme.customer()['id']}/tickets").json == {"data": [], "next_cursor": None}
    assert list(acme.get(path, status="new").field_errors) == ["status"]


# ---- What the feed says


def test_a_customers_events_are_flat(acme: Player) -> None:
    made = acme.customer(email="carla@customer.example", name="Carla")
    acme.patch(f"/customers/{made['id']}", {"name": "Clara", "email": "clara@customer.example"})
    created, updated = acme.events()
    assert types([created, updated]) == ["customer.created", "customer.updated"]
    head = {"id": created["id"], "event_type": "customer.created", "created_at": made["created_at"]}
    fields = {"customer_id": made["id"], "email": "carla@customer.example", "name": "Carla"}
    assert created == {**head, **fields}
    assert {name: updated[name] for name in fields} == {
        "customer_id": made["id"],
        "email": "clara@customer.example",
        "name": "Clara",
    }
    assert updated["changes"] == {
        "name": ["Carla", "Clara"],
        "email": ["carla@customer.example", "clara@customer.example"],
    }
    assert set(updated) == {"id", "event_type", "created_at", *fields, "changes"}
