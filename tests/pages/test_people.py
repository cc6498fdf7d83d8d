"""The people of a workspace: inviting, joining, changing roles, removing, leaving."""

import json
import re
from datetime import timedelta

import orjson
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from tests.cast import COMMAND, Troupe, add_outsider
from tests.pages.conftest import browser_of, new_browser
from tests.tickets.acting import a_ticket, asks, done, edits, found, holds, work
from tixallo.config import kinds  # noqa: F401 - what is due finds its work there
from tixallo.kit import clock
from tixallo.tickets import departing, editing, merging, opening, removing, samples
from tixallo.tickets.models import Message
from tixallo.workspaces import inviting, letters
from tixallo.workspaces.changes import Actor, change
from tixallo.workspaces.models import Event, Invitation, Letter, Membership, Person, Workspace

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def invited(acme: Troupe, email: str = "new@acme.example", role: str = "agent") -> str:
    answer = browser_of(acme.owner.id).post(f"/w/{acme.slug}/people/invite", {"email": email, "role": role})
    assert answer.status_code == 302
    return inviting.link(Invitation.objects.get(email=email)).removeprefix("http://localhost:8000")


def events(acme: Troupe) -> list[str]:
    return list(
        Event.objects.filter(workspace_id=acme.id).order_by("revision", "position").values_list("type", flat=True)
    )


def role_of(acme: Troupe, person_id: str) -> str | None:
    return Membership.objects.filter(workspace_id=acme.id, person_id=person_id).values_list("role", flat=True).first()


def test_somebody_new_joins_by_the_link(acme: Troupe, browser: Client) -> None:
    link = invited(acme)

    page = browser.get(link)
    answer = browser.post(link, {"name": "Nora New", "password": PASSWORD})

    assert acme.name.encode() in page.content
    assert answer["Location"].startswith(f"/w/{acme.slug}/")
    joined = Person.objects.get(email="new@acme.example")
    assert role_of(acme, joined.id) == "agent"
    assert events(acme)[-2:] == ["member.invited", "member.joined"]
    assert browser.get(f"/w/{acme.slug}/people").status_code == 200


def test_nobody_is_told_that_they_were_never_there(acme: Troupe) -> None:
    page = browser_of(acme.owner.id).get(f"/w/{acme.slug}/people").content.decode()
    active = [re.sub("<[^>]+>", "", cell) for cell in re.findall('<td data-label="Last active">(.*?)</td>', page)]
    assert sorted(active) == ["never", "never", "now"]


def test_an_account_that_exists_joins_by_signing_in(acme: Troupe, browser: Client) -> None:
    outsider = add_outsider()
    link = invited(acme, outsider.email)

    unsigned = browser.post(link, {"name": "Eve", "password": PASSWORD})
    signed_in = browser_of(outsider.id).post(link)

    assert b"Sign in to join" in unsigned.content
    assert signed_in.status_code == 302
    assert role_of(acme, outsider.id) == "agent"
    assert Person.objects.filter(email=outsider.email).count() == 1


def test_an_invitation_works_once(acme: Troupe, browser: Client) -> None:
    link = invited(acme)
    browser.post(link, {"name": "Nora New", "password": PASSWORD})

    again = new_browser().get(link)

    assert again.status_code == 404
    assert b"used up" in again.content


def test_an_old_or_revoked_invitation_lets_nobody_in(acme: Troupe, browser: Client) -> None:
    old, gone = invited(acme), invited(acme, "gone@acme.example")
    Invitation.objects.filter(email="new@acme.example").update(expires_at=clock.now() - timedelta(seconds=1))
    revoked = Invitation.objects.get(email="gone@acme.example")

    browser_of(acme.admin.id).post(f"/w/{acme.slug}/invitations/{revoked.id}/revoke")

    assert browser.post(old, {"name": "Nora", "password": PASSWORD}).status_code == 404
    assert browser.post(gone, {"name": "Nora", "password": PASSWORD}).status_code == 404
    assert events(acme)[-1] == "invitation.revoked"


