"""Merging through the API: what shows where, what is refused, and that undoing gives everything back."""

from typing import Any

from tests.cast import Player
from tests.lists import ids, types
from tixallo.kit.ids import new_id


def merge(player: Player, ticket: Any, into: Any, **headers: str) -> Any:
    return player.post(f"/tickets/{ticket['id']}/merge", {"into": into["id"]}, headers=headers)


def unmerge(player: Player, ticket: Any) -> Any:
    return player.request("DELETE", f"/tickets/{ticket['id']}/merge")


def test_merging_answers_with_the_surviving_ticket_and_both_are_linked(acme: Player) -> None:
    ticket, into = acme.ticket(), acme.ticket()
    answer = merge(acme, ticket, into)
    assert answer.status == 201
    assert (answer.data["id"], answer.data["ticket_number"]) == (into["id"], into["ticket_number"])
    merged = acme.get(f"/tickets/{ticket['id']}")
    assert (merged.status, merged.data["merged_into"]) == (200, into["id"])
    assert acme.get(f"/tickets/{into['id']}").data["merged_into"] is None


def test_its_messages_show_in_the_other_and_keep_their_ticket(acme: Player) -> None:
    ticket, into = acme.ticket(), acme.ticket()
    first, second = acme.message(ticket["id"], "One"), acme.message(into["id"], "Two")
    third = acme.message(ticket["id"], "Three")
    merge(acme, ticket, into)
    fourth = acme.message(into["id"], "Four")
    for found in (
        acme.get(f"/tickets/{into['id']}").data["messages"],
        acme.pages(f"/tickets/{into['id']}/messages", limit=2),
    ):
        assert [(each["id"], each["ticket_id"]) for each in found] == [
            *((first["id"], ticket["id"]), (second["id"], into["id"])),
            *((third["id"], ticket["id"]), (fourth["id"], into["id"])),
        ]
    unmerge(acme, ticket)
    assert ids(acme.get(f"/tickets/{ticket['id']}/messages").data) == [first["id"], third["id"]]
    assert ids(acme.get(f"/tickets/{into['id']}/messages").data) == [second["id"], fourth["id"]]


def test_undoing_answers_with_the_ticket_on_its_own_and_needs_no_body(acme: Player) -> None:
    ticket, into = acme.ticket(), acme.ticket()
    merge(acme, ticket, into)
    answer = unmerge(acme, ticket)
    assert (answer.status, answer.data["id"]) == (200, ticket["id"])
    assert acme.get(f"/tickets/{ticket['id']}").data["merged_into"] is None
    assert unmerge(acme, ticket).json == {"error": "Ticket is not merged"}
    assert unmerge(acme, ticket).status == 409


def test_a_merged_ticket_takes_nothing_and_says_so(acme: Player) -> None:
    ticket, into, other = acme.ticket(), acme.ticket(), acme.ticket()
    merge(acme, ticket, into)
    there = f"/tickets/{ticket['id']}"
    refused = [
        acme.post(f"{there}/messages", {"body": "Hello"}),
        acme.post(f"{there}/messages", {"body": "Hello", "author": "customer"}),
        acme.patch(there, {"priority": "high"}),
        merge(acme, ticket, other),
        merge(acme, ticket, into),
        merge(acme, other, ticket),
    ]
    for answer in refused:
        assert (answer.status, answer.json) == (409, {"error": "Ticket has been merged"})


def test_a_ticket_is_not_merged_into_itself_nor_into_what_is_not_there(acme: Player, globex: Player) -> None:
    ticket, foreign = acme.ticket(), globex.ticket()
    there = f"/tickets/{ticket['id']}/merge"
    for into in (ticket["id"], foreign["id"], new_id(), "no id", "", None, 7, ticket["id"].upper()):
        assert list(acme.post(there, {"into": into}).field_errors) == ["into"]
    assert list(acme.post(there, {}).field_errors) == ["into"]
    assert acme.post(f"/tickets/{foreign['id']}/merge", {"into": ticket["id"]}).status == 404
    assert acme.post(f"/tickets/{new_id()}/merge", {"into": ticket["id"]}).status == 404
    assert acme.request("DELETE", f"/tickets/{foreign['id']}/merge").status == 404
    assert acme.get(f"/tickets/{ticket['id']}").data["merged_into"] is None


