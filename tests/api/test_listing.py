"""GET /tickets: order, limit, filters and cursors."""

import base64
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cast import COMMAND, Player
from tests.lists import ids
from tixallo.tickets.models import Ticket
from tixallo.workspaces.changes import Subject, change


def tie_moments(workspace_id: str) -> None:
    """Let all tickets of a workspace have been opened at one moment."""
    # unscoped: the workspace is the one named
    Ticket.objects.filter(workspace_id=workspace_id).update(created_at="2026-01-31T12:00:00.123456Z")


def delete_tickets(workspace_id: str, ticket_ids: list[str]) -> None:
    with change(workspace_id, COMMAND) as opened:
        Ticket.objects.filter(workspace_id=workspace_id, id__in=ticket_ids).delete()
        opened.record("tests.deleted", Subject("workspace", workspace_id, ""), {})


def test_a_new_workspace_has_no_tickets(acme: Player) -> None:
    assert acme.get("/tickets").json == {"data": [], "next_cursor": None}


def test_tickets_come_newest_first(acme: Player) -> None:
    made = [acme.ticket()["id"] for _ in range(4)]
    assert ids(acme.get("/tickets").data) == made[::-1]


def test_tickets_of_one_moment_come_by_id(acme: Player) -> None:
    made = [acme.ticket()["id"] for _ in range(5)]
    acme.backstage(tie_moments, acme.id)
    acme.ticket()
    assert ids(acme.get("/tickets").data)[1:] == sorted(made, reverse=True)


def test_a_list_holds_twenty_unless_told(shared_acme: Player) -> None:
    while len(shared_acme.get("/tickets", limit=50).data) < 21:
        shared_acme.ticket()
    first = shared_acme.get("/tickets")
    assert len(first.data) == 20
    assert first.json["next_cursor"] is not None


@pytest.mark.parametrize("limit", ["1", "2", "19", "20", "21", "49", "50"])
def test_the_limit_counts(shared_acme: Player, limit: str) -> None:
    while len(shared_acme.get("/tickets", limit=50).data) < 50:
        shared_acme.ticket()
    assert len(shared_acme.get("/tickets", limit=limit).data) == int(limit)


@pytest.mark.parametrize(
    "limit",
    [
        "0",
        "51",
        "-1",
        "-0",
        "100000",
        "9" * 30,
        "",
        " ",
        "x",
        "1.0",
        "1e1",
        "0x10",
        "1_0",
        "+5",
        " 5",
        "5 ",
        "\u0665",
        "null",
        "true",
    ],
)
def test_another_limit_is_refused(shared_acme: Player, limit: str) -> None:
    assert list(shared_acme.get("/tickets", limit=limit).field_errors) == ["limit"]


@pytest.mark.parametrize("query", ["limit=5&limit=5", "limit=5&limit=6", "status=new&limit=1&status=new"])
def test_a_parameter_given_twice_is_refused(shared_acme: Player, query: str) -> None:
    name = query.partition("=")[0]
    assert list(shared_acme.get(f"/tickets?{query}").field_errors) == [name]


def test_an_unknown_parameter_is_refused(shared_acme: Player) -> None:
    assert shared_acme.get("/tickets", page=2).field_errors == {"page": ["Unknown field"]}
    assert list(shared_acme.get("/tickets", Limit=5).field_errors) == ["Limit"]


def test_every_wrong_parameter_is_named_at_once(shared_acme: Player) -> None:
    wrong: dict[str, Any] = {
        "limit": "0",
        "status": "done",
        "priority": "highest",
        "customer_id": "1",
        "customer_email": "nobody",
        "tag": "",
        "updated_since": "yesterday",
        "q": " ",
        "sort": "asc",
    }
    assert sorted(shared_acme.get("/tickets", **wrong).field_errors) == sorted(wrong)


@pytest.mark.parametrize("query", ["limit", "limit=%zz", "q=%ff", "&&", "q=%00", "q=a%00b", "%ff=1"])
def test_a_query_that_is_no_form_is_refused(shared_acme: Player, query: str) -> None:
    assert shared_acme.get(f"/tickets?{query}").status == 400


# ---- Filters


FILTERS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "status": ("pending", lambda ticket: ticket["status"] == "pending"),
    "priority": ("high", lambda ticket: ticket["priority"] == "high"),
    "customer_email": ("FAY@customer.example", lambda ticket: ticket["customer"] == "fay"),
    "tag": ("refund", lambda ticket: "refund" in ticket["tags"]),
    "q": ("invoice", lambda ticket: "invoice" in ticket["subject"]),
}