def test_the_invitation_goes_out_by_mail_and_can_be_copied_and_sent_again(acme: Troupe) -> None:
    link = invited(acme)
    page = browser_of(acme.admin.id).get(f"/w/{acme.slug}/people").content.decode()
    row = Invitation.objects.get()

    browser_of(acme.admin.id).post(f"/w/{acme.slug}/invitations/{row.id}/resend")

    assert f"http://localhost:8000{link}" in page
    for letter in Letter.objects.filter(workspace_id=acme.id):
        assert f"http://localhost:8000{link}" in letters.compose(letter).get_content()
    assert Letter.objects.filter(workspace_id=acme.id).count() == 2
    token = link.rpartition("/")[2]
    assert token not in json.dumps([list(Letter.objects.values()), list(Invitation.objects.values())], default=str)
    assert token not in json.dumps(list(Event.objects.filter(workspace_id=acme.id).values()), default=str)


@pytest.mark.parametrize(
    ("state", "told"), [("failed", "The e-mail could not be sent"), ("kept", "No e-mail was sent"), ("sent", "None")]
)
def test_how_the_letter_of_an_invitation_stands_is_said_where_the_link_is(acme: Troupe, state: str, told: str) -> None:
    invited(acme), invited(acme, "boss@acme.example", "owner")
    Letter.objects.filter(workspace_id=acme.id).update(state=state)
    # An admin is not shown the link of an owner, nor told to copy it.
    for person, links in ((acme.owner, 2), (acme.admin, 1)):
        page = browser_of(person.id).get(f"/w/{acme.slug}/people").content.decode()
        assert page.count(f"{told}: copy the link.") == (0 if state == "sent" else links)
        assert page.count(": copy the link.") == (0 if state == "sent" else links)


def test_inviting_again_replaces_the_link(acme: Troupe, browser: Client) -> None:
    first, second = invited(acme), invited(acme, role="admin")

    assert browser.get(first).status_code == 404
    assert browser.get(second).status_code == 200


def test_a_member_is_not_invited(acme: Troupe) -> None:
    answer = browser_of(acme.owner.id).post(
        f"/w/{acme.slug}/people/invite", {"email": acme.agent.email.upper(), "role": "agent"}
    )

    assert answer.status_code == 422
    assert b"is a member already." in answer.content


def test_an_admin_makes_nobody_an_owner(acme: Troupe) -> None:
    admin = browser_of(acme.admin.id)
    owners = invited(acme, role="owner")

    invites = admin.post(f"/w/{acme.slug}/people/invite", {"email": "x@acme.example", "role": "owner"})
    promotes = admin.post(f"/w/{acme.slug}/people/{acme.agent.id}/role", {"role": "owner"})
    demotes = admin.post(f"/w/{acme.slug}/people/{acme.owner.id}/role", {"role": "agent"})
    removes = admin.post(f"/w/{acme.slug}/people/{acme.owner.id}/remove")
    shown = admin.get(f"/w/{acme.slug}/people")

    assert invites.status_code == 422
    assert (promotes.status_code, demotes.status_code, removes.status_code) == (403, 403, 403)
    assert owners.rpartition("/")[2].encode() not in shown.content
    assert (role_of(acme, acme.owner.id), role_of(acme, acme.agent.id)) == ("owner", "agent")


def test_the_last_owner_stays(acme: Troupe) -> None:
    owner = browser_of(acme.owner.id)

    owner.post(f"/w/{acme.slug}/people/{acme.owner.id}/role", {"role": "agent"})
    owner.post(f"/w/{acme.slug}/leave")

    assert role_of(acme, acme.owner.id) == "owner"
    owner.post(f"/w/{acme.slug}/people/{acme.admin.id}/role", {"role": "owner"})
    owner.post(f"/w/{acme.slug}/leave")
    assert role_of(acme, acme.owner.id) is None


