"""What an open list is told: nothing while nothing changes, then the rows that did, and what is new."""

import re
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import COMMAND, Troupe, assemble
from tests.keys.statements import raw_statements
from tests.pages.conftest import browser_of, new_browser
from tests.pages.inbox_stage import edited, opened, said, subjects, text
from tixallo.kit import standing
from tixallo.kit.errors import NotFound
from tixallo.tickets import merging, polling, presence, removing
from tixallo.tickets.models import Presence
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Membership, Person, Workspace

pytestmark = pytest.mark.django_db


class Open:
    """A list that stands open in somebody's browser."""

    def __init__(self, acme: Troupe, view: str = "unassigned", query: str = "", person_id: str = "") -> None:
        self.browser = browser_of(person_id or acme.agent.id)
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
    list_ = Open(acme)
    assert list_.poll() == ""
    assert list_.poll() == ""


def test_a_change_is_told_once_with_its_row_the_counts_and_the_title(acme: Troupe) -> None:
    ticket, other = opened(acme, "changed"), opened(acme, "other")
    list_ = Open(acme)
    edited(acme, ticket, priority="urgent")

    page = list_.poll()

    assert subjects(page) == ["changed"]
    assert f'id="ticket-{ticket.id}"' in page
    assert "Urgent" in page
    assert other.id not in page
    assert f'<title id="title">(2) Unassigned · {acme.name}</title>' in page
    assert 'id="view-count">2<' in page
    assert list_.fresh(page) == ([ticket.id], [])
    assert list_.poll() == ""


def test_what_no_longer_belongs_is_told_and_so_is_what_does_now(acme: Troupe) -> None:
    ticket = opened(acme, "taken", assignee_id=acme.admin.id)
    list_ = Open(acme, "mine")
    edited(acme, ticket, assignee_id=acme.agent.id)
    assert list_.fresh(list_.poll()) == ([ticket.id], [])
    edited(acme, ticket, status="resolved")
    page = list_.poll()
    assert list_.fresh(page) == ([], [ticket.id])
    assert "Resolved" in page


def test_filters_decide_what_is_new(acme: Troupe) -> None:
    list_ = Open(acme, "open", "?priority=high&tag=a")
    opened(acme, priority="high")
    ticket = opened(acme, priority="high", tags=["a"])
    fits, leaves = list_.fresh(list_.poll())
    assert (fits, len(leaves)) == ([ticket.id], 1)


def test_a_search_announces_nothing_but_its_rows_change(acme: Troupe) -> None:
    ticket = opened(acme, "found")
    list_ = Open(acme, "all", "?q=found")
    edited(acme, ticket, status="pending")
    page = list_.poll()
    assert "Pending" in page
    assert list_.fresh(page)[0] == []


def test_every_kind_of_change_reaches_the_row(acme: Troupe) -> None:
    ticket, into = opened(acme, "one"), opened(acme, "two")
    list_ = Open(acme)
    said(acme, ticket, "And another thing")
    assert "And another thing" in list_.poll()
    with change(acme.id, COMMAND) as going:
        merging.merge(going, ticket.id, into.id)
    assert "Merged" in list_.poll()
    with change(acme.id, COMMAND) as going:
        merging.unmerge(going, ticket.id)
    assert sorted(list_.fresh(list_.poll())[0]) == sorted([ticket.id, into.id])
    with change(acme.id, COMMAND) as going:
        removing.remove(going, ticket.id, spam=True)
    page = list_.poll()
    assert "Spam" in page
    assert list_.fresh(page) == ([], [ticket.id])


def test_a_merge_and_its_undoing_reach_both_rows(acme: Troupe) -> None:
    ticket, into = opened(acme, "one"), opened(acme, "two")
    list_ = Open(acme)
    with change(acme.id, COMMAND) as going:
        merging.merge(going, ticket.id, into.id)
    assert sorted(subjects(list_.poll())) == ["one", "two"]
    with change(acme.id, COMMAND) as going:
        merging.unmerge(going, ticket.id)
    assert sorted(subjects(list_.poll())) == ["one", "two"]


