"""Companies over the API, and the mail domains by which customers become theirs."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.cast import Player
from tests.lists import ids, types
from tixallo.kit.ids import new_id


def company(player: Player, *domains: str, name: str = "Customer Ltd") -> Any:
    return player.post("/companies", {"name": name, "domains": list(domains)}).data


def company_of(player: Player, customer: Any) -> Any:
    return player.get(f"/customers/{customer['id']}").data["company_id"]


def test_a_company_is_created_and_read(acme: Player) -> None:
    answer = acme.post("/companies", {"name": "Customer Ltd", "domains": ["B.example", "a.example", "b.example"]})
    assert answer.status == 201
    made = answer.data
    assert set(made) == {"id", "name", "domains", "created_at", "updated_at"}
    assert (made["name"], made["domains"]) == ("Customer Ltd", ["a.example", "b.example"])
    assert acme.get(f"/companies/{made['id']}").data == made
    assert acme.get("/companies").json == {"data": [made], "next_cursor": None}
    assert acme.post("/companies", {"name": "Without domains"}).data["domains"] == []


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ["name"]),
        ({"name": None}, ["name"]),
        ({"name": " "}, ["name"]),
        ({"name": "x" * 121}, ["name"]),
        ({"name": "x", "domains": None}, ["domains"]),
        ({"name": "x", "domains": "a.example"}, ["domains"]),
        ({"name": "x", "domains": [1]}, ["domains"]),
        ({"name": "x", "domains": [f"d{number}.example" for number in range(51)]}, ["domains"]),
        ({"domains": ["x"], "size": 5}, ["domains", "name", "size"]),
        *(
            ({"name": "x", "domains": [domain]}, ["domains"])
            for domain in ("", "x", ".example", "a..example", "-a.example", "a-.example", "a_b.example", "a.example.")
        ),
        *(
            ({"name": "x", "domains": [domain]}, ["domains"])
            for domain in (
                "a b.example",
                "@a.example",
                "münchen.example",
                f"{'x' * 64}.example",
                "a.example\n",
                "a." * 127,
            )
        ),
    ],
    ids=lambda each: str(each)[:80],
)
def test_a_wrong_company_is_refused(shared_acme: Player, body: Any, wrong: list[str]) -> None:
    before = shared_acme.revision()
    assert sorted(shared_acme.post("/companies", body).field_errors) == wrong
    assert shared_acme.revision() == before


def test_companies_come_newest_first_in_pages(acme: Player) -> None:
    made = [company(acme, name=str(number))["id"] for number in range(5)][::-1]
    assert ids(acme.get("/companies").data) == ids(acme.pages("/companies", limit=2)) == made
    assert list(acme.get("/companies", limit=0).field_errors) == ["limit"]


# ---- Domains


def test_a_domain_belongs_to_one_company(acme: Player, globex: Player) -> None:
    first = company(acme, "customer.example")
    before = acme.revision()
    answer = acme.post("/companies", {"name": "Other", "domains": ["other.example", "CUSTOMER.example"]})
    assert (answer.status, answer.json) == (409, {"error": "Domain is claimed by another company"})
    assert (ids(acme.get("/companies").data), acme.revision()) == ([first["id"]], before)
    other = company(acme, "other.example")
    answer = acme.patch(f"/companies/{other['id']}", {"domains": ["customer.example"], "name": "New"})
    assert answer.status == 409
    assert acme.get(f"/companies/{other['id']}").data == other
    assert company(globex, "customer.example")["domains"] == ["customer.example"]


def test_a_domain_given_up_can_be_claimed(acme: Player) -> None:
    first, other = company(acme, "customer.example", "b.example"), company(acme)
    changed = acme.patch(f"/companies/{first['id']}", {"domains": ["b.example"]}).data
    assert changed["domains"] == ["b.example"]
    assert acme.patch(f"/companies/{other['id']}", {"domains": ["customer.example"]}).status == 200


def test_of_claims_at_once_one_is_met(acme: Player) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda n: acme.post("/companies", {"name": str(n), "domains": ["customer.example"]}), range(6))
        )
    assert sorted(each.status for each in answers) == [201, *[409] * 5]


def test_a_new_customer_becomes_the_company_of_their_domain(acme: Player) -> None:
    made = company(acme, "customer.example")
    assert acme.customer(email="carla@CUSTOMER.example")["company"] == made
    assert company_of(acme, {"id": acme.ticket(customer_email="gus@customer.example")["customer_id"]}) == made["id"]
    assert acme.customer(email="x@sub.customer.example")["company"] is None
    assert acme.customer(email="x@othercustomer.example")["company"] is None


def test_a_company_named_goes_before_that_of_the_domain(acme: Player) -> None:
    company(acme, "customer.example")
    named = company(acme)
    assert acme.customer(email="carla@customer.example", company_id=named["id"])["company"] == named


def test_claiming_a_domain_takes_in_its_customers_who_have_no_company(acme: Player, globex: Player) -> None:
    taken = company(acme)
    free, held = (
        acme.customer(email="a@Customer.example"),
        acme.customer(email="b@customer.example", company_id=taken["id"]),
    )
    elsewhere, foreign = acme.customer(email="c@b.example"), globex.customer(email="a@customer.example")
    made = company(acme, "customer.example")
    assert company_of(acme, free) == made["id"]
    assert company_of(acme, held) == taken["id"]
    assert company_of(acme, elsewhere) is None
    assert company_of(globex, foreign) is None
    last = acme.events()[-1]
    assert (last["event_type"], last["customer_id"]) == ("customer.updated", free["id"])
    assert last["changes"] == {"company_id": [None, made["id"]]}


def test_a_customer_who_moves_to_a_claimed_domain_becomes_the_companys(acme: Player, globex: Player) -> None:
    made, other = company(acme, "zed.example"), company(acme, "other.example", name="Other")
    company(globex, "elsewhere.example")
    carla = acme.customer(email="carla@mail.example")
    moved = acme.patch(f"/customers/{carla['id']}", {"email": "c@Zed.example"}).data
    assert moved["company_id"] == moved["company"]["id"] == made["id"]
    event = acme.events()[-1]
    assert event["event_type"] == "customer.updated"
    assert event["changes"] == {"email": ["carla@mail.example", "c@Zed.example"], "company_id": [None, made["id"]]}
    # Who has a company keeps it, or has the one that is named beside the address.
    assert acme.patch(f"/customers/{carla['id']}", {"email": "c@other.example"}).data["company_id"] == made["id"]
    edits = {"email": "c@zed.example", "company_id": other["id"]}
    assert acme.patch(f"/customers/{carla['id']}", edits).data["company_id"] == other["id"]
    edits = {"email": "c@other.example", "company_id": None}
    assert acme.patch(f"/customers/{carla['id']}", edits).data["company_id"] is None
    # An address at the same domain is no move, and another workspace's claim counts for nothing here.
    assert acme.patch(f"/customers/{carla['id']}", {"email": "carla@other.example"}).data["company_id"] is None
    assert acme.patch(f"/customers/{carla['id']}", {"email": "c@elsewhere.example"}).data["company_id"] is None


def test_who_is_said_to_have_no_company_has_none_at_a_claimed_domain_either(acme: Player) -> None:
    made = company(acme, "customer.example")
    assert acme.customer(email="a@customer.example", company_id=None)["company"] is None
    carla = acme.customer(email="carla@mail.example")
    edits = {"email": "carla@customer.example", "company_id": None}
    assert acme.patch(f"/customers/{carla['id']}", edits).data["company"] is None
    # Unsaid, the claim counts.
    assert acme.customer(email="b@customer.example")["company"] == made


def test_a_domain_given_up_keeps_its_customers(acme: Player) -> None:
    made = company(acme, "customer.example")
    carla = acme.customer(email="carla@customer.example")
    acme.patch(f"/companies/{made['id']}", {"domains": []})
    assert company_of(acme, carla) == made["id"]
    assert acme.customer(email="gus@customer.example")["company"] is None


# ---- Edits


def test_a_company_is_changed_and_one_edit_changes_nothing(acme: Player) -> None:
    made = company(acme, "b.example", "a.example")
    path = f"/companies/{made['id']}"
    before = acme.revision()
    for body in ({}, {"name": made["name"]}, {"domains": ["B.example", "a.example", "a.example"]}):
        assert acme.patch(path, body).data == made
    assert acme.revision() == before
    changed = acme.patch(path, {"name": "New", "domains": ["c.example"]}).data
    assert (changed["name"], changed["domains"]) == ("New", ["c.example"])
    assert acme.revision() == before + 1
    for body in ({"name": None}, {"domains": None}, {"name": ""}, {"id": "x"}):
        assert acme.patch(path, body).status == 400


def test_an_edit_of_another_version_is_refused(acme: Player) -> None:
    path = f"/companies/{company(acme)['id']}"
    tag = acme.get(path).tag
    assert acme.patch(path, {"name": "One"}, headers={"If-Match": tag}).status == 200
    assert acme.patch(path, {"name": "Two"}, headers={"If-Match": tag}).status == 412


def test_foreign_and_missing_companies_look_the_same(acme: Player, globex: Player) -> None:
    for path in (f"/companies/{company(globex)['id']}", f"/companies/{new_id()}", "/companies/x"):
        for answer in (acme.get(path), acme.patch(path, {"name": "x"})):
            assert (answer.status, answer.body) == (404, b'{"error":"Not found"}')


def test_companies_are_not_in_the_feed(acme: Player) -> None:
    made = company(acme, "customer.example")
    acme.patch(f"/companies/{made['id']}", {"name": "New"})
    acme.customer(email="carla@customer.example")
    assert types(acme.events()) == ["customer.created"]
