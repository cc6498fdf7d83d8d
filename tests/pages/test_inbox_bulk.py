"""Many tickets at once: one change, one undo, and nothing for who may not."""

import re

import pytest
from django.test import Client

from tests.cast import COMMAND, Troupe, assemble
from tests.pages.conftest import browser_of
from tests.pages.inbox_stage import edited, opened, text
from tixallo.kit.ids import new_id
from tixallo.tickets import merging, removing
from tixallo.tickets.models import Tagging, Ticket
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Event, Workspace

pytestmark = pytest.mark.django_db


def state(acme: Troupe) -> list[tuple[str, str, str, str | None]]:
    rows = Ticket.objects.filter(workspace_id=acme.id).order_by("number")
    return [(row.status, row.priority, row.tags, row.assignee_id) for row in rows]


def removed(acme: Troupe) -> list[str]:
    return list(Ticket.objects.filter(workspace_id=acme.id).order_by("number").values_list("gone_as", flat=True))


def revision(acme: Troupe) -> int:
    return Workspace.objects.get(id=acme.id).revision


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"assign": "me"}, ("open", "medium", '["a"]', "agent")),
        ({"assign": "admin"}, ("open", "medium", '["a"]', "admin")),
        ({"status": "pending"}, ("pending", "medium", '["a"]', None)),
        ({"status": "resolved"}, ("resolved", "medium", '["a"]', None)),
        ({"priority": "urgent"}, ("new", "urgent", '["a"]', None)),
        ({"tag": "", "name": " vat "}, ("new", "medium", '["a","vat"]', None)),
        ({"tag": "", "name": "vat, due,"}, ("new", "medium", '["a","due","vat"]', None)),
        ({"untag": "", "name": "a"}, ("new", "medium", "[]", None)),
    ],
)
def test_one_change_and_one_undo(
    acme: Troupe, agent: Client, wish: dict[str, str], expected: tuple[str, str, str, str | None]
) -> None:
    chosen = [opened(acme, tags=["a"]), opened(acme, tags=["a"])]
    opened(acme)
    people = {"agent": acme.agent.id, "admin": acme.admin.id, "me": "me", None: None}
    sent = {name: people.get(value, value) for name, value in wish.items()}
    before, at = state(acme), revision(acme)

    answer = agent.post(
        f"/w/{acme.slug}/tickets/bulk", {"ticket": [ticket.id for ticket in chosen], **sent}, follow=True
    )

    assert state(acme)[:2] == [(*expected[:3], people[expected[3]])] * 2
    assert state(acme)[2] == before[2]
    assert revision(acme) == at + 1
    undo = re.search(r'action="(/w/[^"]*/undo/\d+)"', answer.content.decode())
    assert undo
    undone = agent.post(undo[1], follow=True)
    assert "Undone on 2 tickets." in text(undone.content.decode())
    assert state(acme) == before
    assert Tagging.objects.filter(workspace_id=acme.id).count() == 2


@pytest.mark.parametrize("what", ["tag", "untag"])
@pytest.mark.parametrize("name", ["", " ", ",", "a\0b", "\0", "x" * 51, "a," + "x" * 51, ",".join(map(str, range(21)))])
def test_what_is_no_tag_is_refused(acme: Troupe, agent: Client, what: str, name: str) -> None:
    ticket, at = opened(acme, tags=["a"]), revision(acme)

    answer = agent.post(f"/w/{acme.slug}/tickets/bulk", {"ticket": ticket.id, what: "", "name": name}, follow=True)

    assert "Nothing was changed." in text(answer.content.decode())
    assert (state(acme)[0][2], revision(acme)) == ('["a"]', at)


def test_a_tag_with_a_comma_in_it_can_be_removed_and_too_many_change_nothing(acme: Troupe, agent: Client) -> None:
    odd, full = opened(acme, tags=["a, b", "c"]), opened(acme, tags=[f"t{number:02}" for number in range(19)])
    there = f"/w/{acme.slug}/tickets/bulk"

    agent.post(there, {"ticket": odd.id, "untag": "", "name": "a, b"})
    agent.post(there, {"ticket": full.id, "tag": "", "name": "x, y"})

    assert [len(row[2].split(",")) for row in state(acme)] == [1, 19]


