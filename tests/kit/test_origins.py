"""Whose request it is, behind the proxies that the settings name, however these write an address."""

from ipaddress import ip_network
from typing import Any

import pytest

from tixallo.config import environment
from tixallo.kit import origins

pytestmark = pytest.mark.once

PROXY = "10.0.0.1"


@pytest.fixture(autouse=True)
def trusting(settings: Any) -> None:
    """The settings of a server behind one proxy, or two."""
    settings.TIXALLO = environment.load({"TIXALLO_TRUSTED_PROXIES": "10.0.0.0/8"})
    assert settings.TIXALLO.trusted_proxies == (ip_network("10.0.0.0/8"),)
    origins._is_trusted.cache_clear()


def address(forwarded: str) -> str:
    return origins.client_address({"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": forwarded})


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("203.0.113.8", "203.0.113.8"),
        ("203.0.113.8:4711", "203.0.113.8"),
        ("[2001:db8::9]:4711", "2001:db8::9"),
        ("[2001:db8::9]", "2001:db8::9"),
        ("2001:db8::9", "2001:db8::9"),
        ("198.51.100.1, 203.0.113.8:1 , 10.0.0.2:80", "203.0.113.8"),
        ("10.0.0.3:1", "10.0.0.3"),
    ],
)
def test_an_address_is_read_with_and_without_a_port(forwarded: str, client: str) -> None:
    assert address(forwarded) == client


@pytest.mark.parametrize(
    "forwarded",
    [
        *("", "x", "unknown", ":4711", "203.0.113.8:", "203.0.113.8:x", "203.0.113.8:123456", "203.0.113.8:1:2"),
        *("[203.0.113.8", "[]:1", "[2001:db8::9]x", "[2001:db8::9%eth0]:1", "203.0.113:1", "2001:db8::9]:1", "[[::1]]"),
    ],
)
def test_what_is_no_address_says_nothing_of_the_client(forwarded: str) -> None:
    assert address(forwarded) == PROXY
    assert address(f"203.0.113.8, {forwarded}") == PROXY


def test_nobody_else_is_believed() -> None:
    found = origins.client_address({"REMOTE_ADDR": "203.0.113.1", "HTTP_X_FORWARDED_FOR": "198.51.100.1:1"})
    assert found == "203.0.113.1"
