"""What a list or a conversation that stands open learns, though no ticket of its own has changed: how the mail of a
reply stands, other names, the customer's other tickets and address.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Member, Troupe, assemble
from tests.keys.statements import raw_statements
from tests.mail.server import MailServer, mail_server
from tests.pages.conftest import browser_of
from tests.pages.inbox_stage import edited, opened, subjects, text
from tests.pages.ticket_stage import at
from tests.tickets.acting import answers, done, person_of, work
from tixallo.config import kinds  # noqa: F401 - what is due finds its work there
from tixallo.customers import editing as customers
from tixallo.kit import standing
from tixallo.mail import replying
from tixallo.tickets import inbox_views, list_rows, merging, polling
from tixallo.tickets.models import Ticket
from tixallo.workspaces import letters
from tixallo.workspaces.models import Letter, LetterTurn
from tixallo.workspaces.profiles import ProfileForm

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as made:
        monkeypatch.setattr(settings, "TIXALLO", replace(settings.TIXALLO, smtp_url=made.url))
        yield made


class Open:
    """A page that stands open in somebody's browser: a list, or a conversation beside one."""

    def __init__(self, acme: Troupe, address: str) -> None:
        self.browser = browser_of(acme.agent.id)
        page = self.browser.get(address).content.decode()
        found = re.search(r'data-poll="([^"]*)" data-poll-tag="([^"]*)"', page)
        assert found
        self.address, self.tag = (part.replace("&amp;", "&").replace("&quot;", '"') for part in found.groups())

    def poll(self) -> str:
        """Ask what is new; the empty text when nothing is."""
        answer = self.browser.get(self.address, headers={"if-none-match": self.tag, "x-poll": "1"})
        assert answer.status_code in {200, 204}
        self.tag = answer.headers.get("ETag", self.tag)
        return answer.content.decode()

    def hears(self) -> str:
        """Ask what is new, which is something, and after it nothing; return it as text."""
        page = self.poll()
        assert page
        assert self.poll() == self.poll() == ""
        return text(page)


def conversation(acme: Troupe, ticket: Ticket) -> Open:
    return Open(acme, at(acme, ticket, "?view=all"))


def inbox(acme: Troupe, view: str = "all") -> Open:
    return Open(acme, f"/w/{acme.slug}/tickets/{view}")


def named(member: Member, name: str) -> None:
    """Let a person take another name."""
    person = person_of(member)
    form = ProfileForm(
        {
            "name": name,
            "email": person.email,
            "hold_seconds": "10",
            "after_resolving": "next",
            **dict.fromkeys(("language", "time_zone", "theme"), "auto"),
        },
        instance=person,
    )
    assert form.is_valid(), form.errors
    form.save()


# ---- How the mail of a reply stands


def test_that_the_mail_of_a_reply_goes_out_or_does_not_is_told_at_once(acme: Troupe, mail: MailServer) -> None:
    ticket = opened(acme)
    page = conversation(acme, ticket)
    message = answers(acme, ticket.id, "First")
    assert "First" in page.hears()
    replying.message_added(message)
    assert "e-mail is on its way" in page.hears()
    work()
    assert len(mail.arrived) == 1
    assert "e-mail sent" in page.hears()

    mail.refused_recipients = {"carla@customer.example"}
    answers(acme, ticket.id, "Second")
    page.hears()
    work()
    assert "e-mail could not be sent" in page.hears()
    mail.refused_recipients = set()
    failed = Letter.objects.get(workspace_id=acme.id, state="failed")
    letters.retry(failed)
    told = page.hears()
    assert "e-mail could not be sent" not in told
    assert "e-mail is on its way" in told
    work()
    assert page.hears().count("e-mail sent") == 2


def test_a_mail_that_comes_and_goes_between_two_polls_is_told(acme: Troupe, mail: MailServer) -> None:
    ticket = opened(acme)
    answers(acme, ticket.id)
    page = conversation(acme, ticket)
    assert page.poll() == ""
    work()
    assert "e-mail sent" in page.hears()


def test_the_mail_of_what_was_merged_in_is_told_where_it_shows_now(acme: Troupe, mail: MailServer) -> None:
    ticket, into = opened(acme), opened(acme)
    answers(acme, ticket.id)
    work()
    mail.refused_recipients = {"carla@customer.example"}
    answers(acme, ticket.id)
    done(acme, merging.merge, ticket.id, into.id)
    page = conversation(acme, into)
    work()
    assert "e-mail could not be sent" in page.hears()


