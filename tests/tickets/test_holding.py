"""A held reply is nowhere until its release; taken back it leaves the text alone; whatever happens, it is sent once."""

import signal
import threading
import time
from os import kill
from typing import Any

import pytest

from tests.backstage import Backstage
from tests.cast import NewPlayer, Player, Troupe, assemble
from tests.conftest import NewServer
from tests.tickets.acting import (
    a_ticket,
    answers,
    asks,
    done,
    edits,
    found,
    holds,
    log_of,
    person_of,
    work,
    workspace_of,
)
from tixallo.kit import clock, due, sql, transactions
from tixallo.kit.errors import Conflict, NotFound
from tixallo.kit.models import Due
from tixallo.kit.sql import Statement
from tixallo.tickets import drafting, holding, merging, removing
from tixallo.tickets.holding import Crossed, Reply
from tixallo.tickets.models import HeldReply, Message
from tixallo.workspaces.models import Event, Person, Workspace


@pytest.fixture
def troupe(db: None) -> Troupe:
    return assemble()


def draft_of(troupe: Troupe, ticket: str) -> str:
    drafts = drafting.of_ticket(workspace_of(troupe), person_of(troupe.agent), ticket)
    return drafts["reply"].body if "reply" in drafts else ""


def messages_of(ticket: str) -> list[str]:
    return list(Message.objects.filter(ticket_id=ticket).order_by("created_at").values_list("body", flat=True))


def test_a_released_reply_is_one_message_with_one_event_and_the_ticket_is_open(troupe: Troupe) -> None:
    ticket = a_ticket(troupe)
    before = log_of(troupe)
    held = holds(troupe, ticket, "Look here.")
    assert (messages_of(ticket), log_of(troupe)) == ([], before)
    work()
    holding.release(held.id)
    assert messages_of(ticket) == ["Look here."]
    assert log_of(troupe) == [*before, "ticket.message.created", "ticket.updated"]
    assert found(ticket).status == "open"
    assert not HeldReply.objects.exists()


@pytest.mark.parametrize("then", ["pending", "resolved"])
def test_what_is_to_happen_with_a_reply_happens_at_its_release(troupe: Troupe, then: str) -> None:
    ticket = a_ticket(troupe)
    holds(troupe, ticket, "Look here.", then=then)
    assert found(ticket).status == "new"
    work()
    assert found(ticket).status == then


def test_undoing_leaves_no_message_no_event_and_the_text_and_sending_again_one_of_each(troupe: Troupe) -> None:
    ticket = a_ticket(troupe)
    before, revision = log_of(troupe), workspace_of(troupe).revision
    drafting.save(workspace_of(troupe), person_of(troupe.agent), ticket, "reply", "Look h")
    held = holds(troupe, ticket, "Look here.")
    assert draft_of(troupe, ticket) == ""
    assert holding.undo(workspace_of(troupe), person_of(troupe.agent), held.id) == ticket
    work()
    assert (messages_of(ticket), log_of(troupe), workspace_of(troupe).revision) == ([], before, revision)
    assert draft_of(troupe, ticket) == "Look here."
    holds(troupe, ticket, "Look here.")
    work()
    assert messages_of(ticket) == ["Look here."]
    assert log_of(troupe)[len(before) :] == ["ticket.message.created", "ticket.updated"]


def test_what_was_written_meanwhile_stands_below_what_comes_back(troupe: Troupe) -> None:
    ticket = a_ticket(troupe)
    held = holds(troupe, ticket, "First.")
    drafting.save(workspace_of(troupe), person_of(troupe.agent), ticket, "reply", "Second.")
    holding.undo(workspace_of(troupe), person_of(troupe.agent), held.id)
    assert draft_of(troupe, ticket) == "First.\n\nSecond."


def test_nobody_takes_back_what_was_sent_nor_anothers_nor_what_is_no_id(troupe: Troupe) -> None:
    ticket = a_ticket(troupe)
    held, workspace = holds(troupe, ticket, "Look here."), workspace_of(troupe)
    globex = assemble("Globex")
    with pytest.raises(NotFound):
        holding.undo(workspace, person_of(troupe.admin), held.id)
    with pytest.raises(Conflict):
        holding.undo(workspace_of(globex), person_of(globex.agent), held.id)
    with pytest.raises(NotFound):
        holding.undo(workspace, person_of(troupe.agent), "no id")
    work()
    with pytest.raises(Conflict):
        holding.undo(workspace, person_of(troupe.agent), held.id)
    assert messages_of(ticket) == ["Look here."]


