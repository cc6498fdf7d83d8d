"""Drafts, read marks, saved replies: what a person keeps for themselves, and what the team keeps for all."""

import threading
from datetime import timedelta
from zlib import crc32

import pytest
from django.db import connection

from tests.cast import Troupe, assemble
from tests.tickets.acting import a_ticket, done, log_of, person_of, workspace_of
from tixallo.kit import clock, transactions
from tixallo.kit.errors import Conflict, NotFound
from tixallo.kit.ids import new_id
from tixallo.tickets import drafting, holding, noting, reading, saving
from tixallo.tickets.models import LONGEST_DRAFT, LONGEST_TEXT, Draft, SavedReply
from tixallo.workspaces.changes import lock

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


def test_a_draft_is_one_persons_on_one_ticket_of_one_kind(acme: Troupe) -> None:
    workspace, agent, admin = workspace_of(acme), person_of(acme.agent), person_of(acme.admin)
    ticket, other = a_ticket(acme), a_ticket(acme)
    revision = workspace.revision + 2
    drafting.save(workspace, agent, ticket, "reply", "Dear")
    drafting.save(workspace, agent, ticket, "note", "Look")
    drafting.save(workspace, admin, ticket, "reply", "Hello")
    drafting.save(workspace, agent, ticket, "reply", "Dear C")
    assert {kind: draft.body for kind, draft in drafting.of_ticket(workspace, agent, ticket).items()} == {
        "reply": "Dear C",
        "note": "Look",
    }
    assert drafting.of_ticket(workspace, agent, other) == {}
    assert workspace_of(acme).revision == revision


def test_an_emptied_draft_is_forgotten_and_an_endless_one_cut(acme: Troupe) -> None:
    workspace, agent, ticket = workspace_of(acme), person_of(acme.agent), a_ticket(acme)
    version = drafting.save(workspace, agent, ticket, "reply", "x\x00" * (LONGEST_DRAFT + 1))
    kept = drafting.of_ticket(workspace, agent, ticket)["reply"]
    assert kept.body == "x" * LONGEST_DRAFT
    # Whoever knows of no more than what was kept goes on with that.
    assert version == kept.version
    drafting.save(workspace, agent, ticket, "reply", "y", over=[version])
    assert drafting.save(workspace, agent, ticket, "reply", " \n ") == ""
    assert not Draft.objects.exists()


def test_a_draft_of_what_was_sent_meanwhile_is_not_kept(acme: Troupe) -> None:
    workspace, agent, ticket = workspace_of(acme), person_of(acme.agent), a_ticket(acme)
    sent, added = new_id(), new_id()
    held = holding.hold(workspace, agent, ticket, holding.Reply("Dear", id=sent), 10)
    done(acme, noting.add_note, ticket, "Look", added)
    for kind, identifier in (("reply", sent), ("note", added)):
        drafting.save(workspace, agent, ticket, kind, "late", identifier)
    assert not Draft.objects.exists()
    holding.release(held.id)
    drafting.save(workspace, agent, ticket, "reply", "late", sent)
    assert not Draft.objects.exists()
    # The other form of the same page is another matter.
    drafting.save(workspace, agent, ticket, "note", "mine", sent)
    drafting.save(workspace, agent, ticket, "reply", "mine", added)
    assert {draft.kind: draft.body for draft in Draft.objects.all()} == {"note": "mine", "reply": "mine"}


def test_a_draft_that_is_not_known_is_not_saved_over(acme: Troupe) -> None:
    workspace, agent, ticket = workspace_of(acme), person_of(acme.agent), a_ticket(acme)
    drafting.save(workspace, agent, ticket, "reply", "One\r\ntwo", over=[])
    kept = drafting.of_ticket(workspace, agent, ticket)["reply"]
    assert kept.version == f"{crc32(b'One' + bytes([10]) + b'two'):08x}"
    for over, body in (([], "other"), (["00000000"], "other"), ([], " ")):
        with pytest.raises(drafting.Changed) as changed:
            drafting.save(workspace, agent, ticket, "reply", body, over=over)
        assert changed.value.body == "One\r\ntwo"
    assert drafting.of_ticket(workspace, agent, ticket)["reply"] == kept
    drafting.save(workspace, agent, ticket, "reply", "One\r\ntwo", over=[])
    drafting.save(workspace, agent, ticket, "reply", "three", over=["00000000", kept.version])
    assert drafting.of_ticket(workspace, agent, ticket)["reply"].body == "three"
    # Without script nobody knows of versions.
    drafting.save(workspace, agent, ticket, "reply", "four")
    assert drafting.of_ticket(workspace, agent, ticket)["reply"].body == "four"


