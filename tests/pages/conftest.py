"""Browsers for the tests of pages: Django's own client, which asks for localhost as a person would."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.test.utils import override_settings


def new_browser() -> Client:
    """Return a browser that knows no cookies."""
    return Client(SERVER_NAME="localhost", SERVER_PORT="8000")


@pytest.fixture
def browser() -> Client:
    """A browser that knows no cookies."""
    return new_browser()


@pytest.fixture(autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are slow to check on purpose; these tests check many, and none of them measures that."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