def test_a_ticket_that_went_before_the_release_gives_the_text_back(troupe: Troupe) -> None:
    ticket, into = a_ticket(troupe), a_ticket(troupe)
    holds(troupe, ticket, "Look here.")
    done(troupe, merging.merge, ticket, into)
    work()
    assert (messages_of(ticket), messages_of(into)) == ([], [])
    # Where it can be gone on with: the merged ticket is read-only.
    assert draft_of(troupe, into) == "Look here."

    holds(troupe, into, "And here.")
    done(troupe, merging.unmerge, ticket)
    done(troupe, removing.remove, into)
    work()
    assert not HeldReply.objects.exists()
    done(troupe, removing.restore, into)
    assert draft_of(troupe, into) == "And here."
    assert messages_of(into) == []


# ---- Crossing


def test_what_came_since_crosses_a_reply(troupe: Troupe) -> None:
    ticket = a_ticket(troupe)
    seen = asks(troupe, ticket)
    news = answers(troupe, ticket, by=troupe.admin)
    for stale in ("", seen, "no id"):
        with pytest.raises(Crossed):
            holds(troupe, ticket, "Look here.", last_seen=stale)
    assert not HeldReply.objects.exists()
    holds(troupe, ticket, "Look here.", last_seen=news)


def test_a_colleagues_held_reply_crosses_and_ones_own_does_not(troupe: Troupe) -> None:
    ticket = a_ticket(troupe)
    holds(troupe, ticket, "Look here.", by=troupe.admin)
    with pytest.raises(Crossed):
        holds(troupe, ticket, "No, there.")
    holds(troupe, ticket, "And there.", by=troupe.admin)


def test_a_held_reply_that_was_shown_may_be_crossed_also_once_it_is_sent_and_no_other(troupe: Troupe) -> None:
    ticket = a_ticket(troupe)
    shown = frozenset({holds(troupe, ticket, "Look here.", by=troupe.admin).id})
    holds(troupe, ticket, "No, there.", passing=shown)
    work()
    holds(troupe, ticket, "Or there.", passing=shown)
    work()
    last = Message.objects.filter(ticket_id=ticket).latest("created_at", "id").id
    holds(troupe, ticket, "Wait.", by=troupe.admin, last_seen=last)
    with pytest.raises(Crossed):
        holds(troupe, ticket, "Not there.", passing=shown)
    asks(troupe, ticket)
    with pytest.raises(Crossed):
        holds(troupe, ticket, "Not there.", passing=shown)


def test_ones_own_reply_sent_meanwhile_crosses_nothing(troupe: Troupe) -> None:
    ticket = a_ticket(troupe)
    seen = asks(troupe, ticket)
    holds(troupe, ticket, "First.", last_seen=seen)
    work()
    holds(troupe, ticket, "Second.", last_seen=seen)
    asks(troupe, ticket)
    with pytest.raises(Crossed):
        holds(troupe, ticket, "Third.", last_seen=seen)


def test_a_message_of_what_was_merged_in_crosses_too(troupe: Troupe) -> None:
    ticket, merged = a_ticket(troupe), a_ticket(troupe)
    asks(troupe, merged)
    done(troupe, merging.merge, merged, ticket)
    with pytest.raises(Crossed):
        holds(troupe, ticket, "Look here.")


@pytest.mark.parametrize("gone", ["merged", "deleted", "unknown"])
def test_nothing_is_held_where_nothing_can_be_said(troupe: Troupe, gone: str) -> None:
    ticket = a_ticket(troupe)
    if gone == "merged":
        done(troupe, merging.merge, ticket, a_ticket(troupe))
    elif gone == "deleted":
        done(troupe, removing.remove, ticket)
    with pytest.raises(Conflict if gone == "merged" else NotFound):
        holds(troupe, troupe.id if gone == "unknown" else ticket, "Look here.")
    assert not Due.objects.filter(kind="tickets.release").exists()


@pytest.mark.parametrize(("asked", "seconds"), [(-5, 0), (0, 0), (60, 60), (9999, 60)])
def test_a_hold_lasts_at_most_a_minute(troupe: Troupe, asked: int, seconds: int) -> None:
    now = clock.now()
    held = holding.hold(workspace_of(troupe), person_of(troupe.agent), a_ticket(troupe), Reply("Look here."), asked)
    assert seconds <= (held.release_at - now).total_seconds() < seconds + 5


def test_a_reply_is_held_on_a_closed_ticket_and_leaves_it_closed(troupe: Troupe) -> None:
    ticket = a_ticket(troupe)
    edits(troupe, ticket, status="closed")
    holds(troupe, ticket, "One more thing.")
    work()
    assert (messages_of(ticket), found(ticket).status) == (["One more thing."], "closed")