@pytest.fixture(scope="module")
def crowd(stage: Any) -> tuple[Player, list[Any]]:
    """Acme with a ticket for every combination of what can be filtered by, in the list's order."""
    acme: Player = stage.assemble("Acme")
    tickets = []
    for status, priority, customer, tags, subject in itertools.product(
        ("new", "pending"), ("high", "low"), ("fay", "gus"), (["refund", "vat"], []), ("An invoice", "A letter")
    ):
        made = acme.ticket(priority=priority, customer_email=f"{customer}@customer.example", subject=subject)
        if tags or status != "new":
            made = acme.patch(f"/tickets/{made['id']}", {"status": status, "tags": tags}).data
        tickets.append({**made, "customer": customer})
    return acme, tickets[::-1]


@pytest.mark.parametrize(
    "names", [names for count in range(6) for names in itertools.combinations(FILTERS, count)], ids="-".join
)
def test_filters_narrow_alone_and_together(crowd: tuple[Player, list[Any]], names: tuple[str, ...]) -> None:
    acme, tickets = crowd
    query: dict[str, Any] = {name: FILTERS[name][0] for name in names}
    expected = [each["id"] for each in tickets if all(FILTERS[name][1](each) for name in names)]
    assert len(expected) == 32 >> len(names)
    assert ids(acme.get("/tickets", limit=50, **query).data) == expected
    assert ids(acme.pages("/tickets", limit=3, **query)) == expected


def test_a_filter_by_customer_id(crowd: tuple[Player, list[Any]], globex: Player) -> None:
    acme, tickets = crowd
    fay = next(each["customer_id"] for each in tickets if each["customer"] == "fay")
    expected = [each["id"] for each in tickets if each["customer"] == "fay"]
    assert ids(acme.get("/tickets", limit=50, customer_id=fay).data) == expected
    assert ids(acme.pages("/tickets", limit=7, customer_id=fay, customer_email="fay@customer.example")) == expected
    assert acme.get("/tickets", customer_id=fay, customer_email="gus@customer.example").data == []
    assert globex.get("/tickets", customer_id=fay).data == []


def test_nothing_meets_a_filter_by_what_is_not_there(crowd: tuple[Player, list[Any]]) -> None:
    acme, tickets = crowd
    queries: tuple[dict[str, Any], ...] = (
        {"customer_email": "nobody@customer.example"},
        {"customer_id": tickets[0]["id"]},
        {"tag": "ref"},
        {"tag": "REFUND"},
        {"status": "closed"},
        {"priority": "urgent"},
        {"q": "parcel"},
        {"updated_since": "2999-01-01T00:00:00Z"},
    )
    for query in queries:
        assert acme.get("/tickets", **query).json == {"data": [], "next_cursor": None}, query


def test_updated_since_takes_the_moment_itself_and_what_is_later(acme: Player) -> None:
    old, new = acme.ticket(), acme.ticket()
    acme.backstage(move_updates, acme.id, old["id"], "2026-01-31T12:00:00Z")
    acme.patch(f"/tickets/{new['id']}", {"priority": "low"})

    def since(moment: str) -> list[str]:
        return ids(acme.get("/tickets", updated_since=moment).data)

    assert since("2026-01-31T12:00:00Z") == [new["id"], old["id"]]
    assert since("2026-01-31T12:00:01Z") == [new["id"]]
    assert since("2026-01-31T13:00:00+01:00") == [new["id"], old["id"]]
    assert since("2026-01-31T12:00:00.000001Z") == [new["id"]]
    assert since(acme.get(f"/tickets/{new['id']}").data["updated_at"]) == [new["id"]]


