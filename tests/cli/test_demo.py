"""`tixallo demo`: a month of samples that the API shows as it shows what the verbs have written."""

import re
import signal
import subprocess
import sys
import time
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cast import NewPlayer, Player
from tests.conftest import NewServer
from tests.servers import Server
from tixallo.kit import clock, sql
from tixallo.kit.sql import Statement

TICKETS = 600
_SOON = timedelta(minutes=5)


def _demo(server: Server, player: Player, *options: str) -> str:
    return server.run("demo", "--workspace", player.slug, *options).stdout


@pytest.fixture(scope="module")
def filled(server: Server, shared_acme: Player) -> Player:
    """Acme with a month of samples."""
    _demo(server, shared_acme, "--tickets", str(TICKETS), "--messages-per-ticket", "1.5")
    return shared_acme


@pytest.fixture(scope="module")
def tickets(filled: Player) -> list[Any]:
    """All tickets, newest first."""
    return filled.pages("/tickets", limit=50)


def test_the_log_is_whole(server: Server, filled: Player) -> None:
    said = server.run("audit", "verify", "--workspace", filled.slug).stdout
    assert "the chain is whole" in said
    assert server.run("audit", "verify", "--workspace", filled.slug).returncode == 0


def test_numbers_go_up_with_time_and_have_no_gap(tickets: list[Any]) -> None:
    assert [ticket["ticket_number"] for ticket in tickets] == list(range(TICKETS, 0, -1))
    times = [ticket["created_at"] for ticket in tickets]
    assert times == sorted(times, reverse=True)


def test_tickets_fill_the_month_before_now_and_most_come_on_working_days(tickets: list[Any]) -> None:
    now = clock.now()
    times = [datetime.fromisoformat(ticket["created_at"]) for ticket in tickets]
    assert now - timedelta(days=30) - _SOON < times[-1] < now - timedelta(days=26)
    assert now - timedelta(days=4) < times[0] <= now
    working = sum(time.weekday() < 5 for time in times)
    assert working > 0.85 * TICKETS
    assert sum(7 <= time.hour < 17 for time in times) > 0.7 * TICKETS


def test_every_ticket_is_marked_as_a_sample(filled: Player, tickets: list[Any]) -> None:
    assert all("sample" in ticket["tags"] for ticket in tickets)
    assert len(filled.pages("/tickets", limit=50, tag="sample")) == TICKETS
    assert {ticket["source"] for ticket in tickets} == {"api", "email", "form", "app"}
    customers = filled.pages("/customers", limit=50)
    assert all(customer["email"].endswith(".example") for customer in customers)


def test_each_tag_finds_the_tickets_that_carry_it(filled: Player, tickets: list[Any]) -> None:
    carried: dict[str, list[str]] = defaultdict(list)
    for ticket in tickets:
        for tag in ticket["tags"]:
            carried[tag].append(ticket["id"])
    assert len(carried) > 15
    for tag, ids in carried.items():
        assert [ticket["id"] for ticket in filled.pages("/tickets", limit=50, tag=tag)] == ids


def test_each_status_and_priority_finds_its_tickets(filled: Player, tickets: list[Any]) -> None:
    for name in ("status", "priority"):
        values = {ticket[name] for ticket in tickets}
        assert len(values) >= 4
        for value in values:
            expected = [ticket["id"] for ticket in tickets if ticket[name] == value]
            found = filled.pages("/tickets", limit=50, **{name: value})
            assert [ticket["id"] for ticket in found] == expected


def test_a_few_customers_write_often_and_most_seldom(filled: Player, tickets: list[Any]) -> None:
    by_customer: dict[str, list[str]] = defaultdict(list)
    for ticket in tickets:
        by_customer[ticket["customer_id"]].append(ticket["id"])
    customer, ids = max(by_customer.items(), key=lambda item: len(item[1]))
    assert len(ids) >= 5
    assert sum(len(some) <= 2 for some in by_customer.values()) > len(by_customer) / 3
    assert [ticket["id"] for ticket in filled.pages(f"/customers/{customer}/tickets", limit=50)] == ids
    email = filled.get(f"/customers/{customer}").data["email"]
    found = filled.pages("/tickets", limit=50, customer_email=email.upper())
    assert [ticket["id"] for ticket in found] == ids


