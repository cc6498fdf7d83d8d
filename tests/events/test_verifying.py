"""`audit verify`: a log that is as it was written is whole, and whatever was done to it shows."""

from datetime import timedelta

import pytest
from django.db.models import F

from tests.cast import COMMAND, Troupe, assemble
from tixallo.customers import editing
from tixallo.events.verifying import Finding, Report, verify
from tixallo.kit.errors import Conflict, NotFound
from tixallo.tickets import editing as tickets
from tixallo.tickets import opening
from tixallo.workspaces import chain
from tixallo.workspaces.changes import change
from tixallo.workspaces.erasing import erase
from tixallo.workspaces.models import Event, Workspace

pytestmark = pytest.mark.django_db

EDITED = "was edited"
MISSING = "an event before this one is missing"
BROKEN = "does not continue the chain"
END = "the log does not end where the workspace says"
SEAL = "the seal is broken"
EMPTIED = "was emptied, but no erasure names it"


@pytest.fixture
def acme() -> Workspace:
    """Acme with four changes of two and of three events."""
    troupe: Troupe = assemble("Acme")
    with change(troupe.id, COMMAND) as opened:
        ticket = opening.open_ticket(
            opened, subject="Printer", description="It is on fire", customer_email="carla@customer.example"
        )
    with change(troupe.id, COMMAND) as opened:
        tickets.edit(opened, ticket, {"status": "closed", "assignee_id": troupe.agent.id})
    return Workspace.objects.get(id=troupe.id)


def log(workspace: Workspace) -> list[Event]:
    return list(Event.objects.filter(workspace_id=workspace.id).order_by("revision", "position"))


def place(event: Event) -> tuple[int, int]:
    return event.revision, event.position


def rewrite(event: Event, **values: object) -> None:
    Event.objects.filter(workspace_id=event.workspace_id, id=event.id).update(**values)


def found(workspace: Workspace) -> set[tuple[int, int, str]]:
    return {(each.revision, each.position, each.what) for each in verify(workspace).findings}


def test_a_log_as_it_was_written_is_whole(acme: Workspace) -> None:
    globex = Workspace.objects.get(id=assemble("Globex").id)
    assert verify(acme) == Report(len(log(acme)), 0, [])
    assert verify(globex).findings == []
    assert len(log(acme)) == 2 + 3 + 3 + 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", '{"reason":"another"}'),
        ("actor_kind", "person"),
        ("actor_id", "someone"),
        ("actor_label", "Somebody else"),
        ("origin", "192.0.2.1"),
        ("subject_kind", "nobody"),
        ("subject_id", "another"),
        ("subject_label", "Another"),
        ("salt", "0" * 32),
    ],
)
@pytest.mark.parametrize("which", [0, 4, -1])
def test_an_edited_text_shows(acme: Workspace, column: str, value: str, which: int) -> None:
    event = log(acme)[which]
    rewrite(event, **{column: value})
    assert found(acme) == {(*place(event), EDITED)}


def test_texts_that_were_moved_between_columns_show(acme: Workspace) -> None:
    event = log(acme)[3]
    rewrite(event, subject_kind=event.subject_kind[:-1], subject_id=event.subject_kind[-1] + event.subject_id[:-1])
    assert found(acme) == {(*place(event), EDITED)}


@pytest.mark.parametrize("which", [0, 4, -1])
def test_an_edit_with_a_new_digest_shows(acme: Workspace, which: int) -> None:
    event = log(acme)[which]
    texts = ("a", "b", "c", "d", "e", "f", "g", "{}")
    names = (
        "actor_kind",
        "actor_id",
        "actor_label",
        "origin",
        "subject_kind",
        "subject_id",
        "subject_label",
        "payload",
    )
    rewrite(event, **dict(zip(names, texts, strict=True)), digest=chain.digest(event.salt, texts))
    assert found(acme) == {(*place(event), BROKEN)}


