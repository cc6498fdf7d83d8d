"""Every page of a workspace with every role, from outside and signed out, against the table in docs/roles.md."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cast import Troupe, add_outsider, assemble
from tests.pages.conftest import browser_of, new_browser
from tixallo.workspaces.models import Role
from tixallo.workspaces.roles import MAY

pytestmark = pytest.mark.django_db

_TABLE = (Path(__file__).resolve().parents[2] / "docs" / "roles.md").read_text()
# Said before it is asked who comes, and the same to everybody.
_NO_SUCH_METHOD = 405
_ID = "00000000-0000-7000-8000-000000000000"
_FILLED = {"str": _ID, "uuid": _ID, "int": "999999", "slug": "nothing", "path": "nothing", "view": "mine"}


class Page(NamedTuple):
    """One address below a workspace's, with the slug still to be filled in, and what its view asks the table for."""

    address: str
    action: str

    def of(self, slug: str) -> str:
        """Return the page's address in a workspace."""
        return self.address.replace("<SLUG>", slug)


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, address)
        else:
            yield address, each


def pages() -> Iterator[Page]:
    for route, pattern in patterns(get_resolver()):
        if route.startswith("w/"):
            rest = route.removeprefix("w/<slug:slug>")
            filled = re.sub(r"<(?:(\w+):)?\w+>", lambda found: _FILLED[found[1] or "str"], rest)
            yield Page(f"/w/<SLUG>{filled}", str(getattr(pattern.callback, "action", "")))


def answer(browser: Client, method: str, address: str) -> HttpResponse:
    """Return what a request is answered; what it changed is undone, so that one page does not hide another."""
    with transaction.atomic():
        response: Any = getattr(browser, method)(address)
        transaction.set_rollback(True)
    found: HttpResponse = response
    return found


def test_the_table_of_the_documentation_is_the_one_that_is_asked() -> None:
    lines = [line.strip("|").split("|") for line in _TABLE.splitlines() if line.startswith("|")][2:]
    shown = {name.strip(): [cell.strip() == "yes" for cell in cells] for name, *cells in lines}

    assert shown == {action: [role in roles for role in Role] for action, roles in MAY.items()}


def test_every_page_of_a_workspace_asks_the_table() -> None:
    found = list(pages())

    assert len(found) > 10
    assert [page.address for page in found if page.action not in MAY] == []


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_role_opens_what_the_table_says(acme: Troupe, role: Role, method: str) -> None:
    browser = browser_of(getattr(acme, role.value).id)

    for page in pages():
        status = answer(browser, method, page.of(acme.slug)).status_code
        if status != _NO_SUCH_METHOD:
            assert (status != 403) == (role in MAY[page.action]), (page, role, status)
        assert status < 500, (page, role, status)


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_s_workspace_is_there(acme: Troupe, method: str) -> None:
    globex = assemble("Globex")
    strangers = [browser_of(globex.owner.id), browser_of(add_outsider().id)]

    for page in pages():
        for browser in strangers:
            foreign = answer(browser, method, page.of(acme.slug))
            missing = answer(browser, method, page.of("no-such-workspace"))
            assert foreign.status_code == missing.status_code, page
            assert foreign.status_code in {404, _NO_SUCH_METHOD}, page
            assert _without_values(foreign) == _without_values(missing), page


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_signed_out_is_sent_to_sign_in(acme: Troupe, method: str) -> None:
    for page in pages():
        for slug in (acme.slug, "no-such-workspace"):
            there = answer(new_browser(), method, page.of(slug))
            if there.status_code == _NO_SUCH_METHOD:
                continue
            assert there.status_code == 302, page
            assert there["Location"].startswith("/account/login/"), page


def test_pages_of_a_workspace_are_kept_by_nobody(acme: Troupe) -> None:
    browser = browser_of(acme.owner.id)

    for page in pages():
        assert "no-store" in answer(browser, "get", page.of(acme.slug))["Cache-Control"], page


def _without_values(response: HttpResponse) -> bytes:
    return re.sub(rb'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', b"", response.content)