def test_customers_belong_to_the_company_that_has_claimed_their_domain(filled: Player) -> None:
    claimed = {
        domain: company["id"] for company in filled.pages("/companies", limit=50) for domain in company["domains"]
    }
    customers = filled.pages("/customers", limit=50)
    assert len(claimed) > 10
    assert all(each["company_id"] == claimed.get(each["email"].partition("@")[2]) for each in customers)
    employed = sum(each["company_id"] is not None for each in customers)
    assert 0.5 < employed / len(customers) < 0.95


def test_old_tickets_are_done_and_young_ones_wait(tickets: list[Any]) -> None:
    done = [ticket["status"] in {"resolved", "closed"} for ticket in tickets]
    assert sum(done[:30]) < 14
    assert sum(done[-200:]) > 140
    for ticket in tickets:
        assert (ticket["closed_at"] is not None) == (ticket["status"] == "closed")
        assert ticket["assignee"] is None or ticket["status"] != "new"
        assert ticket["created_at"] <= ticket["updated_at"]


def test_conversations_have_the_messages_asked_for_in_order(filled: Player, tickets: list[Any]) -> None:
    kinds: dict[str, int] = defaultdict(int)
    for ticket in tickets[::3]:
        conversation = filled.get(f"/tickets/{ticket['id']}").data
        times = [ticket["created_at"], *(message["created_at"] for message in conversation["messages"])]
        assert times == sorted(times)
        for message in conversation["messages"]:
            kinds[message["author"]["type"]] += 1
            if message["author"]["type"] == "customer":
                assert message["author"]["name"] == conversation["customer"]["name"]
    assert set(kinds) == {"customer", "agent", "api"}
    assert 1.0 < sum(kinds.values()) / len(tickets[::3]) < 2.0


def test_the_log_tells_how_each_ticket_came_to_be_what_it_is(filled: Player, tickets: list[Any]) -> None:
    told: dict[str, dict[str, Any]] = {}
    messages: dict[str, list[str]] = defaultdict(list)
    customers = set()
    for event in filled.events():
        kind = event["event_type"]
        if kind == "customer.created":
            customers.add(event["customer_id"])
        elif kind == "ticket.message.created":
            messages[event["ticket_id"]].append(event["message_id"])
            told[event["ticket_id"]]["updated_at"] = event["created_at"]
        elif kind == "ticket.created":
            assert event["customer_id"] in customers
            told[event["ticket_id"]] = {"status": "new", "tags": [], "assignee_id": None}
            told[event["ticket_id"]]["updated_at"] = event["created_at"]
        else:
            state = told[event["ticket_id"]]
            if kind == "ticket.updated":
                assert {name: state[name] for name in event["changes"]} == {
                    name: before for name, (before, _) in event["changes"].items()
                }
            state |= {name: after for name, (_, after) in event["changes"].items()}
            state["updated_at"] = event["created_at"]
            assert state["status"] == event["status"]
            assert kind != "ticket.closed" or state["status"] == "closed"
    for ticket in tickets:
        assert told[ticket["id"]] == {
            "status": ticket["status"],
            "tags": ticket["tags"],
            "assignee_id": ticket["assignee"] and ticket["assignee"]["id"],
            "updated_at": ticket["updated_at"],
        }
    for ticket in tickets[::10]:
        conversation = filled.get(f"/tickets/{ticket['id']}").data
        assert [message["id"] for message in conversation["messages"]] == messages[ticket["id"]]


