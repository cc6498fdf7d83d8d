"""What an open list is told: nothing while nothing changes, then the rows that did, and what is new."""

import re

import pytest

from tests.cast import COMMAND, Troupe, assemble
from tests.pages.inbox_stage import browser_of, edited, opened, said, subjects, text
from tixallo.kit.errors import NotFound
from tixallo.tickets import merging, polling, presence, removing
from tixallo.tickets.models import Presence
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Person, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


class Open:
    """A list that stands open in somebody's browser."""

    def __init__(self, acme: Troupe, view: str = "unassigned", query: str = "") -> None:
        self.browser = browser_of(acme.agent.id)
        page = self.browser.get(f"/w/{acme.slug}/tickets/{view}{query}").content.decode()
        found = re.search(r'data-poll="([^"]*)" data-poll-tag="([^"]*)"', page)
        assert found
        self.address, self.tag = (part.replace("&amp;", "&").replace("&quot;", '"') for part in found.groups())

    def poll(self) -> str:
        """Ask what is new; the empty text when nothing is."""
        answer = self.browser.get(self.address, headers={"if-none-match": self.tag})
        if answer.status_code == 204:
            assert not answer.content
            return ""
        assert answer.status_code == 200
        self.tag = answer["ETag"]
        return answer.content.decode()

    def fresh(self, page: str) -> tuple[list[str], list[str]]:
        """The ids that an answer says belong to the list, and those that do not."""
        found = re.search(r'data-fits="([^"]*)" data-leaves="([^"]*)"', page)
        assert found
        return [each.partition(":")[0] for each in found[1].split()], found[2].split()


def test_nothing_is_told_while_nothing_changes(acme: Troupe) -> None:
    opened(acme)
    standing = Open(acme)
    assert standing.poll() == ""
    assert standing.poll() == ""


def test_a_change_is_told_once_with_its_row_the_counts_and_the_title(acme: Troupe) -> None:
    ticket, other = opened(acme, "changed"), opened(acme, "other")
    standing = Open(acme)
    edited(acme, ticket, priority="urgent")

    page = standing.poll()

    assert subjects(page) == ["changed"]
    assert f'id="ticket-{ticket.id}"' in page
    assert "Urgent" in page
    assert other.id not in page
    assert f'<title id="title">(2) Unassigned · {acme.name}</title>' in page
    assert 'id="view-count">2<' in page
    assert standing.fresh(page) == ([ticket.id], [])
    assert standing.poll() == ""


def test_what_no_longer_belongs_is_told_and_so_is_what_does_now(acme: Troupe) -> None:
    ticket = opened(acme, "taken", assignee_id=acme.admin.id)
    standing = Open(acme, "mine")
    edited(acme, ticket, assignee_id=acme.agent.id)
    assert standing.fresh(standing.poll()) == ([ticket.id], [])
    edited(acme, ticket, status="resolved")
    page = standing.poll()
    assert standing.fresh(page) == ([], [ticket.id])
    assert "Resolved" in page


def test_filters_decide_what_is_new(acme: Troupe) -> None:
    standing = Open(acme, "open", "?priority=high&tag=a")
    opened(acme, priority="high")
    ticket = opened(acme, priority="high", tags=["a"])
    fits, leaves = standing.fresh(standing.poll())
    assert (fits, len(leaves)) == ([ticket.id], 1)


def test_a_search_announces_nothing_but_its_rows_change(acme: Troupe) -> None:
    ticket = opened(acme, "found")
    standing = Open(acme, "all", "?q=found")
    edited(acme, ticket, status="pending")
    page = standing.poll()
    assert "Pending" in page
    assert standing.fresh(page)[0] == []


def test_every_kind_of_change_reaches_the_row(acme: Troupe) -> None:
    ticket, into = opened(acme, "one"), opened(acme, "two")
    standing = Open(acme)
    said(acme, ticket, "And another thing")
    assert "And another thing" in standing.poll()
    with change(acme.id, COMMAND) as going:
        merging.merge(going, ticket.id, into.id)
    assert "Merged" in standing.poll()
    with change(acme.id, COMMAND) as going:
        merging.unmerge(going, ticket.id)
    assert standing.fresh(standing.poll()) == ([ticket.id], [])
    with change(acme.id, COMMAND) as going:
        removing.remove(going, ticket.id, spam=True)
    page = standing.poll()
    assert "Spam" in page
    assert standing.fresh(page) == ([], [ticket.id])


def test_too_many_changes_are_not_told_one_by_one(acme: Troupe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "MOST_TOLD", 2)
    standing = Open(acme)
    for _ in range(3):
        opened(acme)
    page = standing.poll()
    assert 'data-many="1"' in page
    assert subjects(page) == []
    assert standing.poll() == ""


@pytest.mark.parametrize("tag", ["", "x", '"x.y"', '"99999999999999999999."', '"-1."'])
def test_a_tag_of_no_answer_is_told_to_load_the_list(acme: Troupe, tag: str) -> None:
    standing = Open(acme)
    standing.tag = tag
    assert 'data-many="1"' in standing.poll()


def test_who_writes_shows_and_passes_without_a_change(acme: Troupe) -> None:
    ticket = opened(acme)
    workspace, colleague = Workspace.objects.get(id=acme.id), Person.objects.get(id=acme.admin.id)
    standing = Open(acme)
    before = workspace.revision

    presence.note(workspace, colleague, ticket.id, "here")
    assert standing.poll() == ""
    presence.note(workspace, colleague, ticket.id, "reply")
    assert f"{acme.admin.name} is writing" in text(standing.poll())
    presence.note(workspace, colleague, ticket.id, "reply")
    assert standing.poll() == ""
    Presence.objects.filter(workspace_id=acme.id).update(until=workspace.created_at)
    page = standing.poll()
    assert ticket.id in page
    assert "is writing" not in page
    presence.note(workspace, Person.objects.get(id=acme.agent.id), ticket.id, "reply")
    assert standing.poll() == ""
    assert Workspace.objects.get(id=acme.id).revision == before
    assert Presence.objects.filter(workspace_id=acme.id).count() == 1


def test_presence_is_of_the_workspace(acme: Troupe) -> None:
    globex = assemble("Globex")
    ticket = opened(globex)
    workspace, person = Workspace.objects.get(id=acme.id), Person.objects.get(id=acme.agent.id)
    for foreign in (ticket.id, "x"):
        with pytest.raises(NotFound):
            presence.note(workspace, person, foreign, "reply")
    here = opened(acme)
    presence.note(workspace, person, here.id, "note")
    colleague = Person.objects.get(id=acme.admin.id)
    assert [present.name for present in presence.of_ticket(workspace, here.id, but=colleague)] == [acme.agent.name]
    assert presence.of_ticket(workspace, here.id, but=person) == []
    presence.leave(workspace, person, here.id)
    assert presence.of_workspace(workspace.id) == []
