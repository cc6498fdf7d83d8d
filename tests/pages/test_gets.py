"""No page writes by being looked at: whoever asks for whatever address there is, the database is only read.

That holds of prefetching too, which is a GET that nobody sees; a page that a browser renders ahead runs its scripts,
which are in tests/browser/test_rendered_ahead.py.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.browser.walking import addresses, furnish
from tests.cast import COMMAND, Troupe, assemble
from tests.keys.statements import raw_statements
from tests.pages.conftest import new_browser
from tests.pages.test_second_factor import PASSWORD, offered, sign_in, switch_on
from tixallo.kit import due
from tixallo.tickets import holding
from tixallo.tickets.holding import Reply
from tixallo.workspaces import inviting, resetting, welcoming
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Person, Role, Workspace

pytestmark = pytest.mark.django_db

_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE|MERGE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")
# What is no state of anything: on PostgreSQL the processes tell each other for a minute that keys are being looked at.
_SIGNS = {"keys_keyturn"}
_TABLE = re.compile(r"\b(?:INTO|UPDATE|FROM) \"?(\w+)", re.IGNORECASE)


@contextmanager
def written() -> Iterator[list[str]]:
    """Collect the statements that write, also those that go past Django, once the block has ended."""
    found: list[str] = []
    with raw_statements() as raw, CaptureQueriesContext(connection) as asked:
        yield found
    every = [*raw, *(query["sql"] for query in asked)]
    found += [each for each in every if _WRITES.search(_QUOTED.sub("", each))]


def walk(browser: Client, named: dict[str, str]) -> dict[str, list[str]]:
    """Get every address twice; return those at which something was written, with the statements; signs left out."""
    found: dict[str, list[str]] = {}
    home = f"/w/{named['slug']}/tickets"
    more = (f"{home}/1/merge?into=2", f"{home}/open?q=invoice", f"{home}/1?view=open", f"{home}/1/poll?view=open")
    for address in [address for address in (*addresses(named), *more) for _ in range(2)]:
        with written() as statements:
            browser.get(address)
        if tables(statements) - _SIGNS:
            found.setdefault(address, []).extend(statements)
    return found


def tables(statements: list[str]) -> set[str]:
    """The tables that statements write to."""
    found = [(statement, _TABLE.search(statement)) for statement in statements]
    return {table[1] if table else statement for statement, table in found}


def signed_in(person_id: str) -> Client:
    made = new_browser()
    made.force_login(Person.objects.get(id=person_id))
    return made


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.fixture
def owner(acme: Troupe) -> Person:
    found = Person.objects.get(id=acme.owner.id)
    found.set_password(PASSWORD)
    found.save()
    return found


@pytest.fixture
def named(acme: Troupe, owner: Person) -> dict[str, str]:
    """What names things in addresses: one of each, an invitation and a held reply among them."""
    found = furnish(acme.id)
    workspace = Workspace.objects.get(id=acme.id)
    with change(acme.id, COMMAND) as opened:
        by = workspace.memberships.get(person=owner)
        invitation = inviting.invite(opened, by, email="new@customer.example", role=Role.AGENT)
    ticket = workspace.tickets.get(number=1)
    held = holding.hold(workspace, owner, ticket.id, Reply("Held"), 60)
    return {
        **found,
        "invitation_id": invitation.id,
        "token": inviting.link(invitation).rpartition("/")[2],
        "held_id": held.id,
    }


def test_who_is_signed_in_writes_nothing_by_looking(named: dict[str, str], owner: Person) -> None:
    assert walk(signed_in(owner.id), named) == {}


def test_who_is_halfway_in_writes_nothing_by_looking(named: dict[str, str], owner: Person) -> None:
    confirmed = new_browser()
    sign_in(confirmed, owner)
    assert offered(confirmed)
    assert walk(confirmed, named) == {}
    switch_on(confirmed)
    assert walk(confirmed, named) == {}
    halfway = new_browser()
    sign_in(halfway, owner)
    assert halfway.get("/account/second-factor/authenticate/").status_code == 200
    # Whoever would rather make an account starts afresh: of that allauth takes note in the session.
    assert {address: tables(statements) for address, statements in walk(halfway, named).items()} == {
        "/account/signup/": {"django_session"}
    }


def test_who_is_invited_or_welcome_writes_nothing_by_looking(named: dict[str, str], owner: Person) -> None:
    link = welcoming.make_link(again=True)
    assert link
    welcome = {"token": link.rpartition("/")[2]}
    for browser in (new_browser(), signed_in(owner.id)):
        assert browser.get(f"/invitation/{named['token']}").status_code == 200
        assert browser.get(f"/welcome/{welcome['token']}").status_code == 200
        assert walk(browser, named) == {}
        assert walk(browser, {**named, **welcome}) == {}


# ---- What writes all the same, to its own session and nowhere else.


def test_the_link_of_a_reset_leaves_its_key_in_the_session(owner: Person) -> None:
    """It is allauth's: so the key is not in the address of the page, which browsers remember and show."""
    link = urlsplit(resetting.link_for(owner)).path
    with written() as statements:
        shown = new_browser().get(link)
    assert shown["Location"] == f"/account/password/reset/key/{owner.id}-set-password/"
    assert tables(statements) == {"django_session"}


def test_after_a_change_of_roles_the_session_gets_its_new_key_at_once(acme: Troupe) -> None:
    browser = signed_in(acme.agent.id)
    Person.objects.filter(id=acme.agent.id).update(role_changes=1)
    with written() as statements:
        assert browser.get(f"/w/{acme.slug}/people").status_code == 200
    assert tables(statements) == {"django_session"}
    with written() as statements:
        assert browser.get(f"/w/{acme.slug}/people").status_code == 200
    assert statements == []


def test_a_session_that_a_new_password_has_ended_is_forgotten(acme: Troupe, owner: Person) -> None:
    browser = signed_in(owner.id)
    owner.set_password("another horse battery")
    owner.save()
    with written() as statements:
        assert browser.get(f"/w/{acme.slug}/people").status_code == 302
    assert tables(statements) == {"django_session"}


def test_a_statement_that_writes_is_seen(acme: Troupe) -> None:
    with written() as statements:
        Workspace.objects.filter(id=acme.id).update(name="Acme")
        due.enqueue("sample", "x")
        list(Workspace.objects.filter(name="DELETE FROM a"))
    assert tables(statements) == {"workspaces_workspace", "kit_due"}