@pytest.mark.parametrize(
    "values",
    [
        {"type": "ticket.updated"},
        {"public": True},
        {"created_at": F("created_at") + timedelta(microseconds=1)},
        {"digest": "0" * 64},
        {"link": "0" * 64},
    ],
    ids=lambda values: next(iter(values)),
)
def test_anything_else_that_was_edited_shows(acme: Workspace, values: dict[str, object]) -> None:
    event = log(acme)[3]
    rewrite(event, **values)
    assert any((revision, position) == place(event) for revision, position, _ in found(acme))


@pytest.mark.parametrize("which", [0, 2, 3, 5, 6, 8])
def test_a_removed_event_shows(acme: Workspace, which: int) -> None:
    events = log(acme)
    events[which].delete()
    assert found(acme) == {(*place(events[which + 1]), MISSING)}


@pytest.mark.parametrize("which", [1, 4, 7])
def test_the_removed_last_event_of_a_change_shows(acme: Workspace, which: int) -> None:
    events = log(acme)
    events[which].delete()
    assert found(acme) == {(*place(events[which + 1]), BROKEN)}


def test_a_removed_change_shows(acme: Workspace) -> None:
    events = [each for each in log(acme) if each.revision == 2]
    for event in events:
        event.delete()
    assert found(acme) == {(3, 0, MISSING)}


def test_a_removed_change_whose_place_was_taken_shows(acme: Workspace) -> None:
    Event.objects.filter(workspace_id=acme.id, revision=2).delete()
    for revision in (3, 4):
        Event.objects.filter(workspace_id=acme.id, revision=revision).update(revision=F("revision") - 1)
    Workspace.objects.filter(id=acme.id).update(revision=F("revision") - 1)
    assert (2, 0, BROKEN) in found(acme)


def test_a_cut_off_tail_shows(acme: Workspace) -> None:
    log(acme)[-1].delete()
    assert found(acme) == {(4, 0, END)}


def test_a_cut_off_tail_shows_although_the_workspace_was_set_back(acme: Workspace) -> None:
    Event.objects.filter(workspace_id=acme.id, revision=4).delete()
    last = log(acme)[-1]
    Workspace.objects.filter(id=acme.id).update(revision=3, chain_link=last.link)
    assert found(acme) == {(3, 0, SEAL)}


def test_an_emptied_log_shows(acme: Workspace) -> None:
    Event.objects.filter(workspace_id=acme.id).delete()
    assert found(acme) == {(4, 0, END)}
    Workspace.objects.filter(id=acme.id).update(revision=0, chain_link="")
    assert found(acme) == {(0, 0, SEAL)}


def swap(one: Event, other: Event) -> None:
    free = (10_000, 0)
    for event, (revision, position) in ((one, free), (other, place(one)), (one, place(other))):
        Event.objects.filter(workspace_id=event.workspace_id, id=event.id).update(revision=revision, position=position)


@pytest.mark.parametrize(("one", "other"), [(0, 1), (2, 4), (3, 7)])
def test_swapped_events_show(acme: Workspace, one: int, other: int) -> None:
    events = log(acme)
    swap(events[one], events[other])
    assert (*place(events[one]), BROKEN) in found(acme)


def test_an_event_of_another_workspace_shows(acme: Workspace) -> None:
    globex = Workspace.objects.get(id=assemble("Globex").id)
    with change(globex.id, COMMAND) as opened:
        editing.create_customer(opened, email="carla@customer.example")
    Event.objects.filter(workspace_id=globex.id, revision=3).update(workspace_id=acme.id, revision=5)
    Workspace.objects.filter(id=acme.id).update(revision=5)
    assert (5, 0, BROKEN) in found(acme)
    assert found(globex) == {(3, 0, END)}


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"revision": F("revision") + 1}, END),
        ({"revision": F("revision") - 1}, END),
        ({"chain_link": "0" * 64}, END),
        ({"chain_head": "0" * 64}, SEAL),
        ({"chain_head": ""}, SEAL),
    ],
    ids=str,
)
def test_a_changed_head_shows(acme: Workspace, values: dict[str, object], what: str) -> None:
    Workspace.objects.filter(id=acme.id).update(**values)
    assert {each[2] for each in found(acme)} == {what}


