"""Internal notes stay inside: no answer, event, search or status tells of them."""

import pytest

from tests.backstage import Backstage
from tests.cast import Player, Troupe, assemble
from tests.tickets.acting import a_ticket, done, edits, found, log_of
from tixallo.kit.errors import Conflict, NotFound
from tixallo.tickets import merging, noting, removing
from tixallo.tickets.models import Note
from tixallo.workspaces.changes import Actor, change
from tixallo.workspaces.models import Event


@pytest.fixture
def troupe(db: None) -> Troupe:
    return assemble()


@pytest.mark.parametrize("status", ["new", "pending", "resolved", "closed"])
def test_a_note_neither_answers_nor_reopens(troupe: Troupe, status: str) -> None:
    ticket = a_ticket(troupe)
    edits(troupe, ticket, status=status)
    before = found(ticket)
    done(troupe, noting.add_note, ticket, "Tax table changed")
    after = found(ticket)
    for name in ("status", "waiting_since", "last_words", "last_author", "last_message_at", "updated_at"):
        assert getattr(after, name) == getattr(before, name), name


def test_its_event_is_for_the_team_and_does_not_hold_its_text(troupe: Troupe) -> None:
    done(troupe, noting.add_note, a_ticket(troupe), "Tax table changed")
    event = Event.objects.get(workspace_id=troupe.id, type="ticket.note.created")
    assert not event.public
    assert "Tax" not in event.payload
    assert log_of(troupe)[-1] == "ticket.note.created"


def test_there_is_no_note_on_what_is_merged_or_gone(troupe: Troupe) -> None:
    ticket, other = a_ticket(troupe), a_ticket(troupe)
    done(troupe, merging.merge, ticket, other)
    with pytest.raises(Conflict):
        done(troupe, noting.add_note, ticket, "Look")
    done(troupe, merging.unmerge, ticket)
    done(troupe, removing.remove, ticket)
    with pytest.raises(NotFound):
        done(troupe, noting.add_note, ticket, "Look")
    assert not Note.objects.exists()


def _note(workspace_id: str, ticket_id: str, person: tuple[str, str], body: str) -> None:
    with change(workspace_id, Actor("person", *person)) as opened:
        noting.add_note(opened, ticket_id, body)


def test_no_answer_tells_of_a_note(acme: Player, backstage: Backstage) -> None:
    ticket, customer = acme.ticket(), acme.ticket()["customer_id"]
    paths = [
        *(f"/tickets/{ticket['id']}", f"/tickets/{ticket['id']}/messages", "/tickets", "/events?limit=100"),
        *(f"/customers/{customer}", f"/customers/{customer}/tickets", "/key"),
    ]
    before = [acme.get(path).json for path in paths]
    backstage(_note, acme.id, ticket["id"], (acme.agent.id, acme.agent.name), "Xylophone")
    assert [acme.get(path).json for path in paths] == before
    assert acme.get("/tickets", q="xylophone").data == []