def move_updates(workspace_id: str, ticket_id: str, moment: str) -> None:
    Ticket.objects.filter(workspace_id=workspace_id, id=ticket_id).update(updated_at=moment)


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-02-30T12:00:00Z",
        "2026-01-31 12:00:00Z",
        "0000-01-01T00:00:00Z",
        "1769860800",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:00:60Z",
        "0001-01-01T00:00:00+23:59",
        "",
    ],
)
def test_another_moment_is_refused(shared_acme: Player, moment: str) -> None:
    assert list(shared_acme.get("/tickets", updated_since=moment).field_errors) == ["updated_since"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1969-12-31T23:59:59-11:30"])
def test_the_ends_of_the_calendar_are_moments(shared_acme: Player, moment: str) -> None:
    assert shared_acme.get("/tickets", updated_since=moment).status == 200


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("limit=0&cursor=abc", {"limit": ["Must be at least 1"], "cursor": ["Invalid cursor"]}),
        (
            "limit=0&limit=2&status=x&tag=a",
            {"status": ["Must be one of new, open, pending, resolved, closed"], "limit": ["Must be given once"]},
        ),
        ("limit=1&limit=2&cursor=a&cursor=b", {"limit": ["Must be given once"], "cursor": ["Must be given once"]}),
        ("staus=open&priority=asap&q=%20", {"staus", "priority", "q"}),
    ],
)
def test_all_wrong_parameters_are_named_at_once(shared_acme: Player, query: str, wrong: Any) -> None:
    found = shared_acme.get(f"/tickets?{query}").field_errors
    assert (found if isinstance(wrong, dict) else set(found)) == wrong


# ---- Cursors


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_pages_hold_every_ticket_once_also_when_moments_are_equal(acme: Player, limit: int) -> None:
    for _ in range(7):
        acme.ticket()
    acme.backstage(tie_moments, acme.id)
    everything = ids(acme.get("/tickets", limit=50).data)
    assert ids(acme.pages("/tickets", limit=limit)) == everything
    assert len(set(everything)) == 7


def test_the_last_page_has_no_cursor(acme: Player) -> None:
    for _ in range(4):
        acme.ticket()
    second = acme.get("/tickets", limit=2, cursor=acme.get("/tickets", limit=2).json["next_cursor"])
    assert len(second.data) == 2
    assert second.json["next_cursor"] is None


def test_what_comes_in_meanwhile_shifts_no_page(acme: Player) -> None:
    made = [acme.ticket()["id"] for _ in range(4)][::-1]
    cursor = acme.get("/tickets", limit=2).json["next_cursor"]
    acme.ticket()
    acme.patch(f"/tickets/{made[2]}", {"subject": "Edited"})
    assert ids(acme.get("/tickets", limit=2, cursor=cursor).data) == made[2:]


def test_a_cursor_outlives_the_ticket_that_it_names(acme: Player) -> None:
    made = [acme.ticket()["id"] for _ in range(6)][::-1]
    cursor = acme.get("/tickets", limit=2).json["next_cursor"]
    acme.backstage(delete_tickets, acme.id, made[1:3])
    assert ids(acme.get("/tickets", cursor=cursor).data) == made[3:]
    acme.backstage(delete_tickets, acme.id, made)
    assert acme.get("/tickets", cursor=cursor).json == {"data": [], "next_cursor": None}


def test_a_cursor_goes_on_under_another_limit(acme: Player) -> None:
    made = [acme.ticket()["id"] for _ in range(5)][::-1]
    cursor = acme.get("/tickets", limit=1).json["next_cursor"]
    assert ids(acme.get("/tickets", limit=50, cursor=cursor).data) == made[1:]


def test_a_foreign_cursor_opens_nothing(acme: Player, globex: Player) -> None:
    for _ in range(3):
        acme.ticket()
        globex.ticket()
    cursor = acme.get("/tickets", limit=1).json["next_cursor"]
    found = globex.get("/tickets", cursor=cursor).data
    assert all(globex.get(f"/tickets/{each['id']}").status == 200 for each in found)


@given(
    st.one_of(
        st.text(min_size=1, max_size=60),
        st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=", min_size=1, max_size=60),
        st.binary(min_size=1, max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=").decode()),
        # Of the right length, but with another version, or a moment outside the calendar.
        st.binary(min_size=25, max_size=25).map(lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=").decode()),
    )
)
@example("")
@example("A" * 101)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_invented_cursor_is_refused(shared_acme: Player, cursor: str) -> None:
    answer = shared_acme.get("/tickets", cursor=cursor)
    if answer.status == 200:
        # A moment and an id make a place, even where no ticket is.
        raw = base64.urlsafe_b64decode(cursor + "==")
        assert (len(raw), raw[0]) == (25, 1)
    else:
        assert list(answer.field_errors) == ["cursor"]


def test_a_cursor_in_another_spelling_is_refused(acme: Player) -> None:
    acme.ticket()
    acme.ticket()
    cursor: str = acme.get("/tickets", limit=1).json["next_cursor"]
    for spelt in (cursor + "=", cursor + "==", cursor[:-1], cursor + "A", " " + cursor, cursor.swapcase()):
        assert acme.get("/tickets", cursor=spelt).status == 400, spelt
