"""What is deleted or spam is nowhere, comes back within thirty days, and then goes with all that belongs to it."""

from datetime import timedelta

import pytest

from tests.backstage import Backstage
from tests.cast import Player, Troupe, assemble
from tests.lists import ids, types
from tests.tickets.acting import (
    a_ticket,
    answers,
    done,
    edits,
    found,
    holds,
    log_of,
    person_of,
    work,
    workspace_of,
)
from tixallo.kit import clock
from tixallo.kit.errors import Conflict, NotFound
from tixallo.tickets import drafting, merging, noting, presence, reading, removing
from tixallo.tickets.models import Draft, HeldReply, Message, Note, Presence, ReadMark, Tagging, Ticket
from tixallo.workspaces.changes import Actor, change


@pytest.fixture
def troupe(db: None) -> Troupe:
    return assemble()


@pytest.mark.parametrize("spam", [False, True])
def test_a_removed_ticket_comes_back_as_it_was(troupe: Troupe, spam: bool) -> None:
    ticket = a_ticket(troupe)
    edits(troupe, ticket, tags=["vat"], status="pending")
    answers(troupe, ticket)
    done(troupe, removing.remove, ticket, spam=spam)
    assert found(ticket).gone_as == ("spam" if spam else "deleted")
    done(troupe, removing.restore, ticket)
    assert (found(ticket).gone_as, found(ticket).gone_at, found(ticket).status) == ("", None, "pending")
    assert log_of(troupe)[-1] == "ticket.restored"


def test_nothing_can_be_done_with_it_meanwhile(troupe: Troupe) -> None:
    ticket, other = a_ticket(troupe), a_ticket(troupe)
    done(troupe, removing.remove, ticket)
    for verb, args in (
        *((removing.remove, (ticket,)), (noting.add_note, (ticket, "Look"))),
        *((merging.merge, (ticket, other)), (merging.merge, (other, ticket))),
    ):
        with pytest.raises(NotFound):
            done(troupe, verb, *args)
    with pytest.raises(NotFound):
        done(troupe, merging.unmerge, ticket)


def test_what_others_are_merged_into_is_not_removed_and_what_is_there_is_not_restored(troupe: Troupe) -> None:
    ticket, into = a_ticket(troupe), a_ticket(troupe)
    done(troupe, merging.merge, ticket, into)
    for removed in (ticket, into):
        with pytest.raises(Conflict):
            done(troupe, removing.remove, removed)
    with pytest.raises(Conflict):
        done(troupe, removing.restore, into)
    done(troupe, merging.unmerge, ticket)
    done(troupe, removing.remove, into)


def test_after_thirty_days_it_goes_with_all_that_belongs_to_it(troupe: Troupe) -> None:
    ticket, workspace, agent = a_ticket(troupe), workspace_of(troupe), person_of(troupe.agent)
    edits(troupe, ticket, tags=["vat"])
    answers(troupe, ticket)
    done(troupe, noting.add_note, ticket, "Look")
    drafting.save(workspace, agent, ticket, "note", "Loo")
    reading.mark_read(workspace, agent, ticket, clock.now())
    presence.note(workspace, agent, ticket, "here")
    holds(troupe, ticket, "Held")
    number = found(ticket).number
    done(troupe, removing.remove, ticket)
    work()
    assert Ticket.objects.filter(id=ticket).exists()

    Ticket.objects.filter(id=ticket).update(gone_at=clock.now() - timedelta(days=30, seconds=1))
    removing.purge(ticket)
    removing.purge(ticket)
    for model in (Ticket, Message, Note, Draft, ReadMark, Presence, HeldReply, Tagging):
        place = {"id": ticket} if model is Ticket else {"ticket_id": ticket}
        assert not model.objects.filter(**place).exists(), model
    assert log_of(troupe).count("ticket.purged") == 1
    assert found(a_ticket(troupe)).number == number + 1


@pytest.mark.parametrize("days", [0, 29])
def test_it_does_not_go_before_its_time_nor_once_it_is_back(troupe: Troupe, days: int) -> None:
    ticket = a_ticket(troupe)
    done(troupe, removing.remove, ticket)
    Ticket.objects.filter(id=ticket).update(gone_at=clock.now() - timedelta(days=days))
    removing.purge(ticket)
    done(troupe, removing.restore, ticket)
    removing.purge(ticket)
    assert found(ticket).gone_as == ""


# ---- Through the API


def _remove(workspace_id: str, ticket_id: str, spam: bool) -> None:
    with change(workspace_id, Actor("command", "", "tests")) as opened:
        removing.remove(opened, ticket_id, spam=spam)


def _restore(workspace_id: str, ticket_id: str) -> None:
    with change(workspace_id, Actor("command", "", "tests")) as opened:
        removing.restore(opened, ticket_id)


@pytest.mark.parametrize("spam", [False, True])
def test_the_api_knows_nothing_of_it_but_that_it_went(acme: Player, backstage: Backstage, spam: bool) -> None:
    ticket, other = acme.ticket(subject="Zeppelin"), acme.ticket()
    there = f"/tickets/{ticket['id']}"
    backstage(_remove, acme.id, ticket["id"], spam)
    refused = [
        *(acme.get(there), acme.get(f"{there}/messages"), acme.patch(there, {"priority": "low"})),
        *(acme.post(f"{there}/messages", {"body": "Hello"}), acme.request("DELETE", f"{there}/merge")),
        acme.post(f"{there}/merge", {"into": other["id"]}),
    ]
    assert [answer.status for answer in refused] == [404] * 6
    assert list(acme.post(f"/tickets/{other['id']}/merge", {"into": ticket["id"]}).field_errors) == ["into"]
    assert ids(acme.get("/tickets").data) == [other["id"]]
    assert acme.get("/tickets", q="zeppelin").data == []
    assert types(acme.events())[-1] == "ticket.deleted"
    assert b"spam" not in acme.get("/events", limit=100).body

    backstage(_restore, acme.id, ticket["id"])
    assert acme.get(there).data["id"] == ticket["id"]
    assert ids(acme.get("/tickets", q="zeppelin").data) == [ticket["id"]]
    assert types(acme.events())[-1] == "ticket.restored"