def test_a_first_step_ticks_itself_off_where_it_is_shown(acme: Troupe) -> None:
    owners, agents = Open(acme, person_id=acme.owner.id), Open(acme)
    opened(acme, source="form")
    assert 'class="step-card" id="step-key-wide"' in owners.poll()
    agents.poll()

    opened(acme, source="api")

    page = owners.poll()
    for place in ("wide", "narrow"):
        assert f'class="step-card step-done" id="step-key-{place}"' in page
        assert f'class="step-card" id="step-samples-{place}"' in page
    assert "step-card" not in agents.poll()


def test_too_many_changes_are_not_told_one_by_one(acme: Troupe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "MOST_TOLD", 2)
    list_ = Open(acme)
    for _ in range(3):
        opened(acme)
    with raw_statements() as asked:
        page = list_.poll()
    assert 'data-many="1"' in page
    assert subjects(page) == []
    # Nothing else is looked for then in all that the log has since.
    assert sum("FROM workspaces_event" in statement for statement in asked) == 1
    assert list_.poll() == ""


@pytest.mark.parametrize("tag", ["", "x", '"x.y"', '"99999999999999999999."', '"-1."'])
def test_a_tag_of_no_answer_is_told_to_load_the_list(acme: Troupe, tag: str) -> None:
    list_ = Open(acme)
    list_.tag = tag
    assert 'data-many="1"' in list_.poll()


def test_who_writes_shows_and_passes_without_a_change(acme: Troupe) -> None:
    ticket = opened(acme)
    workspace, colleague = Workspace.objects.get(id=acme.id), Person.objects.get(id=acme.admin.id)
    list_ = Open(acme)
    before = workspace.revision

    presence.note(workspace, colleague, ticket.id, "here")
    assert list_.poll() == ""
    presence.note(workspace, colleague, ticket.id, "reply")
    assert f"{acme.admin.name} is writing" in text(list_.poll())
    presence.note(workspace, colleague, ticket.id, "reply")
    assert list_.poll() == ""
    Presence.objects.filter(workspace_id=acme.id).update(until=workspace.created_at)
    page = list_.poll()
    assert ticket.id in page
    assert "is writing" not in page
    presence.note(workspace, Person.objects.get(id=acme.agent.id), ticket.id, "reply")
    assert list_.poll() == ""
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
    assert presence.of_ticket(workspace, here.id, but=colleague) == []


def test_a_poll_that_is_repeated_asks_the_database_once(acme: Troupe) -> None:
    list_ = Open(acme)
    polled = {"if-none-match": list_.tag, "x-poll": "1"}
    assert list_.browser.get(list_.address, headers=polled).status_code == 204

    with CaptureQueriesContext(connection) as captured:
        assert list_.browser.get(list_.address, headers=polled).status_code == 204
    assert len(captured) == 0

    opened(acme)
    assert list_.browser.get(list_.address, headers=polled).status_code == 200


def test_what_is_remembered_is_of_one_session_and_passes(acme: Troupe, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Open(acme)
    polled = {"if-none-match": mine.tag, "x-poll": "1"}
    assert mine.browser.get(mine.address, headers=polled).status_code == 204
    assert new_browser().get(mine.address, headers=polled).status_code == 302
    stranger = browser_of(assemble("Globex").owner.id)
    assert stranger.get(mine.address, headers=polled).status_code == 404

    Membership.objects.filter(workspace_id=acme.id, person_id=acme.agent.id).delete()
    later = time.monotonic() + standing.REMEMBERED_SECONDS + 1
    monkeypatch.setattr("tixallo.kit.standing.time.monotonic", lambda: later)
    assert mine.browser.get(mine.address, headers=polled).status_code == 404


def test_only_so_many_are_remembered(acme: Troupe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "MOST_REMEMBERED", 2)
    for view in ("mine", "open", "all"):
        Open(acme, view).poll()
    assert len(standing._standing) == 2


@pytest.mark.alone
@pytest.mark.once
def test_a_poll_costs_less_than_a_millisecond(acme: Troupe) -> None:
    list_ = Open(acme)
    polled = {"if-none-match": list_.tag, "x-poll": "1"}
    costs = []
    for _ in range(50):
        began = time.thread_time()
        assert list_.browser.get(list_.address, headers=polled).status_code == 204
        costs.append(time.thread_time() - began)
    assert sorted(costs)[25] < 0.001
