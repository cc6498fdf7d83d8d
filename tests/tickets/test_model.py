"""Tickets against a model of them in plain Python: after every step both must show the same."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.cast import Player
from tests.lists import types
from tixallo.kit.text import words
from tixallo.tickets.models import PRIORITIES, STATUSES

SAID = ("Printer", "prints", "on", "FIRE", "Büro", "buro", "4711", "e-mail", "ﬁre")
TAGS = ("vat", "refund", "Ä", "a b")
ADDRESSES = ("carla@customer.example", "Gus@customer.example", "zoe@elsewhere.example")

texts = st.lists(st.sampled_from(SAID), min_size=1, max_size=4).map(" ".join)
addresses = st.sampled_from(ADDRESSES).flatmap(lambda each: st.sampled_from([each, each.lower(), each.upper()]))
statuses = st.sampled_from(STATUSES)
priorities = st.sampled_from(PRIORITIES)
tag_lists = st.lists(st.sampled_from(TAGS), max_size=3)


class Tickets(RuleBasedStateMachine):
    """One workspace, and what a careful reader of the documentation would expect of it."""

    new_player: ClassVar[Callable[[], Player]]
    tickets = Bundle("tickets")

    @initialize()
    def open_workspace(self) -> None:
        self.acme = type(self).new_player()
        self.members: dict[str | None, Any] = {
            member.id: {"id": member.id, "name": member.name}
            for member in (self.acme.owner, self.acme.admin, self.acme.agent)
        }
        self.members[None] = None
        # By id, in the order of their making.
        self.model: dict[str, dict[str, Any]] = {}
        self.customers: dict[str, dict[str, str]] = {}
        # What the feed must say next, and how far it has been read.
        self.told: list[str] = []
        self.said = 0
        self.seen: dict[str, Any] = {}

    # ---- What changes

    # Few tickets, so that much happens to each.
    @precondition(lambda self: len(self.model) < 5)
    @rule(target=tickets, subject=texts, description=texts, address=addresses, priority=st.none() | priorities)
    def create(self, subject: str, description: str, address: str, priority: str | None) -> str:
        body = {"subject": subject, "description": description, "customer_email": address}
        made = self.acme.post("/tickets", {**body, **({"priority": priority} if priority else {})}).data
        customer = self.customers.get(address.lower())
        if customer is None:
            name = address.partition("@")[0]
            customer = self.customers[address.lower()] = {"id": made["customer_id"], "email": address, "name": name}
            self.told.append("customer.created")
        self.told.append("ticket.created")
        self.model[made["id"]] = {
            "ticket_number": len(self.model) + 1,
            "subject": subject,
            "description": description,
            "status": "new",
            "priority": priority or "medium",
            "customer": customer,
            "assignee": None,
            "tags": [],
            "messages": [],
            "merged_into": None,
            "merged_via": None,
        }
        found: str = made["id"]
        return found

    @rule(ticket=tickets, body=texts, author=st.sampled_from(["workspace", "customer"]))
    def say(self, ticket: str, body: str, author: str) -> None:
        known = self.model[ticket]
        answer = self.acme.post(f"/tickets/{ticket}/messages", {"body": body, "author": author})
        if known["merged_into"]:
            assert (answer.status, answer.json) == (409, {"error": "Ticket has been merged"})
            return
        if author == "customer" and known["status"] == "closed":
            assert (answer.status, answer.json) == (409, {"error": "Ticket is closed"})
            return
        assert answer.status == 201
        self.said += 1
        known["messages"].append((self.said, author, body))
        self.told.append("ticket.message.created")
        after = {
            ("workspace", "new"): "open",
            ("customer", "pending"): "open",
            ("customer", "resolved"): "open",
        }.get((author, known["status"]))
        if after:
            known["status"] = after
            self.told.append("ticket.updated")
        self.read(ticket)

    @rule(ticket=tickets, status=statuses, author=st.sampled_from(["workspace", "customer"]))
    def set_and_say(self, ticket: str, status: str, author: str) -> None:
        self.edit(ticket, {"status": status}, None)
        self.the_feed_tells_what_happened()
        self.say(ticket, "Printer", author)

    @rule(
        ticket=tickets,
        edits=st.fixed_dictionaries(
            {}, optional={"status": statuses, "priority": priorities, "subject": texts, "tags": tag_lists}
        ),
        assign=st.none() | st.integers(0, 3),
    )
    def edit(self, ticket: str, edits: dict[str, Any], assign: int | None) -> None:
        known = self.model[ticket]
        if known["merged_into"]:
            assert self.acme.patch(f"/tickets/{ticket}", edits).status == 409
            return
        sent = dict(edits)
        after = {name: sorted(set(value)) if name == "tags" else value for name, value in edits.items()}
        if assign is not None:
            person = list(self.members)[assign]
            sent["assignee_id"] = person
            after["assignee"] = self.members[person]
            if person and after["assignee"] != known["assignee"] and known["status"] == "new" and "status" not in edits:
                after["status"] = "open"
        before = dict(known)
        assert self.acme.patch(f"/tickets/{ticket}", sent).status == 200
        known.update(after)
        if known != before:
            self.told.append("ticket.updated")
            if (before["status"] != "closed") and known["status"] == "closed":
                self.told.append("ticket.closed")
        self.read(ticket)

    @rule(
        ticket=tickets, body=st.sampled_from([{"status": "done"}, {"subject": ""}, {"tags": [1]}, {"assignee_id": "x"}])
    )
    def edit_wrongly(self, ticket: str, body: dict[str, Any]) -> None:
        assert self.acme.patch(f"/tickets/{ticket}", {"priority": "low", **body}).status == 400

    @rule(ticket=tickets, into=tickets)
    def merge(self, ticket: str, into: str) -> None:
        answer = self.acme.post(f"/tickets/{ticket}/merge", {"into": into})
        if ticket == into:
            assert answer.status == 400
            return
        if self.model[ticket]["merged_into"] or self.model[into]["merged_into"]:
            assert (answer.status, answer.json) == (409, {"error": "Ticket has been merged"})
            return
        assert answer.status == 201
        for known in self.model.values():
            if known["merged_into"] == ticket:
                known["merged_into"], known["merged_via"] = into, known["merged_via"] or ticket
        self.model[ticket]["merged_into"] = into
        self.told.append("ticket.merged")
        self._is(answer.data, self.model[into])
        self.read(ticket)
        self.read(into)

    @rule(ticket=tickets)
    def unmerge(self, ticket: str) -> None:
        answer = self.acme.request("DELETE", f"/tickets/{ticket}/merge")
        known = self.model[ticket]
        if not known["merged_into"] or known["merged_via"]:
            assert answer.status == 409
            return
        assert answer.status == 200
        known["merged_into"] = None
        self._give_back(ticket, ticket)
        self.told.append("ticket.unmerged")
        for each in self.model:
            self.read(each)

    def _give_back(self, ticket: str, via: str) -> None:
        for one, known in self.model.items():
            if known["merged_via"] == via:
                known["merged_into"] = ticket
                self._give_back(ticket, one)
                if via == ticket:
                    known["merged_via"] = None

    # ---- What must hold after every step

    @invariant()
    def the_list_shows_them_newest_first(self) -> None:
        self._shows(self.acme.pages("/tickets", limit=3), lambda known: True)

    @invariant()
    def the_feed_tells_what_happened(self) -> None:
        new = self.acme.get("/events", limit=100, **self.seen).json
        if new["next_cursor"]:
            self.seen = {"after": new["next_cursor"]}
        assert types(new["data"]) == self.told
        self.told.clear()

    def read(self, ticket: str) -> None:
        known = self.model[ticket]
        read = self.acme.get(f"/tickets/{ticket}").data
        self._is(read, known)
        assert read["merged_into"] == known["merged_into"]
        customer = known["customer"]
        assert {name: read["customer"][name] for name in customer} == customer
        said = [
            ("customer" if each["author"]["type"] == "customer" else "workspace", each["body"])
            for each in read["messages"]
        ]
        parts = [known, *(each for each in self.model.values() if each["merged_into"] == ticket)]
        assert said == [message[1:] for message in sorted(each for part in parts for each in part["messages"])]
        assert self.acme.pages(f"/tickets/{ticket}/messages", limit=2) == read["messages"]

    @rule(
        status=st.none() | statuses,
        priority=st.none() | priorities,
        tag=st.none() | st.sampled_from(TAGS),
        address=st.none() | addresses,
        query=st.none()
        | st.lists(st.sampled_from([*SAID, "pri", "f", "customer", "zo"]), min_size=1, max_size=2).map(" ".join),
    )
    def search(self, **asked: str | None) -> None:
        status, priority, tag, address, query = (
            asked[name] for name in ("status", "priority", "tag", "address", "query")
        )
        names = {"address": "customer_email", "query": "q"}
        sent = {names.get(name, name): value for name, value in asked.items() if value is not None}

        def expected(known: dict[str, Any]) -> bool:
            return (
                (status is None or known["status"] == status)
                and (priority is None or known["priority"] == priority)
                and (tag is None or tag in known["tags"])
                and (address is None or known["customer"]["email"].lower() == address.lower())
                and (query is None or self._says(known, query))
            )

        self._shows(self.acme.pages("/tickets", limit=3, **sent), expected)

    def _says(self, known: dict[str, Any], query: str) -> bool:
        parts = [
            known["subject"],
            known["description"],
            *known["customer"].values(),
            *(said for _, _, said in known["messages"]),
        ]
        written = words(" ".join(part for part in parts if part != known["customer"]["id"]))
        *whole, last = words(query)
        return all(word in written for word in whole) and any(word.startswith(last) for word in written)

    def _shows(self, shown: list[Any], expected: Callable[[dict[str, Any]], bool]) -> None:
        listed = [each for each, known in reversed(self.model.items()) if known["merged_into"] is None]
        wanted = [each for each in listed if expected(self.model[each])]
        assert [each["id"] for each in shown] == wanted
        for each in shown:
            self._is(each, self.model[each["id"]])

    def _is(self, shown: Any, known: dict[str, Any]) -> None:
        same = ("ticket_number", "subject", "description", "status", "priority", "assignee", "tags")
        assert {name: shown[name] for name in same} == {name: known[name] for name in same}
        assert shown["customer_id"] == known["customer"]["id"]
        assert (shown["closed_at"] is not None) == (known["status"] == "closed")


@pytest.mark.slow
def test_tickets_are_what_the_model_says(stage: Any) -> None:
    Tickets.new_player = staticmethod(lambda: stage.assemble("Acme"))
    run_state_machine_as_test(
        Tickets,
        settings=settings(max_examples=20, stateful_step_count=30, suppress_health_check=list(HealthCheck)),
    )
