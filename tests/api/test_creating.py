"""POST /tickets: what makes a ticket, and what is refused."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cast import Player

GOOD = {"subject": "Printer", "description": "It is on fire", "customer_email": "carla@customer.example"}
FIELDS = {
    *("id", "ticket_number", "subject", "description", "status", "priority", "source", "created_at", "updated_at"),
    *("closed_at", "customer_id", "inbox_id", "assignee", "tags"),
}


def test_a_ticket_has_exactly_the_promised_fields(acme: Player) -> None:
    before = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - the clock of the client
    answer = acme.post("/tickets", GOOD)
    assert answer.status == 201
    ticket = answer.data
    assert set(answer.json) == {"data"}
    assert set(ticket) == FIELDS
    assert (ticket["subject"], ticket["description"]) == ("Printer", "It is on fire")
    assert (ticket["status"], ticket["priority"], ticket["source"]) == ("new", "medium", "api")
    assert (ticket["closed_at"], ticket["assignee"], ticket["tags"]) == (None, None, [])
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", ticket["id"])
    assert re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", ticket["created_at"])
    assert ticket["created_at"] == ticket["updated_at"]
    assert before <= datetime.fromisoformat(ticket["created_at"]) <= datetime.now(UTC)  # noqa: TID251 - as above


def test_what_was_created_is_what_is_read(acme: Player) -> None:
    made = acme.ticket(priority="urgent")
    read = acme.get(f"/tickets/{made['id']}").data
    assert {name: read[name] for name in FIELDS} == made
    assert acme.get("/tickets").data == [made]


@pytest.mark.parametrize("priority", ["low", "medium", "high", "urgent"])
def test_the_priority_is_kept(shared_acme: Player, priority: str) -> None:
    assert shared_acme.ticket(priority=priority)["priority"] == priority


def test_numbers_count_up_in_each_workspace_without_gap(acme: Player, globex: Player) -> None:
    assert acme.ticket()["ticket_number"] == 1
    assert acme.post("/tickets", {**GOOD, "priority": "none"}).status == 400
    assert globex.ticket()["ticket_number"] == 1
    assert acme.ticket()["ticket_number"] == 2


def test_tickets_created_at_once_have_numbers_without_gap_or_repeat(acme: Player) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda number: acme.ticket(customer_email=f"c{number % 3}@customer.example"), range(24)))
    assert sorted(each["ticket_number"] for each in made) == list(range(1, 25))
    listed = acme.get("/tickets", limit=50).data
    assert [each["ticket_number"] for each in listed] == sorted(range(1, 25), reverse=True)


# ---- Rules of each field


@pytest.mark.parametrize("name", ["subject", "description", "customer_email"])
def test_a_required_field_may_not_be_missing(shared_acme: Player, name: str) -> None:
    left = {each: value for each, value in GOOD.items() if each != name}
    assert shared_acme.post("/tickets", left).field_errors == {name: ["Required"]}


def test_every_wrong_field_is_named_at_once(shared_acme: Player) -> None:
    answer = shared_acme.post(
        "/tickets",
        {"subject": "", "customer_email": "not an email", "customer_name": 7, "priority": "asap", "status": "open"},
    )
    assert answer.field_errors == {
        "subject": ["Required"],
        "description": ["Required"],
        "customer_email": ["Invalid email"],
        "customer_name": ["Must be a string"],
        "priority": ["Must be one of low, medium, high, urgent"],
        "status": ["Unknown field"],
    }
    assert answer.json["details"]["formErrors"] == []


def test_what_is_wrong_in_query_body_and_head_is_named_at_once(shared_acme: Player) -> None:
    before = shared_acme.revision()
    answer = shared_acme.request(
        "POST", "/tickets?x=1&limit=5&limit=6&subject=a", b'{"subject": ""}', headers={"Idempotency-Key": "a b"}
    )
    assert answer.field_errors == {
        "x": ["Unknown field"],
        "subject": ["Unknown field", "Required"],
        "limit": ["Must be given once"],
        "description": ["Required"],
        "customer_email": ["Required"],
    }
    assert answer.json["details"]["formErrors"] == [
        "Idempotency-Key must be 1 to 255 visible ASCII characters, without quotes and commas"
    ]
    assert shared_acme.revision() == before


@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}, ["x"], {"x": 1}], ids=repr)
@pytest.mark.parametrize("name", ["subject", "description", "customer_email", "customer_name", "priority"])
def test_a_field_of_another_type_is_refused(shared_acme: Player, name: str, value: Any) -> None:
    assert list(shared_acme.post("/tickets", {**GOOD, name: value}).field_errors) == [name]


@pytest.mark.parametrize("body", [None, 1, "x", [], [GOOD], True], ids=repr)
def test_a_body_that_is_no_object_is_refused(shared_acme: Player, body: Any) -> None:
    answer = shared_acme.post("/tickets", body)
    assert (answer.field_errors, answer.json["details"]["formErrors"]) == ({}, ["Must be a JSON object"])


@pytest.mark.parametrize(
    "name",
    ["id", "ticket_number", "source", "created_at", "tags", "assignee_id", "workspace_id", "Subject", "subject ", ""],
)
def test_an_unknown_field_is_refused(shared_acme: Player, name: str) -> None:
    assert shared_acme.post("/tickets", {**GOOD, name: "x"}).field_errors == {name: ["Unknown field"]}


@pytest.mark.parametrize(("name", "most"), [("subject", 300), ("description", 20_000), ("customer_name", 120)])
@pytest.mark.parametrize("letter", ["x", "ä", "漢", "🖨"])
def test_lengths_count_characters(shared_acme: Player, name: str, most: int, letter: str) -> None:
    email = f"{ord(letter)}{name}@customer.example"
    longest = {**GOOD, name: letter * most, "customer_email": email}
    made = shared_acme.post("/tickets", longest).data
    stored = shared_acme.get(f"/tickets/{made['id']}").data
    assert (stored["customer"]["name"] if name == "customer_name" else stored[name]) == letter * most
    over = shared_acme.post("/tickets", {**longest, name: letter * (most + 1)})
    assert over.field_errors == {name: [f"Must be at most {most} characters"]}


@pytest.mark.parametrize("name", ["subject", "description", "customer_name"])
@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u00a0", "\u3000"], ids=repr)
def test_a_text_that_says_nothing_is_refused(shared_acme: Player, name: str, text: str) -> None:
    assert list(shared_acme.post("/tickets", {**GOOD, name: text}).field_errors) == [name]


@pytest.mark.parametrize("name", ["subject", "description", "customer_name", "customer_email", "priority"])
def test_the_nul_character_is_refused(shared_acme: Player, name: str) -> None:
    value = "n\x00l@customer.example" if name == "customer_email" else "a\x00b"
    assert list(shared_acme.post("/tickets", {**GOOD, name: value}).field_errors) == [name]


@given(st.text(min_size=1, max_size=300).filter(lambda text: text.strip() and "\x00" not in text))
@example("  kept as it is, spaces and all \n")
@example("e\u0301 and \u00e9 stay apart; \u202e turned")
@example("\\ \" ' </script> %s ? \u2028\u2029 \x01\x1f\x7f \ufffe\uffff \U0010ffff")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_texts_come_back_as_they_were_sent(shared_acme: Player, text: str) -> None:
    made = shared_acme.post("/tickets", {**GOOD, "subject": text, "description": text}).data
    for read in (made, shared_acme.get(f"/tickets/{made['id']}").data, shared_acme.get("/tickets", limit=1).data[0]):
        assert (read["subject"], read["description"]) == (text, text)


@pytest.mark.parametrize("text", ["\\ud800", "\\udfff", "a\\ud83d", "\\udc00\\ud800"])
def test_half_a_surrogate_pair_is_no_json(shared_acme: Player, text: str) -> None:
    body = json.dumps({**GOOD, "subject": "SUBJECT"}).replace("SUBJECT", text).encode()
    answer = shared_acme.request("POST", "/tickets", body)
    assert (answer.status, answer.json) == (400, {"error": "Invalid JSON"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{}{}",
        b"nul",
        b"{'subject': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 01}',
        b'{"a": "\t"}',
        b'{"subject": "a", "subject": "b"}',
        b'{"a": {"b": 1, "b": 2}}',
        b'{"\\u0061": 1, "a": 2}',
        b'"\xff"',
        b"\xfe\xff",
        b"\xef\xbb\xbf{}",
        b'{"a": 1,}',
        b"[" * 100000,
        b'{"a":' * 50000,
        b"// comment\n{}",
        b"\x00{}",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_no_json_is_refused(shared_acme: Player, body: bytes) -> None:
    answer = shared_acme.request("POST", "/tickets", body)
    assert (answer.status, answer.body) == (400, b'{"error":"Invalid JSON"}')


def test_json_in_other_encodings_is_refused(shared_acme: Player) -> None:
    for encoding in ("utf-16", "utf-32", "latin-1"):
        body = json.dumps({**GOOD, "subject": "Grüße"}, ensure_ascii=False).encode(encoding)
        assert shared_acme.request("POST", "/tickets", body).json == {"error": "Invalid JSON"}, encoding


# ---- The customer's address


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example",
        "first.last+tag@sub.customer.example",
        "x_y-z@customer.example",
        "!#$%&'*+/=?^`{|}~@customer.example",
        "1@2.example",
        "UPPER@CUSTOMER.EXAMPLE",
        "x@xn--mnchen-3ya.example",
        f"{'x' * 64}@customer.example",
    ],
)
def test_an_address_is_taken(shared_acme: Player, address: str) -> None:
    made = shared_acme.ticket(customer_email=address)
    assert shared_acme.get(f"/tickets/{made['id']}").data["customer"]["email"] == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "@",
        "a@",
        "@customer.example",
        "a@b",
        "a b@customer.example",
        "a@customer .example",
        "a@@customer.example",
        "a@-customer.example",
        "a.@customer.example",
        ".a@customer.example",
        "a..b@customer.example",
        "a@customer..example",
        "Carla <carla@customer.example>",
        "carla@customer.example\n",
        " carla@customer.example",
        "mailto:a@b.example ",
        "a@customer.example,b@customer.example",
        "a@customer.example\r\nBcc: b@customer.example",
        "ü@customer.example",
        "a@münchen.example",
        "a@" + "\u0130." * 100 + "example",
        "a@\u212astomer.example",
    ],
)
def test_another_address_is_refused(shared_acme: Player, address: str) -> None:
    assert shared_acme.post("/tickets", {**GOOD, "customer_email": address}).field_errors == {
        "customer_email": ["Invalid email"]
    }


def test_an_address_has_at_most_255_characters(shared_acme: Player) -> None:
    labels = ".".join(["y" * 60] * 3)

    def address(length: int) -> str:
        local = "x" * (length - len(labels) - len("@.example"))
        return f"{local}@{labels}.example"

    assert len(address(255)) == 255
    assert shared_acme.post("/tickets", {**GOOD, "customer_email": address(255)}).status == 201
    assert list(shared_acme.post("/tickets", {**GOOD, "customer_email": address(256)}).field_errors) == [
        "customer_email"
    ]


def test_a_customer_is_found_whatever_the_case(acme: Player) -> None:
    first = acme.ticket(customer_email="Carla@Customer.example", customer_name="Carla Customer")
    second = acme.ticket(customer_email="carla@CUSTOMER.EXAMPLE", customer_name="Somebody else")
    assert first["customer_id"] == second["customer_id"]
    (customer,) = acme.get("/customers").data
    assert (customer["email"], customer["name"]) == ("Carla@Customer.example", "Carla Customer")


def test_a_customer_without_a_name_is_called_by_the_address(acme: Player) -> None:
    made = acme.ticket(customer_email="carla.customer@customer.example")
    assert acme.get(f"/tickets/{made['id']}").data["customer"]["name"] == "carla.customer"


def test_workspaces_do_not_share_customers(acme: Player, globex: Player) -> None:
    assert acme.ticket()["customer_id"] != globex.ticket()["customer_id"]
    assert len(acme.get("/customers").data) == len(globex.get("/customers").data) == 1


def test_two_tickets_at_once_from_a_new_address_make_one_customer(acme: Player) -> None:
    addresses = [f"New{'A' if number % 2 else 'a'}@customer.example" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda address: acme.ticket(customer_email=address), addresses))
    assert len({each["customer_id"] for each in made}) == 1
    assert len(acme.get("/customers").data) == 1
    assert [each["event_type"] for each in acme.events()].count("customer.created") == 1


def test_a_refused_ticket_leaves_nothing(acme: Player) -> None:
    before = acme.revision()
    assert acme.post("/tickets", {**GOOD, "priority": "asap"}).status == 400
    assert (acme.revision(), acme.get("/customers").data, acme.get("/tickets").data) == (before, [], [])


def test_a_query_has_no_place_on_a_post(shared_acme: Player) -> None:
    assert shared_acme.post("/tickets?limit=5", GOOD).field_errors == {"limit": ["Unknown field"]}
