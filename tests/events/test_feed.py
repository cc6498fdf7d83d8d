"""GET /events: order, paging, the fields of each type, and what never appears there."""

from typing import Any

import pytest

from tests.cast import Player, end_key
from tests.lists import ids, types
from tixallo.kit.ids import new_id
from tixallo.workspaces.changes import PUBLIC_TYPES
from tixallo.workspaces.models import Event

TICKET = {"ticket_id", "ticket_number", "subject", "status", "priority", "source", "customer_id"}


def private_events(workspace_id: str) -> list[tuple[str, str]]:
    found = Event.objects.filter(workspace_id=workspace_id, public=False).order_by("revision", "position")
    return list(found.values_list("id", "type"))


def spread(values: Any) -> list[Any]:
    return [each for value in values for each in (value if isinstance(value, list) else [value])]


@pytest.fixture
def told(acme: Player) -> Player:
    """Acme with at least one event of each type."""
    made = acme.ticket(customer_email="carla@customer.example")
    acme.message(made["id"])
    acme.patch(f"/tickets/{made['id']}", {"status": "closed"})
    acme.patch(f"/customers/{made['customer_id']}", {"name": "Carla"})
    return acme


def test_a_new_workspace_has_nothing_to_tell(acme: Player) -> None:
    last = acme.backstage(private_events, acme.id)[-1][0]
    assert acme.get("/events").json == {"data": [], "next_cursor": last}


def test_a_poller_of_a_new_workspace_goes_on_from_its_cursor(acme: Player) -> None:
    cursor = acme.get("/events").json["next_cursor"]
    assert acme.get("/events", after=cursor).json == {"data": [], "next_cursor": cursor}
    acme.ticket()
    assert acme.get("/events", after=cursor).data == acme.get("/events").data != []


def test_events_come_oldest_first_in_the_order_of_what_happened(told: Player) -> None:
    assert types(told.get("/events").data) == [
        "customer.created",
        "ticket.created",
        "ticket.message.created",
        "ticket.updated",
        "ticket.updated",
        "ticket.closed",
        "customer.updated",
    ]
    assert {each["event_type"] for each in told.events()} == PUBLIC_TYPES - {
        *("ticket.merged", "ticket.unmerged", "ticket.deleted", "ticket.restored")
    }


def test_a_ticket_is_told_with_its_fields_flat(acme: Player) -> None:
    made = acme.ticket(subject="Printer", priority="high")
    event = acme.events()[-1]
    assert event == {
        "id": event["id"],
        "event_type": "ticket.created",
        "created_at": made["created_at"],
        "ticket_id": made["id"],
        "ticket_number": 1,
        "subject": "Printer",
        "status": "new",
        "priority": "high",
        "source": "api",
        "customer_id": made["customer_id"],
    }


def test_an_edit_is_told_with_its_changes(acme: Player) -> None:
    made = acme.ticket()
    acme.patch(f"/tickets/{made['id']}", {"status": "closed", "tags": ["a"]})
    updated, closed = acme.events()[-2:]
    changes = {"status": ["new", "closed"], "tags": [[], ["a"]]}
    for event, kind in ((updated, "ticket.updated"), (closed, "ticket.closed")):
        assert set(event) == {"id", "event_type", "created_at", *TICKET, "changes"}
        assert (event["event_type"], event["status"], event["changes"]) == (kind, "closed", changes)
    assert updated["id"] != closed["id"]


def test_closing_is_told_once(acme: Player) -> None:
    made = acme.ticket()
    for fields in ({"status": "closed"}, {"status": "closed"}, {"priority": "low"}, {"status": "new"}):
        acme.patch(f"/tickets/{made['id']}", fields)
    assert types(acme.events()).count("ticket.closed") == 1


def test_a_message_is_told_with_its_author(acme: Player) -> None:
    made = acme.ticket(customer_name="Carla")
    ours, theirs = acme.message(made["id"], "Ours"), acme.message(made["id"], "Theirs", author="customer")
    told = [each for each in acme.events() if each["event_type"] == "ticket.message.created"]
    for event, message in zip(told, (ours, theirs), strict=True):
        assert event == {
            "id": event["id"],
            "event_type": "ticket.message.created",
            "created_at": message["created_at"],
            "ticket_id": made["id"],
            "ticket_number": 1,
            "message_id": message["id"],
            "body": message["body"],
            "author": message["author"],
        }