def test_undo_leaves_what_a_colleague_has_changed_since(acme: Troupe, agent: Client) -> None:
    one, other = opened(acme), opened(acme)
    agent.post(f"/w/{acme.slug}/tickets/bulk", {"ticket": [one.id, other.id], "status": "resolved"})
    at = revision(acme)
    edited(acme, other, status="closed")

    answer = agent.post(f"/w/{acme.slug}/tickets/undo/{at}", follow=True)

    assert "Undone on 1 ticket." in text(answer.content.decode())
    assert [row[0] for row in state(acme)] == ["new", "closed"]
    # Once is enough, and it is nobody else's to undo.
    again = agent.post(f"/w/{acme.slug}/tickets/undo/{at}", follow=True)
    assert "nothing left to undo" in text(again.content.decode())
    browser_of(acme.owner.id).post(f"/w/{acme.slug}/tickets/undo/{at}")
    assert [row[0] for row in state(acme)] == ["new", "closed"]


def test_what_is_gone_or_anothers_is_passed_over(acme: Troupe, agent: Client) -> None:
    globex = assemble("Globex")
    foreign = opened(globex)
    merged, into, deleted = opened(acme), opened(acme), opened(acme)
    with change(acme.id, COMMAND) as going:
        merging.merge(going, merged.id, into.id)
        removing.remove(going, deleted.id)
    ids = [foreign.id, merged.id, into.id, deleted.id, new_id()]

    answer = agent.post(f"/w/{acme.slug}/tickets/bulk", {"ticket": ids, "status": "pending"}, follow=True)

    assert "1 ticket changed." in text(answer.content.decode())
    assert [row[0] for row in state(acme)] == ["new", "pending", "new"]
    assert state(globex)[0][0] == "new"
    assert browser_of(globex.owner.id).post(f"/w/{acme.slug}/tickets/bulk", {"ticket": ids}).status_code == 404


@pytest.mark.parametrize(
    ("how", "told", "gone"),
    [
        ("deleted", "2 tickets are deleted.", ["deleted", "deleted", ""]),
        ("spam", "2 tickets are marked as spam.", ["spam", "spam", ""]),
    ],
)
def test_many_are_removed_and_come_back_by_one_undo(
    acme: Troupe, agent: Client, how: str, told: str, gone: list[str]
) -> None:
    chosen = [opened(acme), opened(acme)]
    opened(acme)
    at = revision(acme)

    answer = agent.post(
        f"/w/{acme.slug}/tickets/bulk", {"ticket": [ticket.id for ticket in chosen], "remove": how}, follow=True
    )

    assert told in text(answer.content.decode())
    assert removed(acme) == gone
    assert revision(acme) == at + 1
    agent.post(f"/w/{acme.slug}/tickets/undo/{at + 1}")
    assert removed(acme) == ["", "", ""]
    assert revision(acme) == at + 2


def test_removing_passes_over_what_others_are_merged_into(acme: Troupe, agent: Client) -> None:
    merged, into, other = opened(acme), opened(acme), opened(acme)
    with change(acme.id, COMMAND) as going:
        merging.merge(going, merged.id, into.id)

    ids = [merged.id, into.id, other.id]
    answer = agent.post(f"/w/{acme.slug}/tickets/bulk", {"ticket": ids, "remove": "deleted"}, follow=True)

    assert "1 ticket is deleted." in text(answer.content.decode())
    assert removed(acme) == ["merged", "", "deleted"]


