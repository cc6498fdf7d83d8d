"""Samples: a mark that nobody can set by hand, silence towards everybody, and one click that takes them and no more."""

import importlib
from collections.abc import Iterator
from dataclasses import replace

import orjson
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from tests.cast import Troupe, assemble
from tests.mail.server import MailServer, mail_server
from tests.pages.conftest import new_browser
from tests.tickets.acting import a_ticket, answers, asks, done, edits, found, log_of, person_of, work, workspace_of
from tixallo.config import kinds  # noqa: F401 - what is due finds its work there
from tixallo.customers import editing as customer_editing
from tixallo.customers.models import Customer
from tixallo.events import queries
from tixallo.tickets import merging, removing, samples
from tixallo.tickets.models import SampleMark, Ticket
from tixallo.workspaces import members
from tixallo.workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as made:
        monkeypatch.setattr(settings, "TIXALLO", replace(settings.TIXALLO, smtp_url=made.url))
        yield made


def loaded(acme: Troupe) -> list[str]:
    """Load the samples and return their tickets' ids."""
    done(acme, samples.load, members.find(acme.id, acme.owner.id), by=acme.owner)
    return [str(mark.ticket_id) for mark in SampleMark.objects.filter(workspace_id=acme.id).order_by("ticket__number")]


def gone(acme: Troupe) -> int:
    count: int = done(acme, samples.remove, by=acme.owner)
    return count


def subjects(acme: Troupe) -> list[str]:
    return list(workspace_of(acme).tickets.order_by("number").values_list("subject", flat=True))


def feed(acme: Troupe) -> list[str]:
    return [each["event_type"] for each in orjson.loads(queries.feed(acme.id, None, 100))["data"]]


def test_a_real_ticket_that_somebody_tags_so_is_no_sample(acme: Troupe, mails: MailServer) -> None:
    real = a_ticket(acme, subject="Real")
    edits(acme, real, tags=["sample"])
    loaded(acme)
    answers(acme, real, "We look into it.")
    work()

    assert [mail["To"] for mail in mails.arrived] == ["carla@customer.example"]
    assert gone(acme) == 5
    assert subjects(acme) == ["Real"]


def test_a_sample_stays_one_without_its_tag(acme: Troupe, mails: MailServer) -> None:
    sample = loaded(acme)[0]
    edits(acme, sample, tags=[])
    answers(acme, sample)
    work()

    assert mails.arrived == []
    assert gone(acme) == 5


def test_nobody_hears_of_a_sample_neither_by_mail_nor_in_the_feed(acme: Troupe, mails: MailServer) -> None:
    before = feed(acme)
    sample = loaded(acme)[0]
    edits(acme, sample, assignee_id=acme.admin.id, status="closed")
    answers(acme, sample)
    edits(acme, sample, status="open")
    asks(acme, sample)
    done(acme, removing.remove, sample)
    done(acme, removing.restore, sample)
    work()
    gone(acme)

    assert mails.arrived == []
    assert feed(acme) == before
    told = {"ticket.created", "ticket.closed", "ticket.message.created", "ticket.deleted", "ticket.restored"}
    assert {*told, "customer.created", "ticket.purged"} <= set(log_of(acme))


def test_the_feed_tells_of_a_real_ticket_beside_them(acme: Troupe) -> None:
    loaded(acme)
    real = a_ticket(acme)
    edits(acme, real, assignee_id=acme.admin.id)

    assert feed(acme) == ["customer.created", "ticket.created", "ticket.updated"]


def test_real_tickets_that_were_merged_with_samples_stay(acme: Troupe) -> None:
    one, two, three, four, _ = loaded(acme)
    into_sample, along, target, apart = (a_ticket(acme, subject=f"Real {name}") for name in "ABCD")
    asks(acme, along, "From B")
    done(acme, merging.merge, into_sample, one)
    done(acme, merging.merge, along, two)
    done(acme, merging.merge, two, target)
    done(acme, merging.merge, three, four)
    done(acme, merging.merge, four, apart)
    asks(acme, apart, "From D")

    assert gone(acme) == 5
    assert subjects(acme) == ["Real A", "Real B", "Real C", "Real D"]
    for ticket_id, words in ((into_sample, "It broke."), (along, "From B"), (target, "It broke."), (apart, "From D")):
        ticket = found(ticket_id)
        assert [ticket.gone_as, ticket.merged_into_id, ticket.merged_via_id] == ["", None, None]
        assert ticket.last_words == words


def test_a_sample_taken_along_by_a_real_ticket_goes_and_leaves_the_merge_of_the_real_ones(acme: Troupe) -> None:
    sample = loaded(acme)[0]
    middle, target = a_ticket(acme, subject="Middle"), a_ticket(acme, subject="Target")
    done(acme, merging.merge, sample, middle)
    done(acme, merging.merge, middle, target)

    assert gone(acme) == 5
    assert (found(middle).gone_as, found(middle).merged_into_id) == ("merged", target)


def test_customers_who_were_there_before_stay_and_so_do_those_with_other_tickets(acme: Troupe) -> None:
    done(acme, customer_editing.create_customer, email="grace@globex.example")
    loaded(acme)
    a_ticket(acme, customer_email="mei@hooli.example")
    gone(acme)

    left = Customer.objects.filter(workspace_id=acme.id).values_list("email", flat=True)
    assert sorted(left) == ["grace@globex.example", "mei@hooli.example"]


def test_however_many_tickets_there_are_the_settings_have_the_button(acme: Troupe) -> None:
    owner, agent = new_browser(), new_browser()
    owner.force_login(person_of(acme.owner))
    agent.force_login(person_of(acme.agent))
    there, button = f"/w/{acme.slug}/settings", "Remove sample data"
    assert button not in owner.get(there).content.decode()
    loaded(acme)
    Workspace.objects.filter(id=acme.id).update(ticket_count=1_000)

    assert button in owner.get(there).content.decode()
    assert agent.post(f"/w/{acme.slug}/samples/remove").status_code == 403
    assert Ticket.objects.filter(workspace_id=acme.id).count() == 5
    owner.post(f"/w/{acme.slug}/samples/remove")
    assert not Ticket.objects.filter(workspace_id=acme.id).exists()
    assert button not in owner.get(there).content.decode()


def test_samples_of_before_there_were_marks_are_told_from_real_tickets(acme: Troupe) -> None:
    marked = set(loaded(acme))
    SampleMark.objects.filter(workspace_id=acme.id).delete()
    like_one = (("form", "carla@customer.example"), ("api", "mei@hooli.example"), ("form", "mei@hooli.example"))
    for source, email in like_one:
        edits(acme, a_ticket(acme, source=source, customer_email=email), tags=["sample"])

    migration = importlib.import_module("tixallo.tickets.migrations.0008_sample_marks")
    migration.mark(apps, connection.schema_editor())

    assert {str(mark.ticket_id) for mark in SampleMark.objects.filter(workspace_id=acme.id)} == marked
