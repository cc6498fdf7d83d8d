"""Undoing an edit puts back what one changed, where nobody has changed it again, however many tickets it was."""

from typing import Any

import pytest

from tests.cast import Troupe, assemble
from tests.tickets.acting import a_ticket, actor_of, done, edits, found, workspace_of
from tixallo.kit.errors import NotFound
from tixallo.tickets import editing, merging, removing, undoing
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "resolved"},
        {"priority": "urgent"},
        {"subject": "Another"},
        {"tags": ["vat"]},
        {"status": "closed", "priority": "low", "tags": []},
    ],
)
def test_every_field_goes_back(acme: Troupe, fields: dict[str, Any]) -> None:
    ticket = a_ticket(acme)
    edits(acme, ticket, tags=["old"])
    before = _facts(ticket)
    edits(acme, ticket, **fields)
    assert _facts(ticket) != before
    assert done(acme, undoing.undo_edits, workspace_of(acme).revision) == 1
    assert _facts(ticket) == before


def test_an_assignment_goes_back_with_the_status_that_it_brought(acme: Troupe) -> None:
    ticket = a_ticket(acme)
    edits(acme, ticket, assignee_id=acme.admin.id)
    assert found(ticket).status == "open"
    done(acme, undoing.undo_edits, workspace_of(acme).revision)
    assert found(ticket).status == "new"
    assert found(ticket).assignee_id is None


def test_what_somebody_changed_since_stays(acme: Troupe) -> None:
    ticket = a_ticket(acme)
    edits(acme, ticket, status="pending", priority="high")
    revision = workspace_of(acme).revision
    done(acme, editing.edit, ticket, {"priority": "urgent"}, by=acme.admin)
    assert done(acme, undoing.undo_edits, revision) == 1
    assert (found(ticket).status, found(ticket).priority) == ("new", "urgent")
    assert done(acme, undoing.undo_edits, revision) == 0


def test_one_undo_is_for_all_tickets_of_a_change_and_passes_over_what_is_gone(acme: Troupe) -> None:
    tickets = [a_ticket(acme) for _ in range(3)]
    with change(acme.id, actor_of(acme.agent)) as opened:
        for ticket in tickets:
            editing.edit(opened, ticket, {"status": "resolved"})
    revision = workspace_of(acme).revision
    done(acme, removing.remove, tickets[1])
    assert done(acme, undoing.undo_edits, revision) == 2
    assert [found(ticket).status for ticket in tickets] == ["new", "resolved", "new"]


def test_an_undo_passes_over_what_was_merged_and_who_has_left(acme: Troupe) -> None:
    tickets = [a_ticket(acme) for _ in range(3)]
    edits(acme, tickets[2], assignee_id=acme.admin.id)
    with change(acme.id, actor_of(acme.agent)) as opened:
        for ticket in tickets:
            editing.edit(opened, ticket, {"assignee_id": acme.agent.id, "priority": "urgent"})
    revision = workspace_of(acme).revision
    done(acme, merging.merge, tickets[0], tickets[1])
    Membership.objects.get(workspace_id=acme.id, person_id=acme.admin.id).delete()
    assert done(acme, undoing.undo_edits, revision) == 2
    assert [found(ticket).priority for ticket in tickets] == ["urgent", "medium", "medium"]
    assert [found(ticket).assignee_id for ticket in tickets[1:]] == [None, acme.agent.id]


def test_nobody_undoes_what_another_did_nor_what_never_was(acme: Troupe) -> None:
    ticket = a_ticket(acme)
    edits(acme, ticket, status="resolved")
    revision, globex = workspace_of(acme).revision, assemble("Globex")
    with pytest.raises(NotFound):
        done(acme, undoing.undo_edits, revision, by=acme.admin)
    with pytest.raises(NotFound):
        done(globex, undoing.undo_edits, revision)
    for unknown in (0, revision - 1, revision + 1, 1 << 62, 1 << 80):
        with pytest.raises(NotFound):
            done(acme, undoing.undo_edits, unknown)
    assert found(ticket).status == "resolved"


def test_the_customer_of_an_undone_resolution_waits_as_before(acme: Troupe) -> None:
    ticket = a_ticket(acme)
    edits(acme, ticket, status="resolved")
    done(acme, undoing.undo_edits, workspace_of(acme).revision)
    assert found(ticket).waiting_since == found(ticket).created_at


def _facts(ticket_id: str) -> tuple[Any, ...]:
    ticket = found(ticket_id)
    return ticket.status, ticket.priority, ticket.subject, ticket.tags, ticket.assignee_id, ticket.heap