def test_a_message_that_moves_the_status_is_told_before_the_move(acme: Player) -> None:
    made = acme.ticket()
    acme.patch(f"/tickets/{made['id']}", {"status": "pending"})
    acme.message(made["id"], author="customer")
    message, update = acme.events()[-2:]
    assert types([message, update]) == ["ticket.message.created", "ticket.updated"]
    assert update["changes"] == {"status": ["pending", "open"]}


def test_bodies_are_flat(told: Player) -> None:
    for event in told.events():
        values = {name: value for name, value in event.items() if name not in ("changes", "author")}
        assert all(not isinstance(value, dict | list) for value in values.values()), event


def test_what_is_private_never_appears(acme: Player) -> None:
    acme.another_key()
    other = acme.another_key()
    acme.backstage(end_key, acme.id, other.key.id, "disable")
    acme.backstage(end_key, acme.id, other.key.id, "revoke")
    company = acme.post("/companies", {"name": "Customer Ltd"}).data
    acme.patch(f"/companies/{company['id']}", {"name": "New"})
    private = acme.backstage(private_events, acme.id)
    assert {kind for _, kind in private} >= {"workspace.created", "member.added", "key.created", "key.revoked"}
    assert acme.events() == []
    # As a place in the log one is as good as another.
    first = private[0][0]
    assert acme.get("/events", after=first).json == {"data": [], "next_cursor": first}
    acme.ticket()
    assert types(acme.get("/events", after=first).data) == ["customer.created", "ticket.created"]


def test_workspaces_do_not_hear_of_each_other(told: Player, globex: Player) -> None:
    assert globex.events() == []
    globex.customer()
    own = globex.events()[0]["id"]
    assert list(told.get("/events", after=own).field_errors) == ["after"]
    assert len(globex.events()) == 1


# ---- Paging


def test_a_poller_goes_on_from_the_last_event_seen(told: Player) -> None:
    everything = told.events()
    seen: list[Any] = []
    cursor: dict[str, Any] = {}
    while page := told.get("/events", limit=2, **cursor).json:
        if not page["data"]:
            break
        assert page["next_cursor"] == page["data"][-1]["id"]
        seen += page["data"]
        cursor = {"after": page["next_cursor"]}
    assert seen == everything
    # Nothing new: the cursor stays where it was.
    assert page["next_cursor"] == everything[-1]["id"]
    told.customer()
    assert types(told.get("/events", **cursor).data) == ["customer.created"]


def test_after_an_event_come_those_of_the_same_change(acme: Player) -> None:
    acme.ticket()
    customer, ticket = acme.events()
    assert acme.get("/events", after=customer["id"]).data == [ticket]


@pytest.mark.parametrize("limit", ["1", "99", "100"])
def test_the_limit_counts(shared_acme: Player, limit: str) -> None:
    while len(shared_acme.get("/events", limit=100).data) < 100:
        shared_acme.customer()
    assert len(shared_acme.get("/events", limit=limit).data) == int(limit)
    assert len(shared_acme.get("/events").data) == 20


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("limit=0", ["limit"]),
        ("limit=101", ["limit"]),
        ("limit=x", ["limit"]),
        ("limit=1&limit=1", ["limit"]),
        ("after=", ["after"]),
        ("after=x", ["after"]),
        (f"after={new_id()}", ["after"]),
        ("cursor=x", ["cursor"]),
        ("type=ticket.created&limit=0&after=1", ["after", "limit", "type"]),
    ],
)
def test_a_wrong_query_is_refused(shared_acme: Player, query: str, wrong: list[str]) -> None:
    assert sorted(shared_acme.get(f"/events?{query}").field_errors) == wrong


def test_events_have_ids_of_their_own(told: Player) -> None:
    everything = ids(told.events())
    assert len(set(everything)) == len(everything)