def test_a_new_role_renews_the_session_without_signing_out(acme: Troupe) -> None:
    agent = browser_of(acme.agent.id)
    agent.get(f"/w/{acme.slug}/people")
    before = agent.session.session_key

    browser_of(acme.owner.id).post(f"/w/{acme.slug}/people/{acme.agent.id}/role", {"role": "admin"})
    page = agent.get(f"/w/{acme.slug}/people")
    renewed = agent.session.session_key
    agent.get(f"/w/{acme.slug}/people")

    assert page.status_code == 200
    assert b'id="invite"' in page.content
    assert before != renewed == agent.session.session_key
    assert events(acme)[-1] == "member.role_changed"


def test_requests_under_way_while_a_role_changes_sign_nobody_out(acme: Troupe) -> None:
    browsers = [browser_of(acme.agent.id)]
    browsers[0].get(f"/w/{acme.slug}/people")
    old = browsers[0].cookies[settings.SESSION_COOKIE_NAME].value
    for _ in range(3):
        browsers.append(new_browser())
        browsers[-1].cookies[settings.SESSION_COOKIE_NAME] = old
    browser_of(acme.owner.id).post(f"/w/{acme.slug}/people/{acme.agent.id}/role", {"role": "admin"})

    answers = [browser.get(f"/w/{acme.slug}/people") for browser in browsers]

    assert [answer.status_code for answer in answers] == [200] * 4
    renewed = answers[0].cookies[settings.SESSION_COOKIE_NAME].value
    assert renewed not in ("", old)
    assert all(settings.SESSION_COOKIE_NAME not in answer.cookies for answer in answers[1:])
    ends = Session.objects.order_by("expire_date").first()
    assert ends is not None
    assert ends.expire_date < clock.now() + timedelta(seconds=31)
    Session.objects.filter(pk=ends.pk).update(expire_date=clock.now())
    assert browsers[1].get(f"/w/{acme.slug}/people").status_code == 302
    browsers[2].cookies[settings.SESSION_COOKIE_NAME] = renewed
    assert browsers[2].get(f"/w/{acme.slug}/people").status_code == 200


def test_removing_lets_go_of_open_tickets_and_says_so_before(acme: Troupe) -> None:
    agent = Actor("person", acme.agent.id, acme.agent.name)
    with change(acme.id, agent) as opened:
        kept = opening.open_ticket(opened, subject="Mine", description="…", customer_email="c@globex.example")
        settled = opening.open_ticket(opened, subject="Done", description="…", customer_email="c@globex.example")
        editing.edit(opened, kept, {"assignee_id": acme.agent.id})
        editing.edit(opened, settled, {"assignee_id": acme.agent.id, "status": "resolved"})
    admin = browser_of(acme.admin.id)

    asked = admin.get(f"/w/{acme.slug}/people/{acme.agent.id}/remove").content.decode()
    admin.post(f"/w/{acme.slug}/people/{acme.agent.id}/remove")

    assert "1 open ticket becomes unassigned." in asked
    assert "created keep" not in asked
    tickets = dict(Workspace.objects.get(id=acme.id).tickets.values_list("id", "assignee_id"))
    assert tickets == {kept: None, settled: acme.agent.id}
    assert role_of(acme, acme.agent.id) is None
    assert events(acme)[-2:] == ["member.removed", "ticket.updated"]
    assert browser_of(acme.agent.id).get(f"/w/{acme.slug}/people").status_code == 404