def test_the_mail_of_other_tickets_and_other_mail_is_no_news(acme: Troupe, mail: MailServer) -> None:
    ticket, other, globex = opened(acme), opened(acme), assemble("Globex")
    foreign = opened(globex)
    for troupe, each in ((acme, ticket), (acme, other), (globex, foreign)):
        answers(troupe, each.id)
    page, of_list = conversation(acme, ticket), inbox(acme)
    replying.message_added(other.messages.get().id)
    replying.message_added(foreign.messages.get().id)
    letters.enqueue(workspace_id=acme.id, recipient="x@acme.example", subject="Hello", text="You", about="test")
    assert page.poll() == of_list.poll() == ""
    assert dict(LetterTurn.objects.values_list("workspace__slug", "turn")) == {acme.slug: 1, globex.slug: 1}
    replying.message_added(ticket.messages.get().id)
    assert "e-mail is on its way" in page.hears()
    assert of_list.poll() == ""


def test_a_letter_that_was_not_taken_this_time_is_no_news(acme: Troupe, mail: MailServer) -> None:
    ticket = opened(acme)
    replying.message_added(answers(acme, ticket.id))
    page = conversation(acme, ticket)
    mail.answer = "451 Later"
    for letter in Letter.objects.filter(workspace_id=acme.id):
        with pytest.raises(letters.NotSent):
            letters.send(letter.id)
    assert page.poll() == ""


def test_a_poll_of_a_conversation_that_is_repeated_asks_two_questions(acme: Troupe, mail: MailServer) -> None:
    ticket = opened(acme)
    answers(acme, ticket.id)
    work()
    page = conversation(acme, ticket)
    assert page.poll() == ""
    with CaptureQueriesContext(connection) as captured, raw_statements() as ran:
        assert page.poll() == ""
    assert (len(captured), len(ran)) == (0, 2)
    # Who asks is looked at again after a while, and then the mail as well.
    standing._standing.clear()
    with raw_statements() as ran:
        assert page.poll() == ""
    assert len([each for each in ran if "workspaces_letter l" in each]) == 1


# ---- Other names


def test_another_name_of_a_customer_a_company_or_a_colleague_reaches_the_rows(acme: Troupe) -> None:
    company = done(acme, customers.create_company, name="Globex", domains=["customer.example"])
    ticket = opened(acme, "Carla's", assignee_id=acme.admin.id)
    opened(acme, "Another's", customer_email="other@elsewhere.example")
    for page in (inbox(acme), conversation(acme, ticket)):
        for verb, subject, name in (
            (customers.edit_customer, ticket.customer_id, "Carla Sample"),
            (customers.edit_company, company, "Globex Works"),
        ):
            done(acme, verb, subject, {"name": name})
            news = page.poll()
            assert subjects(news) == ["Carla's"]
            assert name in text(news)
            assert page.poll() == ""
            done(acme, verb, subject, {"name": "Before"})
            assert "Before" in page.hears()
        named(acme.admin, "Zed Yew")
        assert subjects(page.poll()) == ["Carla's"]
        named(acme.admin, "Abe Bee")
        assert "AB" in page.hears()


def test_another_company_of_a_customer_reaches_the_rows(acme: Troupe) -> None:
    ticket, page = opened(acme, "Carla's"), inbox(acme)
    assert ticket.customer.company is None
    page.poll()
    done(acme, customers.create_company, name="Globex", domains=["customer.example"])
    assert "Globex" in page.hears()


def test_another_name_announces_nothing_and_stays_within_its_workspace(acme: Troupe) -> None:
    globex = assemble("Globex")
    ticket, foreign = opened(acme, "Carla's"), opened(globex, "Foreign")
    page = Open(acme, f"/w/{acme.slug}/tickets/all?q=carla")
    done(globex, customers.edit_customer, foreign.customer_id, {"name": "Somebody"})
    assert page.poll() == ""
    done(acme, customers.edit_customer, ticket.customer_id, {"name": "Carla Sample"})
    news = page.poll()
    assert subjects(news) == ["Carla's"]
    assert 'data-fits=""' in news


def test_another_name_reaches_the_first_pages_alone(acme: Troupe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_views, "PAGES_RENAMED", 1)
    tickets = [opened(acme, str(number)) for number in range(list_rows.ROWS_PER_PAGE + 1)]
    page = inbox(acme, "open")
    done(acme, customers.edit_customer, tickets[0].customer_id, {"name": "Carla Sample"})
    told = subjects(page.poll())
    assert len(told) == list_rows.ROWS_PER_PAGE
    assert tickets[-1].subject not in told