@pytest.mark.parametrize(
    ("draft", "before", "known", "becomes"),
    [
        ("", None, False, "Look"),
        ("", "Dear Carla", False, "Dear Carla\n\nLook"),
        ("Dear", None, False, "Dear\n\nLook"),
        ("Dear", "Dear Carla", True, "Dear Carla\n\nLook"),
        ("Dear", " ", True, "Look"),
        # Another tab's draft stays, whatever this one knows of it.
        ("From another tab", "Dear Carla", False, "From another tab\n\nDear Carla\n\nLook"),
        ("From another tab", " ", False, "From another tab\n\nLook"),
        ("Dear Carla, from another tab", "Dear Carla", False, "Dear Carla, from another tab\n\nLook"),
        ("Dear", "Dear Carla", False, "Dear Carla\n\nLook"),
    ],
)
def test_a_text_goes_below_a_draft_and_takes_nothing_away(
    acme: Troupe, draft: str, before: str | None, known: bool, becomes: str
) -> None:
    workspace, agent, ticket = workspace_of(acme), person_of(acme.agent), a_ticket(acme)
    version = drafting.save(workspace, agent, ticket, "reply", draft)
    drafting.append(workspace, agent, ticket, "reply", "Look", before, [version] if known else [])
    assert drafting.of_ticket(workspace, agent, ticket)["reply"].body == becomes


def test_of_texts_that_are_put_below_each_other_nothing_is_cut(acme: Troupe) -> None:
    workspace, agent, ticket = workspace_of(acme), person_of(acme.agent), a_ticket(acme)
    longest = ("a" * LONGEST_TEXT, "b" * LONGEST_TEXT, "c" * LONGEST_TEXT)
    drafting.save(workspace, agent, ticket, "reply", longest[0])
    drafting.append(workspace, agent, ticket, "reply", longest[2], longest[1], [])
    assert drafting.of_ticket(workspace, agent, ticket)["reply"].body == "\n\n".join(longest)


@pytest.mark.django_db(transaction=True)
def test_whoever_writes_does_not_wait_for_a_change_of_the_workspace(acme: Troupe) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("Writers take turns on SQLite")
    workspace, agent, ticket = workspace_of(acme), person_of(acme.agent), a_ticket(acme)

    def save() -> None:
        drafting.save(workspace, agent, ticket, "reply", "Dear", new_id())
        connection.close()

    writer = threading.Thread(target=save)
    with transactions.change():
        lock(workspace.id)
        writer.start()
        writer.join(10)
        assert not writer.is_alive()
    assert Draft.objects.get().body == "Dear"


@pytest.mark.django_db(transaction=True)
def test_a_draft_waits_for_what_is_being_sent_at_the_moment(acme: Troupe) -> None:
    workspace, agent, ticket = workspace_of(acme), person_of(acme.agent), a_ticket(acme)
    sent = new_id()

    def save() -> None:
        drafting.save(workspace, agent, ticket, "reply", "late", sent)
        connection.close()

    late = threading.Thread(target=save)
    with transactions.change():
        holding.hold(workspace, agent, ticket, holding.Reply("Dear", id=sent), 10)
        late.start()
        late.join(0.5)
    late.join(10)
    assert not late.is_alive()
    assert not Draft.objects.exists()


def test_a_read_mark_never_goes_back(acme: Troupe) -> None:
    workspace, agent, ticket = workspace_of(acme), person_of(acme.agent), a_ticket(acme)
    now = clock.now()
    for at in (now, now - timedelta(hours=1), now + timedelta(seconds=1)):
        reading.mark_read(workspace, agent, ticket, at)
    assert workspace.read_marks.get(person=agent).read_at == now + timedelta(seconds=1)


def test_a_saved_reply_has_a_name_of_its_own_and_its_life_is_logged(acme: Troupe) -> None:
    reply = done(acme, saving.create_saved_reply, name="Thanks", body="Dear {customer}")
    other = done(acme, saving.create_saved_reply, name="Sorry", body="Dear {customer}")
    with pytest.raises(Conflict):
        done(acme, saving.create_saved_reply, name="Thanks", body="x")
    with pytest.raises(Conflict):
        done(acme, saving.edit_saved_reply, other, name="Thanks", body="x")
    done(acme, saving.edit_saved_reply, reply, name="Thanks", body="Dear {customer},")
    done(acme, saving.edit_saved_reply, reply, name="Thanks", body="Dear {customer},")
    done(acme, saving.delete_saved_reply, reply)
    assert [each for each in log_of(acme) if each.startswith("saved_reply")] == [
        *("saved_reply.created", "saved_reply.created", "saved_reply.updated", "saved_reply.deleted"),
    ]
    assert SavedReply.objects.get().id == other


def test_another_workspaces_saved_reply_is_not_there(acme: Troupe) -> None:
    globex = assemble("Globex")
    reply = done(globex, saving.create_saved_reply, name="Thanks", body="x")
    done(acme, saving.create_saved_reply, name="Thanks", body="x")
    for unknown in (reply, new_id()):
        with pytest.raises(NotFound):
            done(acme, saving.edit_saved_reply, unknown, name="Other", body="x")
        with pytest.raises(NotFound):
            done(acme, saving.delete_saved_reply, unknown)


@pytest.mark.parametrize(
    ("body", "filled"),
    [
        ("Dear {customer},", "Dear Zoë {x} %s,"),
        ("{customer}{customer}", "Zoë {x} %sZoë {x} %s"),
        ("{0} {customers} {", "{0} {customers} {"),
    ],
)
def test_the_customers_name_is_put_and_nothing_else_is_read(body: str, filled: str) -> None:
    assert saving.filled(body, "Zoë {x} %s") == filled