def test_undo_leaves_what_somebody_removed_again_since(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    agent.post(f"/w/{acme.slug}/tickets/bulk", {"ticket": ticket.id, "remove": "spam"})
    at = revision(acme)
    admin = browser_of(acme.admin.id)
    admin.post(f"/w/{acme.slug}/tickets/restore", {"ticket": ticket.id})
    admin.post(f"/w/{acme.slug}/tickets/bulk", {"ticket": ticket.id, "remove": "deleted"})

    answer = agent.post(f"/w/{acme.slug}/tickets/undo/{at}", follow=True)

    assert "nothing left to undo" in text(answer.content.decode())
    assert removed(acme) == ["deleted"]


@pytest.mark.parametrize(
    "sent",
    [
        {"status": "resolved"},
        {"ticket": "x", "status": "resolved"},
        {"ticket": "ID"},
        {"ticket": "ID", "status": "gone"},
        {"ticket": "ID", "priority": "x"},
        {"ticket": "ID", "remove": "merged"},
        {"ticket": "101", "remove": "deleted"},
        {"ticket": "ID", "assign": "x"},
        {"ticket": "ID", "assign": "STRANGER"},
        {"ticket": "ID", "tag": "", "name": ""},
        {"ticket": "ID", "tag": "", "name": "x" * 51},
        {"ticket": "101", "status": "resolved"},
    ],
)
def test_what_cannot_be_done_changes_nothing(acme: Troupe, agent: Client, sent: dict[str, str]) -> None:
    ticket = opened(acme)
    stranger = assemble("Globex").owner.id
    ids = {"ID": [ticket.id], "101": [new_id() for _ in range(101)]}
    values = {"STRANGER": stranger}
    data = {name: ids.get(value, values.get(value, value)) for name, value in sent.items()}
    at = revision(acme)

    answer = agent.post(f"/w/{acme.slug}/tickets/bulk", data, follow=True)

    assert "Nothing was changed." in text(answer.content.decode())
    assert revision(acme) == at


def test_what_is_so_already_changes_nothing(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    at = revision(acme)
    answer = agent.post(f"/w/{acme.slug}/tickets/bulk", {"ticket": ticket.id, "status": "new"}, follow=True)
    assert "Nothing to change." in text(answer.content.decode())
    assert revision(acme) == at


def test_it_leads_back_to_the_list_it_came_from_and_nowhere_else(acme: Troupe, agent: Client) -> None:
    ticket = opened(acme)
    here = f"/w/{acme.slug}/tickets/open?priority=high"
    sent = {"ticket": ticket.id, "status": "pending"}
    address = f"/w/{acme.slug}/tickets/bulk"
    assert agent.post(address, {**sent, "next": here})["Location"] == here
    assert agent.post(address, sent, headers={"referer": f"http://localhost{here}"})["Location"].endswith(here)
    assert agent.post(address, {**sent, "next": "https://evil.example/"})["Location"] == f"/w/{acme.slug}/"


def test_deleted_tickets_and_spam_come_back(acme: Troupe, agent: Client) -> None:
    deleted, spam = opened(acme, "deleted"), opened(acme, "spam")
    with change(acme.id, COMMAND) as going:
        removing.remove(going, deleted.id)
        removing.remove(going, spam.id, spam=True)
    page = agent.get(f"/w/{acme.slug}/tickets/spam").content.decode()
    assert "Restore" in page
    assert "in 29 days" in page or "in 30 days" in page

    answer = agent.post(f"/w/{acme.slug}/tickets/restore", {"ticket": [deleted.id, spam.id]}, follow=True)

    assert "2 tickets are back." in text(answer.content.decode())
    assert [row.gone_as for row in Ticket.objects.filter(workspace_id=acme.id)] == ["", ""]
    assert Event.objects.filter(workspace_id=acme.id, type="ticket.restored").count() == 2


@pytest.mark.parametrize("address", ["tickets/bulk", "tickets/restore", "tickets/undo/1"])
def test_writing_takes_a_post_and_its_proof(acme: Troupe, agent: Client, address: str) -> None:
    assert agent.get(f"/w/{acme.slug}/{address}").status_code == 405
    strict = Client(SERVER_NAME="localhost", SERVER_PORT="8000", enforce_csrf_checks=True)
    strict.cookies = agent.cookies
    assert strict.post(f"/w/{acme.slug}/{address}").status_code == 403
