"""GET /tickets/{id}, and the messages of a conversation."""

from typing import Any

import pytest

from tests.cast import Player, next_second
from tests.lists import ids
from tixallo.kit.ids import new_id
from tixallo.tickets.models import Message


def tie_messages(workspace_id: str) -> None:
    Message.objects.filter(workspace_id=workspace_id).update(created_at="2026-01-31T12:00:00.5Z")


def test_a_ticket_comes_with_its_customer_and_conversation(acme: Player) -> None:
    made = acme.ticket(description="Opening words", customer_email="carla@customer.example", customer_name="Carla")
    first = acme.message(made["id"], "Our answer")
    second = acme.message(made["id"], "Their answer", author="customer")
    read = acme.get(f"/tickets/{made['id']}").data
    assert set(read) == {*made, "customer", "merged_into", "messages"}
    assert read["merged_into"] is None
    assert read["messages"] == [first, second]
    assert [each["body"] for each in read["messages"]] == ["Our answer", "Their answer"]
    customer = read["customer"]
    assert set(customer) == {"id", "name", "email", "company_id", "created_at", "updated_at", "company"}
    assert (customer["id"], customer["name"], customer["email"]) == (
        made["customer_id"],
        "Carla",
        "carla@customer.example",
    )
    assert (customer["company"], customer["company_id"]) == (None, None)


def test_a_new_conversation_is_empty(acme: Player) -> None:
    made = acme.ticket(description="Said once")
    read = acme.get(f"/tickets/{made['id']}").data
    assert (read["description"], read["messages"]) == ("Said once", [])


def test_a_customers_company_stands_with_them(acme: Player) -> None:
    company = acme.post("/companies", {"name": "Customer Ltd", "domains": ["customer.example"]}).data
    made = acme.ticket(customer_email="carla@customer.example")
    customer = acme.get(f"/tickets/{made['id']}").data["customer"]
    assert (customer["company"], customer["company_id"]) == (company, company["id"])


def test_messages_of_one_moment_come_by_id(acme: Player) -> None:
    made = acme.ticket()
    written = [acme.message(made["id"], str(number))["id"] for number in range(5)]
    acme.backstage(tie_messages, acme.id)
    acme.message(made["id"])
    read = acme.get(f"/tickets/{made['id']}").data["messages"]
    assert sorted(written) == ids(read)[:5]
    assert ids(acme.pages(f"/tickets/{made['id']}/messages", limit=2)) == ids(read)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
@pytest.mark.parametrize(
    "wrong",
    [
        "1",
        "x",
        "00000000-0000-0000-0000-000000000000",
        "{ID}",
        "(ID)",
        "urn:uuid:ID",
        "UPPER",
        "BARE",
        "ID%20",
        "ID%0a",
        "%00",
    ],
)
def test_an_id_that_is_none_is_not_found(shared_acme: Player, method: str, wrong: str) -> None:
    made = shared_acme.ticket()["id"]
    path = wrong.replace("ID", made).replace("UPPER", made.upper()).replace("BARE", made.replace("-", ""))
    answer = shared_acme.request(method, f"/tickets/{path}", b"{}" if method == "PATCH" else None)
    assert (answer.status, answer.json) == (404, {"error": "Not found"})


def test_what_is_foreign_and_what_is_not_there_look_the_same(acme: Player, globex: Player) -> None:
    foreign, missing = globex.ticket()["id"], new_id()
    for path in ("/tickets/{}", "/tickets/{}/messages"):
        one, other = acme.get(path.format(foreign)), acme.get(path.format(missing))
        assert (one.status, one.body) == (other.status, other.body) == (404, b'{"error":"Not found"}')
    for found in (foreign, missing):
        assert acme.post(f"/tickets/{found}/messages", {"body": "x"}).status == 404
        assert acme.patch(f"/tickets/{found}", {"subject": "x"}).status == 404
    assert globex.get(f"/tickets/{foreign}").data["messages"] == []


# ---- Messages


def test_a_message_of_the_workspace_is_signed_by_its_key(acme: Player) -> None:
    made = acme.ticket()
    answer = acme.post(f"/tickets/{made['id']}/messages", {"body": "Hello"})
    assert answer.status == 201
    message = answer.data
    assert set(message) == {"id", "ticket_id", "body", "author", "created_at"}
    assert (message["ticket_id"], message["body"]) == (made["id"], "Hello")
    assert message["author"] == {"type": "api", "name": "Acme key"}
    explicit = acme.message(made["id"], author="workspace")
    assert explicit["author"] == message["author"]