def test_lists_searches_and_customers_leave_it_out_and_get_it_back(acme: Player) -> None:
    ticket, into = acme.ticket(subject="Zeppelin"), acme.ticket(subject="Other")
    lists: list[tuple[str, dict[str, Any]]] = [
        ("/tickets", {}),
        ("/tickets", {"q": "zeppelin"}),
        ("/tickets", {"status": "new"}),
        (f"/customers/{ticket['customer_id']}/tickets", {}),
    ]
    for path, query in lists:
        assert ticket["id"] in ids(acme.get(path, **query).data)
    merge(acme, ticket, into)
    for path, query in lists:
        assert ticket["id"] not in ids(acme.get(path, **query).data)
    unmerge(acme, ticket)
    for path, query in lists:
        assert ticket["id"] in ids(acme.get(path, **query).data)


def test_what_was_merged_before_goes_along_and_comes_back_with_it(acme: Player) -> None:
    first, second, third = acme.ticket(), acme.ticket(), acme.ticket()
    said = [acme.message(each["id"], "Hello")["id"] for each in (first, second, third)]
    merge(acme, first, second)
    merge(acme, second, third)
    assert acme.get(f"/tickets/{first['id']}").data["merged_into"] == third["id"]
    assert ids(acme.get(f"/tickets/{third['id']}/messages").data) == said
    along = unmerge(acme, first)
    assert along.status == 409
    unmerge(acme, second)
    assert acme.get(f"/tickets/{first['id']}").data["merged_into"] == second["id"]
    assert ids(acme.get(f"/tickets/{second['id']}/messages").data) == said[:2]
    assert ids(acme.get(f"/tickets/{third['id']}/messages").data) == said[2:]
    unmerge(acme, first)
    assert ids(acme.get(f"/tickets/{second['id']}/messages").data) == said[1:2]


def test_a_chain_comes_back_link_by_link(acme: Player) -> None:
    first, second, third, fourth = (acme.ticket() for _ in range(4))
    chain = [first["id"], second["id"], third["id"], fourth["id"]]
    for ticket, into in ((first, second), (second, third), (third, fourth)):
        merge(acme, ticket, into)
    for undone, merged_into in ((2, [2, 2, None]), (1, [1, None, None]), (0, [None, None, None])):
        assert acme.request("DELETE", f"/tickets/{chain[undone]}/merge").status == 200
        expected = [None if place is None else chain[place] for place in merged_into]
        assert [acme.get(f"/tickets/{each}").data["merged_into"] for each in chain[:3]] == expected


def test_merging_and_undoing_are_one_event_each(acme: Player) -> None:
    ticket, into = acme.ticket(), acme.ticket()
    before = len(acme.events())
    merge(acme, ticket, into)
    unmerge(acme, ticket)
    merged, unmerged = acme.events()[before:]
    assert types([merged, unmerged]) == ["ticket.merged", "ticket.unmerged"]
    for event in (merged, unmerged):
        assert (event["ticket_id"], event["merged_into"]) == (ticket["id"], into["id"])
        assert event["ticket_number"] == ticket["ticket_number"]


def test_a_retried_merge_is_done_once(acme: Player) -> None:
    ticket, into = acme.ticket(), acme.ticket()
    key = {"Idempotency-Key": new_id()}
    first, second = merge(acme, ticket, into, **key), merge(acme, ticket, into, **key)
    assert (first.status, first.body) == (second.status, second.body) == (201, first.body)
    assert types(acme.events()).count("ticket.merged") == 1
