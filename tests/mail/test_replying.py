"""Our replies as mail to customers, and mail to the people who work here."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header

import pytest
from django.conf import settings

from tests.cast import Troupe, assemble
from tests.mail.server import MailServer, mail_server
from tixallo.config import kinds  # noqa: F401 - what is due finds its work there
from tixallo.inboxes.models import Inbox
from tixallo.kit import clock, due
from tixallo.kit.models import Due
from tixallo.mail import replying
from tixallo.tickets import conversing, editing, opening
from tixallo.tickets.conversing import Author
from tixallo.tickets.models import Ticket
from tixallo.workspaces import letters, members
from tixallo.workspaces.changes import Actor, change
from tixallo.workspaces.models import Event, Letter, MailStart, Person, ResetRequest, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as made:
        monkeypatch.setattr(settings, "TIXALLO", replace(settings.TIXALLO, smtp_url=made.url))
        yield made


def agent_of(acme: Troupe) -> Actor:
    return Actor("person", acme.agent.id, acme.agent.name)


def a_ticket(acme: Troupe) -> str:
    with change(acme.id, agent_of(acme)) as opened:
        ticket = opening.open_ticket(
            opened,
            subject="Grüße, Invoice",
            description="It is wrong.",
            customer_email="carla@customer.example",
            customer_name="Carla",
        )
        editing.edit(opened, ticket, {"assignee_id": acme.agent.id})
    return ticket


def say(acme: Troupe, ticket: str, body: str, *, customer: bool = False) -> str:
    with change(acme.id, agent_of(acme)) as opened:
        author = None if customer else Author("agent", acme.agent.id, acme.agent.name)
        message = conversing.add_message(opened, ticket, body=body, author=author)
        due.enqueue("tickets.message_added", message)
    return message


def work() -> None:
    for _ in range(3):
        Due.objects.filter(dead_at=None).update(due_at=clock.now() - timedelta(seconds=1))
        due.work_once()


def test_our_reply_reaches_the_customer_in_one_thread(acme: Troupe, server: MailServer) -> None:
    ticket = a_ticket(acme)
    first, second = say(acme, ticket, "We look into it."), say(acme, ticket, "Found it.")
    work()

    one, two = sorted(server.arrived, key=lambda mail: str(mail["References"]).count("<"))
    assert one["To"] == two["To"] == "carla@customer.example"
    assert one["From"] == "Acme <tixallo@localhost>"
    assert one["Message-ID"] == replying.message_id_of(first)
    assert two["Message-ID"] == replying.message_id_of(second)
    assert two["In-Reply-To"] == one["Message-ID"]
    assert str(two["References"]).split() == [*str(one["References"]).split(), one["Message-ID"]]
    assert one["Auto-Submitted"] is None
    states = letters.states_of(acme.id, [replying.about(first), replying.about("another")])
    assert {about: letter.state for about, letter in states.items()} == {replying.about(first): "sent"}


@pytest.mark.parametrize("chosen", ["Support", "Billing"])
def test_mail_goes_out_under_the_name_that_somebody_gave_the_inbox(
    acme: Troupe, server: MailServer, chosen: str
) -> None:
    ticket = a_ticket(acme)
    Inbox.objects.filter(workspace_id=acme.id).update(name=chosen)
    say(acme, ticket, "We look into it.")
    work()

    (mail,) = server.arrived
    assert mail["From"] == f"{chosen} <tixallo@localhost>"


def test_an_inbox_that_nobody_named_goes_by_the_name_that_the_workspace_has_now(
    acme: Troupe, server: MailServer
) -> None:
    ticket = a_ticket(acme)
    assert Inbox.objects.get(workspace_id=acme.id).name == ""
    assert Event.objects.get(workspace_id=acme.id, type="inbox.created").subject_label == "Acme"
    Workspace.objects.filter(id=acme.id).update(name="Acme Europe")
    say(acme, ticket, "We look into it.")
    work()

    (mail,) = server.arrived
    assert mail["From"] == "Acme Europe <tixallo@localhost>"


def test_a_message_is_mailed_once_however_often_the_worker_comes_back(acme: Troupe, server: MailServer) -> None:
    message = say(acme, a_ticket(acme), "We look into it.")
    for _ in range(3):
        due.enqueue("tickets.message_added", message)
        work()

    assert len(server.arrived) == 1


def test_what_was_written_before_there_was_a_server_reaches_nobody(acme: Troupe, server: MailServer) -> None:
    early = say(acme, a_ticket(acme), "Before")
    MailStart.objects.create(id=1, since=clock.now())
    late = say(acme, a_ticket(acme), "After")
    work()

    assert [mail["Message-ID"] for mail in server.arrived] == [replying.message_id_of(late)]
    assert not Letter.objects.filter(about=replying.about(early)).exists()


def test_without_a_server_a_reply_makes_no_letter(acme: Troupe) -> None:
    say(acme, a_ticket(acme), "We look into it.")
    work()

    assert not Letter.objects.exists()


def test_the_start_notes_since_when_mail_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    letters.note_server()
    unset = letters.server_since()
    monkeypatch.setattr(settings, "TIXALLO", replace(settings.TIXALLO, smtp_url="smtp://mail.example"))
    letters.note_server()
    first = letters.server_since()
    letters.note_server()

    assert unset is None
    assert first is not None
    assert letters.server_since() == first


def test_the_assignee_hears_of_the_customer_s_answer_in_their_language(acme: Troupe, server: MailServer) -> None:
    Person.objects.filter(id=acme.agent.id).update(language="de")
    say(acme, a_ticket(acme), "Still wrong <b>!</b>", customer=True)
    work()

    (mail,) = server.arrived
    text = mail.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert mail["To"] == acme.agent.email
    assert "Still wrong <b>!</b>" in text.decode()
    assert f"http://localhost:8000/w/{acme.slug}/" in text.decode()
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_new_assignee_hears_of_it(acme: Troupe, server: MailServer) -> None:
    due.enqueue("tickets.assigned", a_ticket(acme))
    work()

    assert [mail["To"] for mail in server.arrived] == [acme.agent.email]


def test_of_what_happened_before_there_was_a_server_no_letter_goes_out_later(acme: Troupe, server: MailServer) -> None:
    early, late = a_ticket(acme), a_ticket(acme)
    due.enqueue("tickets.assigned", early)
    say(acme, early, "Still wrong", customer=True)
    asked = ResetRequest.objects.create(email_key=acme.agent.email)
    due.enqueue("people.reset_password", asked.id)
    MailStart.objects.create(id=1, since=clock.now())
    due.enqueue("tickets.assigned", late)
    work()

    (mail,) = server.arrived
    assert str(make_header(decode_header(mail["Subject"]))).startswith(f"[#{Ticket.objects.get(id=late).number}] ")
    assert sorted(Letter.objects.values_list("state", flat=True)) == ["kept", "kept", "sent"]
    assert not ResetRequest.objects.exists()


def test_what_is_asked_for_again_counts_from_then_on(acme: Troupe, server: MailServer) -> None:
    ticket = a_ticket(acme)
    due.enqueue("tickets.assigned", ticket)
    MailStart.objects.create(id=1, since=clock.now())
    due.enqueue("tickets.assigned", ticket)
    work()

    assert [mail["To"] for mail in server.arrived] == [acme.agent.email]


def test_both_notices_can_be_switched_off(acme: Troupe, server: MailServer) -> None:
    Person.objects.filter(id=acme.agent.id).update(mail_on_assignment=False, mail_on_answer=False)
    ticket = a_ticket(acme)
    due.enqueue("tickets.assigned", ticket)
    say(acme, ticket, "Still wrong", customer=True)
    work()

    assert server.arrived == []


def test_who_has_left_hears_nothing(acme: Troupe, server: MailServer) -> None:
    ticket = a_ticket(acme)
    with change(acme.id, agent_of(acme)) as opened:
        editing.edit(opened, ticket, {"status": "resolved"})
        members.remove(opened, members.find(acme.id, acme.owner.id), acme.agent.id)
    due.enqueue("tickets.assigned", ticket)
    work()

    assert server.arrived == []
