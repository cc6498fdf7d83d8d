"""Browsers for the tests of pages: Django's own client, which asks for localhost as a person would, in this process.
Acme is in this process's database here, and not on a server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.test.utils import override_settings

if TYPE_CHECKING:
    from tests.cast import Troupe


def new_browser() -> Client:
    """Return a browser that knows no cookies."""
    return Client(SERVER_NAME="localhost", SERVER_PORT="8000")


def browser_of(person_id: str) -> Client:
    """Return a browser in which the person is signed in."""
    made = new_browser()
    made.force_login(get_user_model().objects.get(id=person_id))
    return made


@pytest.fixture
def browser() -> Client:
    """A browser that knows no cookies."""
    return new_browser()


@pytest.fixture
def acme() -> Troupe:
    """Acme, new for each test."""
    # Named here and not at the top, which is read before Django is set up.
    from tests.cast import assemble

    return assemble()


@pytest.fixture
def agent(acme: Troupe) -> Client:
    """A browser in which Acme's agent is signed in."""
    return browser_of(acme.agent.id)


@pytest.fixture
def admin(acme: Troupe) -> Client:
    """A browser in which Acme's admin is signed in."""
    return browser_of(acme.admin.id)


@pytest.fixture(autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are slow to check on purpose; these tests check many, and none of them measures that."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