def test_the_search_finds_what_was_said(filled: Player, tickets: list[Any]) -> None:
    spoken = [filled.get(f"/tickets/{ticket['id']}").data for ticket in tickets[::20]]
    assert any(each["messages"] for each in spoken)
    for each in spoken:
        texts = [each["subject"], each["description"], *(message["body"] for message in each["messages"])]
        for text in texts:
            wanted = " ".join(re.findall(r"\w+", text)[:12])
            assert each["id"] in {ticket["id"] for ticket in filled.pages("/tickets", limit=50, q=wanted)}
        assert each["id"] in {t["id"] for t in filled.pages("/tickets", limit=50, q=each["customer"]["email"])}


def test_the_index_holds_what_the_verbs_would_have_written(filled: Player, tickets: list[Any]) -> None:
    for ticket in tickets[::30]:
        before, after = filled.backstage(_reindexed, filled.id, ticket["id"])
        assert before == after


def _reindexed(workspace_id: str, ticket_id: str) -> tuple[Any, Any]:
    from tixallo.tickets.editing import reindex

    column = "s.document::text" if sql.dialect().name == "postgresql" else "s.document"
    key = "s.id" if sql.dialect().name == "postgresql" else "s.rowid"
    read = Statement(
        f"SELECT {column} FROM tickets_search s JOIN tickets_ticket t ON t.search_id = {key} "
        "WHERE t.workspace_id = ? AND t.id = ?"
    )
    before = read.one(workspace_id, ticket_id)
    reindex(workspace_id, ticket_id)
    return before, read.one(workspace_id, ticket_id)


def test_what_was_filled_can_be_worked_on(filled: Player, tickets: list[Any]) -> None:
    waiting = next(ticket for ticket in tickets if ticket["status"] == "new")
    filled.message(waiting["id"], "We are looking into it")
    assert filled.get(f"/tickets/{waiting['id']}").data["status"] == "open"
    made = filled.ticket(customer_email="new@customer.example")
    assert made["ticket_number"] == TICKETS + 1


def test_the_same_number_gives_the_same_samples(server: Server, acme: Player, globex: Player) -> None:
    for player in (acme, globex):
        _demo(server, player, "--tickets", "60", "--random", "7")
    texts = [
        [(ticket["subject"], ticket["description"], ticket["priority"]) for ticket in player.pages("/tickets")]
        for player in (acme, globex)
    ]
    assert texts[0] == texts[1]
    assert {each["id"] for each in acme.pages("/tickets")}.isdisjoint(each["id"] for each in globex.pages("/tickets"))


def test_a_workspace_keeps_what_it_had_and_is_filled_up_to_the_number(server: Server, acme: Player) -> None:
    mine = acme.ticket(subject="One of our own")
    assert "50 tickets; 49 of them were added" in _demo(server, acme, "--tickets", "50")
    revision = acme.revision()
    assert "50 tickets; 0 of them were added" in _demo(server, acme, "--tickets", "50")
    assert acme.revision() == revision
    assert "80 tickets; 30 of them were added" in _demo(server, acme, "--tickets", "80")
    numbers = sorted(ticket["ticket_number"] for ticket in acme.pages("/tickets"))
    assert numbers == list(range(1, 81))
    assert acme.get(f"/tickets/{mine['id']}").data["tags"] == []
    people = {ticket["assignee"]["name"] for ticket in acme.pages("/tickets") if ticket["assignee"]}
    assert len(people) <= 6
    assert server.run("audit", "verify", "--workspace", acme.slug).returncode == 0


def test_nothing_of_it_reaches_another_workspace(server: Server, acme: Player, globex: Player) -> None:
    _demo(server, acme, "--tickets", "30")
    assert globex.pages("/tickets") == []
    assert globex.pages("/customers") == []
    assert globex.pages("/tickets", q="invoice") == []
    assert globex.revision() < acme.revision()


def test_a_run_that_was_killed_left_whole_tickets_and_goes_on(new_server: NewServer, new_player: NewPlayer) -> None:
    server = new_server()
    acme = new_player(on=server)
    run = _started(server, acme, "--tickets", "50000")
    while _count(acme) < 1_500:
        time.sleep(0.05)
    run.send_signal(signal.SIGKILL)
    run.wait()
    done = _count(acme)
    assert 1_500 <= done < 50_000
    assert server.run("audit", "verify", "--workspace", acme.slug).returncode == 0
    assert f"{done + 100:,} tickets; 100 of them" in _demo(server, acme, "--tickets", str(done + 100))
    assert server.run("audit", "verify", "--workspace", acme.slug).returncode == 0
    assert acme.backstage(_counts, acme.id) == (done + 100, done + 100, done + 100, done + 100)