def test_every_event_that_was_edited_is_named(acme: Workspace) -> None:
    events = log(acme)
    for which in (1, 3, 6):
        rewrite(events[which], payload="{}")
    assert found(acme) == {(*place(events[which]), EDITED) for which in (1, 3, 6)}


# ---- Erasing


BLANK = dict.fromkeys(
    (
        "actor_kind",
        "actor_id",
        "actor_label",
        "origin",
        "subject_kind",
        "subject_id",
        "subject_label",
        "payload",
        "salt",
    ),
    "",
)


def test_a_blanked_event_that_no_erasure_names_shows(acme: Workspace) -> None:
    event = log(acme)[3]
    rewrite(event, **BLANK)
    assert found(acme) == {(*place(event), EMPTIED)}
    assert verify(acme).erased == 1


def test_an_erasure_keeps_the_chain_whole(acme: Workspace) -> None:
    events = log(acme)
    with change(acme.id, COMMAND) as opened:
        erase(opened, [events[2].id, events[3].id], "Carla asked for it")
    assert verify(acme) == Report(len(events) + 1, 2, [])
    for event in log(acme)[2:4]:
        assert {name: getattr(event, name) for name in BLANK} == BLANK
        assert event.digest == next(each.digest for each in events if each.id == event.id)
    assert "carla" not in "".join(each.payload + each.subject_label for each in log(acme)[2:4])


def test_an_erasure_excuses_no_other_event(acme: Workspace) -> None:
    events = log(acme)
    with change(acme.id, COMMAND) as opened:
        erase(opened, [events[2].id], "Carla asked for it")
    rewrite(events[3], **BLANK)
    assert found(acme) == {(*place(events[3]), EMPTIED)}


def test_half_an_erasure_shows(acme: Workspace) -> None:
    event = log(acme)[3]
    rewrite(event, **{**BLANK, "salt": event.salt})
    assert found(acme) == {(*place(event), EDITED)}


def test_an_erasure_cannot_be_erased(acme: Workspace) -> None:
    first = log(acme)[2]
    with change(acme.id, COMMAND) as opened:
        erase(opened, [first.id], "Carla asked for it")
    erasure = log(acme)[-1]
    with pytest.raises(Conflict), change(acme.id, COMMAND) as opened:
        erase(opened, [erasure.id, log(acme)[3].id], "No trace")
    assert verify(acme).findings == []
    assert verify(acme).erased == 1


def test_no_event_of_another_workspace_is_erased(acme: Workspace) -> None:
    globex = assemble("Globex")
    foreign = Event.objects.filter(workspace_id=globex.id)[0]
    with pytest.raises(NotFound), change(acme.id, COMMAND) as opened:
        erase(opened, [log(acme)[0].id, foreign.id], "No trace")
    assert verify(acme).erased == 0


@pytest.mark.parametrize(
    "payload", ["", "{}", "not JSON", "[]", '{"events": 5}', '{"events": null}', '{"events": [{}]}']
)
def test_an_erasure_whose_list_was_broken_shows(acme: Workspace, payload: str) -> None:
    first = log(acme)[2]
    with change(acme.id, COMMAND) as opened:
        erase(opened, [first.id], "Carla asked for it")
    erasure = log(acme)[-1]
    rewrite(erasure, payload=payload)
    assert found(acme) == {(*place(first), EMPTIED), (*place(erasure), EDITED)}


def test_a_long_log_is_walked_to_its_end(acme: Workspace) -> None:
    with change(acme.id, COMMAND) as opened:
        for number in range(1_050):
            editing.create_customer(opened, email=f"c{number}@customer.example")
    assert verify(acme).findings == []
    rewrite(log(acme)[-1], payload="{}")
    assert [each.what for each in verify(acme).findings] == [EDITED]


def test_findings_say_where(acme: Workspace) -> None:
    event = log(acme)[4]
    rewrite(event, payload="{}")
    assert verify(acme).findings == [Finding(event.revision, event.position, EDITED)]