# ---- Over the running server


def _hold(workspace_id: str, person_id: str, ticket_id: str, body: str, seconds: int) -> str:
    workspace, person = Workspace.objects.get(id=workspace_id), Person.objects.get(id=person_id)
    return holding.hold(workspace, person, ticket_id, Reply(body), seconds).id


def _let_go(held_id: str) -> None:
    due.enqueue("tickets.release", held_id)


def _events(workspace_id: str) -> int:
    return Event.objects.filter(workspace_id=workspace_id).count()


def test_a_held_reply_is_in_no_answer_and_no_event_until_it_is_sent(acme: Player, backstage: Backstage) -> None:
    ticket = acme.ticket()["id"]
    revision, events = acme.revision(), backstage(_events, acme.id)
    tag = acme.get(f"/tickets/{ticket}").tag
    held = backstage(_hold, acme.id, acme.agent.id, ticket, "Xylophone, held", 60)
    for path in (f"/tickets/{ticket}", f"/tickets/{ticket}/messages", "/tickets", "/events", "/tickets?q=xylophone"):
        assert b"ylophone" not in acme.get(path).body
    assert acme.get("/tickets", q="xylophone").data == []
    assert (acme.revision(), backstage(_events, acme.id)) == (revision, events)
    assert acme.get(f"/tickets/{ticket}").tag == tag

    backstage(_let_go, held)
    end = time.monotonic() + 15
    while not acme.get(f"/tickets/{ticket}/messages").data and time.monotonic() < end:
        time.sleep(0.1)
    (sent,) = acme.get(f"/tickets/{ticket}/messages").data
    assert (sent["body"], sent["author"]) == ("Xylophone, held", {"type": "agent", "name": acme.agent.name})
    assert [event["event_type"] for event in acme.events()][-2:] == ["ticket.message.created", "ticket.updated"]
    assert len(acme.get("/tickets", q="xylophone").data) == 1


def _race(workspace_id: str, person_id: str, ticket_id: str) -> tuple[str, int, str]:
    """Undo and release at once; return which won, how many messages there are, and the draft."""
    held = _hold(workspace_id, person_id, ticket_id, "Either", 60)
    workspace, person = Workspace.objects.get(id=workspace_id), Person.objects.get(id=person_id)
    outcome: list[str] = []
    start = threading.Barrier(2)

    def undo() -> None:
        start.wait()
        try:
            holding.undo(workspace, person, held)
            outcome.append("undone")
        except Conflict:
            outcome.append("sent")
        sql.current().close()

    def release() -> None:
        start.wait()
        holding.release(held)
        sql.current().close()

    threads = [threading.Thread(target=each) for each in (undo, release)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drafts = drafting.of_ticket(workspace, person, ticket_id)
    text = drafts["reply"].body if "reply" in drafts else ""
    drafting.discard(workspace, person, ticket_id, "reply")
    return outcome[0], Message.objects.filter(ticket_id=ticket_id).count(), text


def test_of_undoing_and_releasing_at_once_exactly_one_wins(acme: Player, backstage: Backstage) -> None:
    ticket, sent = acme.ticket()["id"], 0
    for _ in range(15):
        who, count, draft = backstage(_race, acme.id, acme.agent.id, ticket)
        sent += who == "sent"
        assert (count, draft) == (sent, "" if who == "sent" else "Either")


def _end_leases() -> None:
    with transactions.change():
        _END.run(sql.moment(clock.now()))


_END = Statement("UPDATE kit_due SET leased_until = NULL, due_at = ? WHERE leased_until IS NOT NULL")


@pytest.mark.slow
def test_a_worker_that_keeps_dying_sends_every_reply_once(new_server: NewServer, new_player: NewPlayer) -> None:
    server = new_server()
    acme: Any = new_player(on=server)
    tickets = [acme.ticket()["id"] for _ in range(12)]
    for ticket in tickets:
        acme.backstage(_hold, acme.id, acme.agent.id, ticket, "Once", 1)
    for pause in (0.6, 0.9, 0.3, 1.1):
        time.sleep(pause)
        kill(server.processes()[-1], signal.SIGKILL)
        acme.backstage(_end_leases)
    end = time.monotonic() + 30
    while time.monotonic() < end and not all(acme.get(f"/tickets/{each}/messages").data for each in tickets):
        time.sleep(0.3)
        acme.backstage(_end_leases)
    time.sleep(1.5)
    for ticket in tickets:
        assert [message["body"] for message in acme.get(f"/tickets/{ticket}/messages").data] == ["Once"]
    assert [event["event_type"] for event in acme.events()].count("ticket.message.created") == len(tickets)