def test_the_server_goes_on_working_meanwhile(new_server: NewServer, new_player: NewPlayer) -> None:
    server = new_server()
    acme = new_player(on=server)
    run = _started(server, acme, "--tickets", "8000", "--messages-per-ticket", "1")
    numbers, waits = [], []
    while run.poll() is None:
        began = time.monotonic()
        numbers.append(acme.ticket()["ticket_number"])
        waits.append(time.monotonic() - began)
        time.sleep(0.02)
    assert run.returncode == 0
    assert len(numbers) > 5
    # What a batch may hold the workspace, several times over, as the machine does other things too.
    assert sorted(waits)[len(waits) // 2] < 2
    assert server.run("audit", "verify", "--workspace", acme.slug).returncode == 0
    total = _count(acme)
    assert acme.backstage(_counts, acme.id) == (total, total, total, total - len(numbers))
    assert total >= 8_000


def _started(server: Server, player: Player, *options: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tixallo.cli.main", "demo", "--workspace", player.slug, *options]
    return subprocess.Popen(
        command,
        env=server._variables(),
        cwd=Path(__file__).parents[2],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _count(player: Player) -> int:
    newest = player.get("/tickets", limit=1).data
    return max((ticket["ticket_number"] for ticket in newest), default=0)


def _counts(workspace_id: str) -> tuple[int, int, int, int]:
    # The highest number, how many numbers, how many documents, how many tickets with the tag.
    from tixallo.workspaces.models import Workspace

    workspace = Workspace.objects.get(id=workspace_id)
    documents = Statement(
        "SELECT count(DISTINCT search_id) FROM tickets_ticket WHERE workspace_id = ? AND search_id IS NOT NULL"
    ).one(workspace_id)
    assert documents is not None
    return (
        workspace.ticket_count,
        workspace.tickets.values("number").distinct().count(),
        documents[0],
        workspace.taggings.filter(tag="sample").values("ticket_id").distinct().count(),
    )


def test_it_can_make_the_workspace(server: Server, globex: Player) -> None:
    slug = f"{globex.slug}-demo"
    for _ in range(2):
        said = server.run("demo", "--workspace", slug, "--create", "--tickets", "5").stdout
        assert "has 5 tickets" in said
    assert server.run("audit", "verify", "--workspace", slug).returncode == 0


def test_an_unknown_workspace_is_not_made_up(server: Server) -> None:
    run = server.run("demo", "--workspace", "nowhere", check=False)
    assert run.returncode == 1
    assert run.stderr == "tixallo: There is no workspace “nowhere”.\n"


@pytest.mark.parametrize(
    "options",
    [
        ("--tickets", "0"),
        ("--tickets", "1000001"),
        ("--tickets", "many"),
        ("--messages-per-ticket", "-1"),
        ("--messages-per-ticket", "nan"),
        ("--messages-per-ticket", "51"),
        ("--random", "-1"),
    ],
)
def test_numbers_out_of_range_are_refused(server: Server, acme: Player, options: tuple[str, str]) -> None:
    run = server.run("demo", "--workspace", acme.slug, *options, check=False)
    assert run.returncode == 2
    assert options[0] in run.stderr
    assert acme.pages("/tickets") == []


def test_progress_is_plain_lines_where_there_is_no_terminal(server: Server, acme: Player) -> None:
    run = server.run("demo", "--workspace", acme.slug, "--tickets", "40")
    first, *_, last = run.stderr.splitlines()
    assert first == "0 of 40 tickets"
    assert last.startswith("40 of 40 tickets, ")
    assert "\r" not in run.stderr
    assert "\x1b" not in run.stderr