def test_a_message_of_the_customer_is_signed_by_them(acme: Player) -> None:
    made = acme.ticket(customer_name="Carla")
    assert acme.message(made["id"], author="customer")["author"] == {"type": "customer", "name": "Carla"}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ["body"]),
        ({"body": ""}, ["body"]),
        ({"body": "  "}, ["body"]),
        ({"body": "a\x00"}, ["body"]),
        ({"body": None}, ["body"]),
        ({"body": 5, "author": "agent"}, ["author", "body"]),
        ({"body": "x", "author": None}, ["author"]),
        ({"body": "x", "author": {"type": "customer"}}, ["author"]),
        ({"body": "x", "note": True}, ["note"]),
        ({"body": "x" * 20_001}, ["body"]),
    ],
    ids=lambda each: str(each)[:40],
)
def test_a_wrong_message_is_refused(shared_acme: Player, body: Any, wrong: list[str]) -> None:
    made = shared_acme.ticket()
    assert sorted(shared_acme.post(f"/tickets/{made['id']}/messages", body).field_errors) == wrong
    assert shared_acme.get(f"/tickets/{made['id']}").data["messages"] == []


def test_the_longest_message_is_kept(acme: Player) -> None:
    made = acme.ticket()
    assert acme.message(made["id"], "漢" * 20_000)["body"] == "漢" * 20_000


def test_messages_are_listed_oldest_first_in_pages(acme: Player) -> None:
    made = acme.ticket()
    written = [acme.message(made["id"], str(number)) for number in range(7)]
    path = f"/tickets/{made['id']}/messages"
    assert acme.get(path).json == {"data": written, "next_cursor": None}
    first = acme.get(path, limit=3)
    assert first.data == written[:3]
    written.append(acme.message(made["id"], "later"))
    assert acme.get(path, limit=50, cursor=first.json["next_cursor"]).data == written[3:]
    assert acme.pages(path, limit=2) == written
    for limit in ("0", "51", "x"):
        assert list(acme.get(path, limit=limit).field_errors) == ["limit"]


def test_messages_of_other_tickets_are_not_among_them(acme: Player) -> None:
    one, other = acme.ticket(), acme.ticket()
    acme.message(other["id"])
    assert acme.get(f"/tickets/{one['id']}/messages").data == []


# ---- What a message does to the status


@pytest.mark.parametrize(
    ("author", "before", "after"),
    [
        ("workspace", "new", "open"),
        ("workspace", "open", "open"),
        ("workspace", "pending", "pending"),
        ("workspace", "resolved", "resolved"),
        ("workspace", "closed", "closed"),
        ("customer", "new", "new"),
        ("customer", "open", "open"),
        ("customer", "pending", "open"),
        ("customer", "resolved", "open"),
    ],
)
def test_a_message_moves_the_status(shared_acme: Player, author: str, before: str, after: str) -> None:
    made = shared_acme.ticket()
    shared_acme.patch(f"/tickets/{made['id']}", {"status": before})
    shared_acme.message(made["id"], author=author)
    read = shared_acme.get(f"/tickets/{made['id']}").data
    assert read["status"] == after
    assert (read["closed_at"] is not None) == (after == "closed")


def test_a_customers_message_on_a_closed_ticket_is_a_clash(acme: Player) -> None:
    made = acme.ticket()
    acme.patch(f"/tickets/{made['id']}", {"status": "closed"})
    before = acme.revision()
    answer = acme.post(f"/tickets/{made['id']}/messages", {"body": "Once more", "author": "customer"})
    assert (answer.status, answer.json) == (409, {"error": "Ticket is closed"})
    read = acme.get(f"/tickets/{made['id']}").data
    assert (read["status"], read["messages"], acme.revision()) == ("closed", [], before)


def test_a_message_is_an_update_of_its_ticket(acme: Player) -> None:
    made = acme.ticket()
    other = acme.ticket()
    next_second()
    acme.message(made["id"])
    read = acme.get(f"/tickets/{made['id']}").data
    assert read["updated_at"] > made["updated_at"]
    assert read["created_at"] == made["created_at"]
    assert acme.get(f"/tickets/{other['id']}").data["updated_at"] == other["updated_at"]
    assert ids(acme.get("/tickets", updated_since=read["updated_at"]).data) == [made["id"]]
