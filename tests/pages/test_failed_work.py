"""Work that the worker gave up, on its page: owners of the first workspace bring it back to life, and nobody else."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Member, Troupe, assemble
from tests.pages.conftest import new_browser
from tixallo.kit import clock, due
from tixallo.kit.ids import new_id
from tixallo.kit.models import Due
from tixallo.workspaces.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.fixture
def dead() -> Due:
    """A run of a schedule's work that was given up, so that carrying it out is real work that harms nothing."""
    row: Due = Due.objects.create(
        kind="retries.forget",
        key="given up",
        due_at=clock.now(),
        dead_at=clock.now(),
        attempts=due.MOST_ATTEMPTS,
        last_error="Traceback\nOSError: no space left",
    )
    return row


def signed_in(member: Member) -> Client:
    made = new_browser()
    made.force_login(Person.objects.get(id=member.id))
    return made


def test_an_owner_has_it_tried_again_from_its_page(acme: Troupe, dead: Due) -> None:
    owner = signed_in(acme.owner)
    page = owner.get(reverse("failed_work", args=[acme.slug])).content.decode()
    address = reverse("retry_due", args=[acme.slug, dead.id])
    (form,) = re.findall(rf'<form method="post" action="{address}">.*?</form>', page, re.DOTALL)
    answer = owner.post(address, follow=True)

    assert "OSError: no space left" in page
    assert ">Retry</button>" in form
    assert "It will be tried again." in answer.content.decode()
    assert "OSError" not in answer.content.decode()
    dead.refresh_from_db()
    assert (dead.dead_at, dead.attempts) == (None, 0)
    assert due.work_once() == 1
    dead.refresh_from_db()
    assert (dead.dead_at, dead.last_error) == (None, "")


def test_nobody_else_has_it_tried_again(acme: Troupe, dead: Due) -> None:
    globex = assemble("Globex")
    refused = {
        "agent": signed_in(acme.agent).post(reverse("retry_due", args=[acme.slug, dead.id])).status_code,
        "admin": signed_in(acme.admin).post(reverse("retry_due", args=[acme.slug, dead.id])).status_code,
        "owner of another": signed_in(globex.owner).post(reverse("retry_due", args=[globex.slug, dead.id])).status_code,
        "stranger": signed_in(globex.owner).post(reverse("retry_due", args=[acme.slug, dead.id])).status_code,
        "visitor": new_browser().post(reverse("retry_due", args=[acme.slug, dead.id])).status_code,
    }

    assert refused == {"agent": 403, "admin": 403, "owner of another": 403, "stranger": 404, "visitor": 302}
    dead.refresh_from_db()
    assert dead.dead_at is not None


def test_only_what_was_given_up_is_tried_again(acme: Troupe, dead: Due) -> None:
    owner = signed_in(acme.owner)
    alive = Due.objects.create(kind="retries.forget", key="alive", due_at=clock.now(), attempts=3)
    for identifier in (alive.id, new_id(), "nothing"):
        assert owner.post(reverse("retry_due", args=[acme.slug, identifier])).status_code == 404
    assert owner.get(reverse("retry_due", args=[acme.slug, dead.id])).status_code == 405
    alive.refresh_from_db()
    dead.refresh_from_db()
    assert alive.attempts == 3
    assert dead.dead_at is not None
