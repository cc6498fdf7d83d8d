"""Browsers for the tests of pages: Django's own client, which asks for localhost as a person would."""

import pytest
from django.core.cache import cache
from django.test import Client


def new_browser() -> Client:
    """Return a browser that knows no cookies."""
    return Client(SERVER_NAME="localhost", SERVER_PORT="8000")


@pytest.fixture
def browser() -> Client:
    """A browser that knows no cookies, at a server where nobody has tried to sign in."""
    cache.clear()
    return new_browser()
