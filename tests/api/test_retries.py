"""Idempotency-Key: a POST repeated under it is answered as before and does nothing again."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from tests.cast import Answer, Player, end_key
from tests.lists import ids
from tixallo.workspaces import retries
from tixallo.workspaces.models import KeptAnswer

TICKET = {"subject": "Printer", "description": "It is on fire", "customer_email": "carla@customer.example"}


def post(player: Player, key: str, path: str = "/tickets", body: Any = TICKET) -> Answer:
    return player.post(path, body, headers={"Idempotency-Key": key})


def count(player: Player) -> int:
    return len(player.get("/tickets", limit=50).data)


def age_answers(workspace_id: str, by: timedelta) -> None:
    KeptAnswer.objects.filter(workspace_id=workspace_id).update(created_at=F("created_at") - by)


def kept(workspace_id: str) -> list[tuple[str, int]]:
    return list(KeptAnswer.objects.filter(workspace_id=workspace_id).order_by("key").values_list("key", "status"))


def forget() -> None:
    retries.forget_old("")


def test_a_repetition_is_answered_with_the_same_bytes_and_does_nothing(acme: Player) -> None:
    first = post(acme, "k")
    before = acme.revision()
    again = post(acme, "k")
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert (count(acme), acme.revision()) == (1, before)


def test_a_repetition_shows_what_was_and_not_what_is(acme: Player) -> None:
    first = post(acme, "k")
    acme.patch(f"/tickets/{first.data['id']}", {"subject": "Changed since"})
    assert post(acme, "k").body == first.body


def test_other_keys_are_other_requests(acme: Player) -> None:
    made = {post(acme, key).data["id"] for key in ("k", "K", "k ", '"l"', "m")}
    assert len(made) == 4
    assert count(acme) == 4


def test_quotes_of_a_structured_field_are_no_part_of_the_key(acme: Player) -> None:
    assert post(acme, '"k"').body == post(acme, "k").body


def test_without_a_key_nothing_is_kept(acme: Player) -> None:
    assert acme.post("/tickets", TICKET).data["id"] != acme.post("/tickets", TICKET).data["id"]
    assert acme.backstage(kept, acme.id) == []


def test_another_request_under_the_key_is_refused(acme: Player) -> None:
    first = post(acme, "k")
    before = acme.revision()
    spaced = json.dumps(TICKET, indent=1).encode()
    for answer in (
        post(acme, "k", body={**TICKET, "subject": "Another"}),
        acme.request("POST", "/tickets", spaced, headers={"Idempotency-Key": "k"}),
        post(acme, "k", f"/tickets/{first.data['id']}/messages", {"body": "Hello"}),
        post(acme, "k", "/customers", {"email": "new@customer.example"}),
    ):
        assert (answer.status, answer.json) == (422, {"error": "Idempotency-Key reused"})
    assert (acme.revision(), post(acme, "k").body) == (before, first.body)


@pytest.mark.parametrize("what", ["message", "customer", "company"])
def test_every_post_can_be_repeated(acme: Player, what: str) -> None:
    path, body = {
        "message": (f"/tickets/{acme.ticket()['id']}/messages", {"body": "Hello"}),
        "customer": ("/customers", {"email": "new@customer.example"}),
        "company": ("/companies", {"name": "Customer Ltd", "domains": ["customer.example"]}),
    }[what]
    first = post(acme, "k", path, body)
    before = acme.revision()
    assert first.status == 201
    assert post(acme, "k", path, body)[::2] == first[::2]
    assert acme.revision() == before


def test_a_patch_takes_no_notice_of_the_key(acme: Player) -> None:
    made = acme.ticket()
    for subject in ("One", "Two"):
        answer = acme.patch(f"/tickets/{made['id']}", {"subject": subject}, headers={"Idempotency-Key": "k"})
        assert answer.data["subject"] == subject


def test_another_key_of_the_workspace_gets_the_kept_answer(acme: Player) -> None:
    first = post(acme, "k")
    other = acme.another_key()
    assert post(other, "k").body == first.body
    # After a rotation the old key is gone and the retry comes with the new one.
    acme.backstage(end_key, acme.id, acme.key.id, "revoke")
    assert post(other, "k").body == first.body
    assert count(other) == 1


def test_another_workspace_does_not(acme: Player, globex: Player) -> None:
    assert post(acme, "k").data["id"] != post(globex, "k").data["id"]
    assert post(globex, "k", body={**TICKET, "subject": "Another"}).status == 422
    assert (count(acme), count(globex)) == (1, 1)


def test_a_key_without_the_scope_does_not(acme: Player) -> None:
    post(acme, "k")
    assert post(acme.another_key(allowed=["tickets:read"]), "k").status == 403


@pytest.mark.parametrize("at_once", [2, 8])
def test_of_twins_at_once_one_makes_a_ticket_and_all_hear_of_it(acme: Player, at_once: int) -> None:
    for key in ("a", "b", "c"):
        with ThreadPoolExecutor(at_once) as pool:
            answers = list(pool.map(post, [acme] * at_once, [key] * at_once))
        assert {each.status for each in answers} == {201}
        assert len({each.body for each in answers}) == 1
    assert count(acme) == 3
    assert [number["ticket_number"] for number in acme.get("/tickets").data] == [3, 2, 1]


def test_of_different_requests_at_once_under_one_key_one_is_carried_out(acme: Player) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda number: post(acme, "k", body={**TICKET, "subject": str(number)}), range(6)))
    assert sorted(each.status for each in answers) == [201, *[422] * 5]
    assert count(acme) == 1


# ---- What is kept, and what is not


def test_a_clash_is_kept(acme: Player) -> None:
    made = acme.ticket()
    acme.patch(f"/tickets/{made['id']}", {"status": "closed"})
    path, body = f"/tickets/{made['id']}/messages", {"body": "Hello", "author": "customer"}
    first = post(acme, "k", path, body)
    assert (first.status, first.json) == (409, {"error": "Ticket is closed"})
    acme.patch(f"/tickets/{made['id']}", {"status": "open"})
    again = post(acme, "k", path, body)
    assert (again.status, again.body) == (409, first.body)
    assert acme.get(f"/tickets/{made['id']}").data["messages"] == []
    assert post(acme, "other", path, body).status == 201


def test_a_clash_looks_the_same_with_and_without_the_key(acme: Player) -> None:
    acme.customer(email="carla@customer.example")
    body = {"email": "CARLA@customer.example"}
    assert acme.post("/customers", body).body == post(acme, "k", "/customers", body).body


def test_twins_at_once_that_clash_hear_the_same(acme: Player) -> None:
    acme.customer(email="carla@customer.example")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: post(acme, "k", "/customers", {"email": "carla@customer.example"}), range(6)))
    assert {(each.status, each.body) for each in answers} == {(409, b'{"error":"Email address is in use"}')}
    assert acme.backstage(kept, acme.id) == [(retries.read_key("k"), 409)]


def test_refusals_are_not_kept(acme: Player) -> None:
    made = acme.ticket()
    refused = (
        post(acme, "k", body={**TICKET, "priority": "asap"}),
        acme.request("POST", "/tickets", b"{", headers={"Idempotency-Key": "k"}),
        acme.request("POST", "/tickets", b"{}", headers={"Idempotency-Key": "k", "Content-Type": "text/plain"}),
        post(acme, "k", "/tickets/00000000-0000-7000-8000-000000000000/messages", {"body": "x"}),
        post(acme, "k", "/companies", {"name": "x", "domains": ["not a domain"]}),
        post(acme, "k", "/customers", {"email": "x@customer.example", "company_id": made["id"]}),
    )
    assert [each.status for each in refused] == [400, 400, 415, 404, 400, 400]
    assert acme.backstage(kept, acme.id) == []
    assert post(acme, "k").status == 201
    assert acme.backstage(kept, acme.id) == [(retries.read_key("k"), 201)]


def test_a_wrong_body_is_refused_before_the_key_is_looked_up(acme: Player) -> None:
    post(acme, "k")
    assert post(acme, "k", body={**TICKET, "subject": ""}).status == 400


# ---- The header


@pytest.mark.parametrize("key", ["", " ", '""', "a b", "a,b", '"a', 'a"', 'a"b', "x" * 256, "\xe4", "a\tb", '"a b"'])
def test_another_key_is_refused(shared_acme: Player, key: str) -> None:
    before = shared_acme.revision()
    answer = post(shared_acme, key)
    assert answer.field_errors == {}
    assert len(answer.json["details"]["formErrors"]) == 1
    assert shared_acme.revision() == before


@pytest.mark.parametrize(
    "key", ["x", "x" * 255, "!#$%&'()*+-./:;<=>?@[\\]^_`{|}~", "8e03978e-40d5-43dd-bc93-6894a57f9324"]
)
def test_a_visible_key_is_taken(shared_acme: Player, key: str) -> None:
    assert post(shared_acme, key).body == post(shared_acme, key).body


# ---- Its time


def test_an_answer_is_kept_for_24_hours(acme: Player) -> None:
    first = post(acme, "k")
    acme.backstage(age_answers, acme.id, timedelta(hours=23, minutes=59))
    assert post(acme, "k").body == first.body
    acme.backstage(age_answers, acme.id, timedelta(minutes=1))
    second = post(acme, "k", body={**TICKET, "subject": "Another"})
    assert second.status == 201
    assert second.data["id"] != first.data["id"]
    assert post(acme, "k", body={**TICKET, "subject": "Another"}).body == second.body
    assert ids(acme.get("/tickets").data) == [second.data["id"], first.data["id"]]


def test_old_answers_are_deleted_and_young_ones_stay(acme: Player) -> None:
    post(acme, "old")
    acme.backstage(age_answers, acme.id, timedelta(hours=24))
    young = post(acme, "young")
    acme.backstage(forget)
    assert acme.backstage(kept, acme.id) == [(retries.read_key("young"), 201)]
    assert post(acme, "young").body == young.body