@pytest.mark.parametrize("how", ["customer", "page", "restored", "unmerged"])
def test_what_somebody_removed_had_done_is_nobody_s_when_it_is_taken_up_again(acme: Troupe, how: str) -> None:
    ticket, into = a_ticket(acme), a_ticket(acme)
    gone = how in ("restored", "unmerged")
    edits(acme, ticket, assignee_id=acme.agent.id, status="open" if gone else "resolved")
    if gone:
        done(acme, removing.remove, ticket) if how == "restored" else done(acme, merging.merge, ticket, into)
    browser_of(acme.admin.id).post(f"/w/{acme.slug}/people/{acme.agent.id}/remove")
    assert found(ticket).assignee_id == acme.agent.id

    match how:
        case "customer":
            asks(acme, ticket)
        case "page":
            browser_of(acme.admin.id).post(f"/w/{acme.slug}/tickets/1/edit", {"status": "open"})
        case "restored":
            done(acme, removing.restore, ticket)
        case "unmerged":
            done(acme, merging.unmerge, ticket)

    assert [found(ticket).status, found(ticket).assignee_id, found(ticket).gone_as] == ["open", None, ""]
    told = orjson.loads(Event.objects.filter(workspace_id=acme.id, type="ticket.updated").latest("revision").payload)
    assert told["changes"]["assignee_id"] == [acme.agent.id, None]


def test_what_a_member_had_done_stays_theirs(acme: Troupe) -> None:
    ticket = a_ticket(acme)
    edits(acme, ticket, assignee_id=acme.agent.id, status="resolved")
    asks(acme, ticket)
    assert (found(ticket).status, found(ticket).assignee_id) == ("open", acme.agent.id)


def test_a_reply_that_is_held_goes_out_after_its_writer_was_removed(acme: Troupe) -> None:
    ticket = a_ticket(acme)
    holds(acme, ticket, "It is on its way.")
    browser_of(acme.admin.id).post(f"/w/{acme.slug}/people/{acme.agent.id}/remove")
    work()
    said = Message.objects.filter(workspace_id=acme.id, ticket_id=ticket)
    assert list(said.values_list("body", "author_name")) == [("It is on its way.", acme.agent.name)]


def test_removing_says_how_many_tickets_it_does_not_list(acme: Troupe) -> None:
    admin = browser_of(acme.admin.id)
    for number in range(departing.MOST_LISTED + 2):
        edits(acme, a_ticket(acme, subject=f"Subject {number:02}"), assignee_id=acme.agent.id)

    page = admin.get(f"/w/{acme.slug}/people/{acme.agent.id}/remove").content.decode()

    assert f"{departing.MOST_LISTED + 2} open tickets become unassigned." in page
    assert len(re.findall(r"#\d+ Subject", page)) == departing.MOST_LISTED
    assert "And 2 more." in page


def test_names_are_shown_as_they_are(acme: Troupe) -> None:
    Person.objects.filter(id=acme.agent.id).update(name="<script>alert(1)</script>")

    page = browser_of(acme.agent.id).get(f"/w/{acme.slug}/people").content

    assert b"<script>alert(1)" not in page
    assert b"&lt;script&gt;alert(1)" in page


def test_a_post_without_the_form_s_value_is_refused(acme: Troupe) -> None:
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost", SERVER_PORT="8000")
    strict.force_login(Person.objects.get(id=acme.owner.id))

    answer = strict.post(f"/w/{acme.slug}/people/invite", {"email": "x@acme.example", "role": "agent"})

    assert answer.status_code == 403
    assert not Invitation.objects.exists()


# ---- The first steps.


def test_sample_tickets_are_marked_and_go_without_a_trace(acme: Troupe) -> None:
    owner = browser_of(acme.owner.id)
    workspace = Workspace.objects.get(id=acme.id)
    with change(acme.id, COMMAND) as opened:
        opening.open_ticket(opened, subject="Real", description="…", customer_email="grace@globex.example")

    owner.post(f"/w/{acme.slug}/samples/load")
    owner.post(f"/w/{acme.slug}/samples/load")
    loaded = list(workspace.tickets.values_list("tags", flat=True))
    steps = samples.first_steps(Workspace.objects.get(id=acme.id))
    owner.post(f"/w/{acme.slug}/samples/remove")

    assert sorted('"sample"' in tags for tags in loaded) == [False] + [True] * 5
    assert steps == (True, True, True)
    assert list(workspace.tickets.values_list("subject", flat=True)) == ["Real"]
    assert list(workspace.customers.values_list("email", flat=True)) == ["grace@globex.example"]
    assert not Letter.objects.filter(workspace_id=acme.id).exists()
