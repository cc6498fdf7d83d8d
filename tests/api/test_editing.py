"""PATCH /tickets/{id}: each field, what follows from it, and edits that change nothing."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from tests.cast import Member, Player, next_second
from tests.lists import ids, types
from tixallo.kit.ids import new_id


def edit(acme: Player, ticket: Any, **fields: Any) -> Any:
    return acme.patch(f"/tickets/{ticket['id']}", fields).data


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("status", each) for each in ("open", "pending", "resolved", "closed")),
        *(("priority", each) for each in ("low", "high", "urgent")),
        ("subject", "Another subject"),
        ("subject", "x" * 300),
        ("tags", ["vat"]),
    ],
)
def test_a_field_is_changed_and_the_others_stay(acme: Player, name: str, value: Any) -> None:
    made = acme.ticket()
    answer = acme.patch(f"/tickets/{made['id']}", {name: value})
    assert answer.status == 200
    changing = {name, "updated_at", *(["closed_at"] if value == "closed" else [])}
    assert answer.data[name] == value
    assert {each: answer.data[each] for each in made if each not in changing} == {
        each: made[each] for each in made if each not in changing
    }
    read = acme.get(f"/tickets/{made['id']}").data
    assert {each: read[each] for each in made} == answer.data
    assert acme.get("/tickets").data == [answer.data]


def test_all_fields_are_changed_at_once_by_one_event(acme: Player) -> None:
    made = acme.ticket()
    before = acme.revision()
    fields = {
        "status": "pending",
        "priority": "low",
        "subject": "New",
        "tags": ["b", "a"],
        "assignee_id": acme.agent.id,
    }
    changed = edit(acme, made, **fields)
    assert changed["assignee"] == {"id": acme.agent.id, "name": acme.agent.name}
    assert (changed["status"], changed["priority"], changed["subject"]) == ("pending", "low", "New")
    assert acme.revision() == before + 1
    (event,) = [each for each in acme.events() if each["event_type"] == "ticket.updated"]
    assert event["changes"] == {
        "status": ["new", "pending"],
        "priority": ["medium", "low"],
        "subject": [made["subject"], "New"],
        "tags": [[], ["a", "b"]],
        "assignee_id": [None, acme.agent.id],
    }


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"status": "done"}, ["status"]),
        ({"status": None}, ["status"]),
        ({"status": "New"}, ["status"]),
        (
            {"priority": "asap", "subject": "", "tags": "vat", "assignee_id": 1},
            ["assignee_id", "priority", "subject", "tags"],
        ),
        ({"subject": "x" * 301}, ["subject"]),
        ({"subject": " "}, ["subject"]),
        ({"subject": None}, ["subject"]),
        ({"tags": None}, ["tags"]),
        ({"tags": ["a", None]}, ["tags"]),
        ({"tags": ["a", ""]}, ["tags"]),
        ({"tags": [" "]}, ["tags"]),
        ({"tags": ["a\x00"]}, ["tags"]),
        ({"tags": ["x" * 51]}, ["tags"]),
        ({"tags": [str(number) for number in range(21)]}, ["tags"]),
        ({"tags": {"a": 1}}, ["tags"]),
        ({"assignee_id": ""}, ["assignee_id"]),
        ({"assignee_id": "me"}, ["assignee_id"]),
        ({"description": "x"}, ["description"]),
        ({"customer_id": "x", "id": "x", "ticket_number": 1}, ["customer_id", "id", "ticket_number"]),
        ({"closed_at": None, "source": "app"}, ["closed_at", "source"]),
    ],
    ids=lambda each: str(each)[:40],
)
def test_a_wrong_edit_is_refused_as_a_whole(shared_acme: Player, body: Any, wrong: list[str]) -> None:
    made = shared_acme.ticket()
    answer = shared_acme.patch(f"/tickets/{made['id']}", {"priority": "high", **body})
    assert sorted(answer.field_errors) == wrong
    assert shared_acme.get("/tickets", limit=1).data == [made]


@pytest.mark.parametrize("body", [None, [], "status", 1], ids=repr)
def test_an_edit_that_is_no_object_is_refused(shared_acme: Player, body: Any) -> None:
    made = shared_acme.ticket()
    assert shared_acme.patch(f"/tickets/{made['id']}", body).status == 400


# ---- Tags


def test_tags_are_sorted_and_each_is_there_once(acme: Player) -> None:
    made = acme.ticket()
    assert edit(acme, made, tags=["vat", "b", "vat", "Ä", "a", "B"])["tags"] == ["B", "a", "b", "vat", "Ä"]
    assert edit(acme, made, tags=["refund"])["tags"] == ["refund"]
    assert edit(acme, made, tags=[])["tags"] == []
    assert ids(acme.get("/tickets", tag="vat").data) == []


def test_the_longest_tags_are_kept(acme: Player) -> None:
    made = acme.ticket()
    tags = sorted(f"{number:02}{'漢' * 48}" for number in range(20))
    assert edit(acme, made, tags=tags)["tags"] == tags
    assert ids(acme.get("/tickets", tag=tags[7]).data) == [made["id"]]


@pytest.mark.parametrize("tag", ['"', "\\", "'", "%", "a,b", "[]", "null", "🖨", "a\u2028b", " a "])
def test_a_tag_may_hold_anything(shared_acme: Player, tag: str) -> None:
    made = shared_acme.ticket()
    assert edit(shared_acme, made, tags=[tag])["tags"] == [tag]
    assert ids(shared_acme.get("/tickets", tag=tag).data) == [made["id"]]


# ---- Assignee


def test_a_member_is_assigned_and_let_go(acme: Player) -> None:
    made = acme.ticket()
    for member in (acme.owner, acme.admin, acme.agent):
        assert edit(acme, made, assignee_id=member.id)["assignee"] == {"id": member.id, "name": member.name}
    assert edit(acme, made, assignee_id=None)["assignee"] is None


def test_assigning_opens_a_new_ticket(acme: Player) -> None:
    assert edit(acme, acme.ticket(), assignee_id=acme.agent.id)["status"] == "open"
    assert edit(acme, acme.ticket(), assignee_id=acme.agent.id, status="pending")["status"] == "pending"
    assert edit(acme, acme.ticket(), assignee_id=acme.agent.id, status="new")["status"] == "new"
    assert edit(acme, acme.ticket(), assignee_id=None)["status"] == "new"
    for status in ("pending", "resolved", "closed"):
        ticket = acme.ticket()
        edit(acme, ticket, status=status)
        assert edit(acme, ticket, assignee_id=acme.agent.id)["status"] == status


def test_assigning_whom_it_is_assigned_to_changes_nothing(acme: Player) -> None:
    made = acme.ticket()
    edit(acme, made, assignee_id=acme.agent.id, status="new")
    before = acme.revision()
    assert edit(acme, made, assignee_id=acme.agent.id)["status"] == "new"
    assert acme.revision() == before


def test_nobody_but_a_member_is_assigned(acme: Player, globex: Player, outsider: Member) -> None:
    made = acme.ticket()
    for person in (globex.owner.id, globex.agent.id, outsider.id, new_id(), acme.id, acme.key.id):
        answer = acme.patch(f"/tickets/{made['id']}", {"assignee_id": person, "priority": "low"})
        assert answer.field_errors == {"assignee_id": ["Is not a member of the workspace"]}
    assert acme.get("/tickets").data == [made]


# ---- closed_at


def test_closed_at_is_when_the_status_became_closed(acme: Player) -> None:
    made = acme.ticket()
    closed = edit(acme, made, status="closed")
    assert closed["closed_at"] == closed["updated_at"]
    next_second()
    later = edit(acme, made, status="closed", priority="low")
    assert later["closed_at"] == closed["closed_at"] < later["updated_at"]
    acme.message(made["id"])
    assert acme.get(f"/tickets/{made['id']}").data["closed_at"] == closed["closed_at"]
    for status in ("new", "open", "pending", "resolved"):
        assert edit(acme, made, status=status)["closed_at"] is None
        again = edit(acme, made, status="closed")["closed_at"]
        assert again > closed["closed_at"]


# ---- What changes nothing


def test_an_edit_that_changes_nothing_leaves_no_revision_no_event_and_no_time(acme: Player) -> None:
    made = acme.ticket()
    held = edit(acme, made, tags=["a", "b"], assignee_id=acme.agent.id)
    before, events = acme.revision(), acme.events()
    next_second()
    for fields in (
        {},
        {"status": "open"},
        {"priority": "medium", "subject": made["subject"]},
        {"tags": ["b", "a", "a"]},
        {"assignee_id": acme.agent.id},
    ):
        assert edit(acme, made, **fields) == held
    assert (acme.revision(), acme.events()) == (before, events)


def test_what_stays_is_not_among_the_changes(acme: Player) -> None:
    made = acme.ticket()
    edit(acme, made, priority="medium", subject="New", status="new", tags=[])
    assert acme.events()[-1]["changes"] == {"subject": [made["subject"], "New"]}


def test_an_edit_is_an_update(acme: Player) -> None:
    made = acme.ticket()
    next_second()
    changed = edit(acme, made, priority="low")
    assert changed["updated_at"] > made["updated_at"]
    assert changed["created_at"] == made["created_at"]


def test_closing_is_told_after_the_update(acme: Player) -> None:
    made = acme.ticket()
    edit(acme, made, status="closed")
    edit(acme, made, priority="low")
    edit(acme, made, status="open")
    assert types(acme.events())[2:] == ["ticket.updated", "ticket.closed", "ticket.updated", "ticket.updated"]


# ---- If-Match


def test_an_edit_of_the_version_named_is_carried_out(acme: Player) -> None:
    made = acme.ticket()
    path = f"/tickets/{made['id']}"
    tag = acme.get(path).tag
    for header in (tag, "*", f'"other", {tag}', f'{tag} , "other"'):
        current = acme.get(path).tag
        sent = header.replace(tag, current)
        assert acme.patch(path, {"subject": f"For {header}"}, headers={"If-Match": sent}).status == 200, header


def test_an_edit_of_another_version_is_refused(acme: Player) -> None:
    made = acme.ticket()
    path = f"/tickets/{made['id']}"
    old = acme.get(path).tag
    acme.message(made["id"])
    before, current = acme.revision(), acme.get(path).tag
    assert current != old
    for header in (old, '"other"', "", f"W/{current}", current.strip('"'), f'"{current}"'):
        answer = acme.patch(path, {"subject": "Lost"}, headers={"If-Match": header})
        assert (answer.status, answer.json) == (412, {"error": "Precondition failed"}), header
    assert (acme.get(path).data["subject"], acme.revision()) == (made["subject"], before)


def test_another_tickets_change_does_not_count(acme: Player) -> None:
    made = acme.ticket()
    path = f"/tickets/{made['id']}"
    tag = acme.get(path).tag
    acme.ticket()
    assert acme.get(path).tag == tag
    assert acme.patch(path, {"subject": "Kept"}, headers={"If-Match": tag}).status == 200


def test_of_two_edits_of_one_version_one_wins(acme: Player) -> None:
    made = acme.ticket()
    path = f"/tickets/{made['id']}"
    for round_ in range(3):
        tag = acme.get(path).tag
        edits = [{"subject": f"{round_} {number}"} for number in range(6)]
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(partial(acme.patch, path, headers={"If-Match": tag}), edits))
        assert sorted(each.status for each in answers) == [200, *[412] * 5]


def test_a_ticket_that_is_not_there_matches_nothing(acme: Player) -> None:
    assert acme.patch(f"/tickets/{new_id()}", {"subject": "x"}, headers={"If-Match": "*"}).status == 404