def test_too_many_other_names_are_told_as_news(acme: Troupe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "MOST_TOLD", 2)
    tickets = [opened(acme, customer_email=f"{number}@customer.example") for number in range(3)]
    page = inbox(acme)
    for ticket in tickets:
        done(acme, customers.edit_customer, ticket.customer_id, {"name": "Sample"})
    assert 'data-many="1"' in page.poll()
    assert page.poll() == ""


# ---- Beside the conversation


def test_another_ticket_of_the_customer_appears_changes_and_goes(acme: Troupe) -> None:
    ticket = opened(acme)
    page = conversation(acme, ticket)
    other = opened(acme, "Second one")
    told = page.hears()
    assert f"Other tickets 1 New #{other.number} Second one" in told
    edited(acme, other, status="resolved", subject="Settled")
    assert f"Other tickets 1 Resolved #{other.number} Settled" in page.hears()
    done(acme, merging.merge, other.id, ticket.id)
    assert re.search(r'<section class="side-section" id="others" hidden>', page.poll())


def test_where_a_reply_goes_is_told_when_the_address_changes(acme: Troupe) -> None:
    ticket = opened(acme)
    page = conversation(acme, ticket)
    done(acme, customers.edit_customer, ticket.customer_id, {"email": "carla@elsewhere.example"})
    assert '<span id="reply-to">To carla@elsewhere.example</span>' in page.poll()


# ---- Undoing a merge from the ticket that stayed


def undoing(page: str) -> list[str]:
    return re.findall(r'action="([^"]*/unmerge[^"]*)"', page)


def test_a_merge_can_be_undone_from_the_ticket_that_stayed(acme: Troupe) -> None:
    first, second, into = (opened(acme) for _ in range(3))
    page = conversation(acme, into)
    done(acme, merging.merge, first.id, into.id, by=acme.admin)
    (address,) = undoing(page.poll())
    done(acme, merging.merge, second.id, into.id)
    assert len(undoing(page.poll())) == 2
    answer = page.browser.post(address, follow=True)
    assert answer.redirect_chain[-1][0].partition("?")[0] == at(acme, first)
    assert Ticket.objects.get(id=first.id).gone_as == ""
    assert [f"/{second.number}/unmerge" in each for each in undoing(page.poll())] == [True]


def test_an_undoing_that_comes_too_late_says_why(acme: Troupe) -> None:
    ticket, into, third = (opened(acme) for _ in range(3))
    done(acme, merging.merge, ticket.id, into.id)
    page = conversation(acme, into)
    (address,) = undoing(page.browser.get(at(acme, into)).content.decode())
    done(acme, merging.merge, into.id, third.id)
    answer = page.browser.post(address)
    assert answer.status_code == 409
    assert "Ticket was merged along with another one: undo that merge first" in text(answer.content.decode())
    done(acme, merging.unmerge, into.id)
    done(acme, merging.unmerge, ticket.id)
    answer = page.browser.post(address)
    assert answer.status_code == 409
    assert "Ticket is not merged" in text(answer.content.decode())


def test_of_several_merges_of_a_ticket_the_one_that_stands_is_undone(acme: Troupe) -> None:
    ticket, into, third = (opened(acme) for _ in range(3))
    page = conversation(acme, into)
    for _ in range(2):
        done(acme, merging.merge, ticket.id, into.id)
        done(acme, merging.unmerge, ticket.id)
    assert undoing(page.poll()) == []
    done(acme, merging.merge, ticket.id, into.id)
    assert len(undoing(page.poll())) == 1
    # What was taken along is undone by undoing what took it along.
    done(acme, merging.merge, into.id, third.id)
    (address,) = undoing(conversation(acme, third).browser.get(at(acme, third)).content.decode())
    assert f"/{into.number}/unmerge" in address


def test_the_page_of_a_merged_ticket_is_told_that_it_is_back_or_went_on(acme: Troupe) -> None:
    ticket, into, third = (opened(acme) for _ in range(3))
    done(acme, merging.merge, ticket.id, into.id)
    page = conversation(acme, ticket)
    done(acme, merging.merge, into.id, third.id)
    told = page.hears()
    assert f"This ticket is merged into #{third.number}; it can be read only." in told
    assert "Undo merge" not in told
    done(acme, merging.unmerge, into.id)
    assert "Undo merge" in page.hears()
    done(acme, merging.unmerge, ticket.id)
    assert f"#{ticket.number} is back. Open #{ticket.number}" in page.hears()
