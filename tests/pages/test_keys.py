"""The list of keys and each key's page: what they show, and what can be done there."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Key, Troupe, add_key, assemble, end_key
from tests.keys.many import add_keys
from tests.keys.statements import raw_statements
from tests.pages.key_stage import count, keys_of, row_of, signed_in, tabs_of, text_of
from tixallo.keys import listing
from tixallo.keys.models import ApiKey, Rotation
from tixallo.kit import clock
from tixallo.kit.ids import new_id
from tixallo.workspaces.models import Event, Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(acme: Troupe) -> Client:
    return signed_in(acme.owner)


def put(key: Key, **fields: Any) -> None:
    ApiKey.objects.filter(id=key.id).update(**fields)


def test_an_empty_list_says_what_a_key_is_for(acme: Troupe, owner: Client) -> None:
    ApiKey.objects.filter(workspace_id=acme.id).delete()
    assert "No keys yet. A key opens Acme to your software" in text_of(owner.get(keys_of(acme)).content)


def test_a_row_says_what_a_key_is_and_when_it_was_used(acme: Troupe, owner: Client) -> None:
    key = add_key(acme.id, name="Billing sync", environment="staging", expires_in=timedelta(days=40))
    used = clock.now() - timedelta(minutes=4)
    put(key, last_used_at=used, last_used_from="203.0.113.9", last_used_client="node", last_used_route="GET /tickets")

    row = row_of(owner.get(keys_of(acme)).content, key)

    assert f"tixstg_{key.public_id[:6]}…{key.text[-4:]}" in row
    for told in ("Billing sync", "staging", "4 min ago", "203.0.113", "node", "GET /tickets", "in 39 days", "Active"):
        assert told in row
    assert key.text.split("_")[2] not in row
    assert "never used" in row_of(owner.get(keys_of(acme)).content, acme.key)


def test_an_environment_that_there_is_not_is_left_out_and_said_so(acme: Troupe, owner: Client) -> None:
    for asked, said in (("nope", "nope"), ("<b>", "&lt;b&gt;"), ("x" * 51, f"{'x' * 49}…")):
        page = owner.get(keys_of(acme), {"environment": asked}).content
        assert f"This list cannot filter by these, so they are left out: Environment “{said}”" in text_of(page)
        assert row_of(page, acme.key)
    for environment in ("", "staging", "production"):
        assert "left out" not in text_of(owner.get(keys_of(acme), {"environment": environment}).content)


def test_each_key_is_in_its_tab_and_counted(acme: Troupe, owner: Client) -> None:
    soon, gone = add_key(acme.id, name="Soon", expires_in=timedelta(days=6)), add_key(acme.id, name="Gone")
    end_key(acme.id, gone.id, "revoke")

    active, attention, revoked = (owner.get(keys_of(acme), {"tab": tab}).content for tab in listing.TABS)

    assert tabs_of(active) == tabs_of(revoked) == [2, 1, 1]
    assert [bool(row_of(page, soon)) for page in (active, attention, revoked)] == [True, True, False]
    assert [bool(row_of(page, gone)) for page in (active, attention, revoked)] == [False, False, True]
    assert [bool(row_of(page, acme.key)) for page in (active, attention, revoked)] == [True, False, False]
    assert "Expires soon" in row_of(active, soon)
    assert "Revoked" in row_of(revoked, gone)


def refused_lately(key: Key) -> None:
    count(key, refused_limit=3)


def refused_long_ago(key: Key) -> None:
    count(key, ago=timedelta(hours=26), refused_limit=3)


def called_after_it_expired(key: Key) -> None:
    put(key, expires_at=clock.now() - timedelta(days=1))
    count(key, refused_expired=1)


def expired_and_silent(key: Key) -> None:
    put(key, expires_at=clock.now() - timedelta(days=1))


def being_rotated(key: Key) -> None:
    workspace_id = ApiKey.objects.get(id=key.id).workspace_id
    successor = add_key(workspace_id)
    Rotation.objects.create(workspace_id=workspace_id, old_key_id=key.id, new_key_id=successor.id, old_name="Old")


def long_ago(key: Key) -> None:
    put(key, created_at=clock.now() - timedelta(days=91))


def long_not_used(key: Key) -> None:
    put(key, created_at=clock.now() - timedelta(days=200), last_used_at=clock.now() - timedelta(days=91))


def used_lately(key: Key) -> None:
    put(key, created_at=clock.now() - timedelta(days=200), last_used_at=clock.now() - timedelta(days=89))


def made_by_somebody_gone(key: Key) -> None:
    member = Membership.objects.filter(workspace_id=ApiKey.objects.get(id=key.id).workspace_id, role="agent").get()
    put(key, maker_id=member.person_id)
    member.delete()


def made_by_a_member(key: Key) -> None:
    member = Membership.objects.filter(workspace_id=ApiKey.objects.get(id=key.id).workspace_id, role="agent").get()
    put(key, maker_id=member.person_id)


def expires_in_15_days(key: Key) -> None:
    put(key, expires_at=clock.now() + timedelta(days=15))


def expires_in_13_days(key: Key) -> None:
    put(key, expires_at=clock.now() + timedelta(days=13))


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (refused_lately, "Requests refused"),
        (refused_lately, "3 refused (429)"),
        (refused_long_ago, ""),
        (called_after_it_expired, "Still called"),
        (expired_and_silent, ""),
        (being_rotated, "Being rotated"),
        (long_ago, "Not used for 90 days"),
        (long_not_used, "Not used for 90 days"),
        (used_lately, ""),
        (made_by_somebody_gone, "Its maker has left"),
        (made_by_a_member, ""),
        (expires_in_13_days, "Expires soon"),
        (expires_in_15_days, ""),
    ],
)
def test_what_needs_attention(acme: Troupe, owner: Client, happens: Any, told: str) -> None:
    key = add_key(acme.id)
    happens(key)

    row = row_of(owner.get(keys_of(acme), {"tab": "attention"}).content, key)

    assert (told in row and bool(row)) if told else row == ""


@pytest.mark.parametrize(("how", "told"), [("disable", "Disabled"), ("expire", "Expired")])
def test_a_key_that_opens_nothing_says_so(acme: Troupe, owner: Client, how: str, told: str) -> None:
    key = add_key(acme.id)
    if how == "expire":
        put(key, expires_at=clock.now() - timedelta(seconds=1))
    else:
        end_key(acme.id, key.id, how)
    assert told in row_of(owner.get(keys_of(acme)).content, key)
    assert told in text_of(owner.get(f"{keys_of(acme)}/{key.id}").content)


def test_one_environment_is_chosen_by_the_address(acme: Troupe, owner: Client) -> None:
    key = add_key(acme.id, environment="staging")

    page = owner.get(keys_of(acme), {"environment": "staging"}).content

    assert tabs_of(page) == [1, 0, 0]
    assert row_of(page, key)
    assert not row_of(page, acme.key)
    assert tabs_of(owner.get(keys_of(acme), {"environment": "moon", "tab": "moon"}).content) == [2, 0, 0]


class Shape(HTMLParser):
    """The elements of a piece of markup, each with the names of its attributes, and its text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def shape_of(page: bytes, key: Key) -> Shape:
    found = re.search(rf'<tr id="key-{key.id}".*?</tr>', page.decode(), re.DOTALL)
    assert found is not None
    return Shape(found[0])


@pytest.mark.parametrize(
    "odd",
    [
        '"><script>alert(1)</script>',
        "' onmouseover='alert(1)' x='",
        "</a></th></tr></table><h1>Gone</h1>",
        "{{ request.user }} {% csrf_token %} {0} %s",
        "&lt;b&gt; &amp; &",
        "\N{RIGHT-TO-LEFT OVERRIDE}\N{HEBREW LETTER ALEF}\N{ARABIC LETTER ALEF} text",
        "\N{KEY}" * 120,
        "W" * 120,
    ],
)
def test_no_text_of_a_key_becomes_markup(acme: Troupe, owner: Client, odd: str) -> None:
    key, now = add_key(acme.id), clock.now()
    put(key, last_used_at=now, last_used_from="203.0.113.9", last_used_client="node", last_used_route="GET /key")
    plain = shape_of(owner.get(keys_of(acme)).content, key)
    cut = odd[:45]
    put(key, name=odd, last_used_from=f"{cut[:-1]}/", last_used_client=odd, last_used_route=odd)

    pages = [owner.get(keys_of(acme)).content, owner.get(f"{keys_of(acme)}/news").content]

    for page in pages:
        row = shape_of(page, key)
        assert row.elements == plain.elements
        assert row.text.count(odd) >= 2
    own = Shape(owner.get(f"{keys_of(acme)}/{key.id}").content.decode())
    assert ("h1",) in own.elements
    assert odd in own.text
    assert len([name for name in own.elements if name[0] in ("h1", "b")]) == 1


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("", (3, 7)),
        ("?tab=attention", (3, 7)),
        ("?tab=revoked", (3, 7)),
        ("/news", (3, 12)),
        ("/{key}", (6, 8)),
        ("/{key}/news", (6, 9)),
        ("/new", (3, 0)),
    ],
)
def test_pages_ask_as_much_for_many_keys_as_for_few(
    acme: Troupe, owner: Client, path: str, most: tuple[int, int]
) -> None:
    address = keys_of(acme) + path.format(key=acme.key.id)

    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as found, raw_statements() as ran:
            assert owner.get(address).status_code == 200
        return len(found), len(ran)

    owner.get(address)
    few = asked()
    add_keys(acme.id, 100)
    for number in range(20):
        count(acme.key, ago=timedelta(hours=number), passed=number, refused_limit=1)
    assert (few, asked()) == (most, most)


def test_what_does_not_fit_follows(acme: Troupe, owner: Client) -> None:
    add_keys(acme.id, listing.ROWS + 1)

    first = owner.get(keys_of(acme)).content
    more = re.search(r'href="(\?after=[^"]+)">Load more', first.decode())
    assert more is not None
    second = owner.get(keys_of(acme) + more[1]).content

    assert [page.count(b"<tr id=") for page in (first, second)] == [listing.ROWS, 2]
    assert b"Load more" not in second


@pytest.mark.parametrize("cursor", ["x", "AAAA", "%00"])
def test_a_broken_cursor_is_refused(acme: Troupe, owner: Client, cursor: str) -> None:
    assert owner.get(f"{keys_of(acme)}?after={cursor}").status_code == 400


def test_a_key_s_page_says_what_it_is_and_its_life(acme: Troupe, owner: Client) -> None:
    key = add_key(acme.id, name="Billing sync", limit=60, allowed=["tickets:read"], expires_in=timedelta(days=90))
    address = f"{keys_of(acme)}/{key.id}"

    owner.post(f"{address}/name", {"name": "Monthly export"})
    owner.post(f"{address}/disable")
    assert "“Monthly export” is disabled. Its requests get 401 until you enable it." in text_of(
        owner.get(address).content
    )
    owner.post(f"{address}/enable")
    owner.post(f"{address}/revoke", {"reason": "exposed"})
    page = text_of(owner.get(address).content)

    for told in (
        key.public_id,
        "60 requests in 60 seconds",
        "tickets:read",
        "“Billing sync” is now “Monthly export”",
        "Exposed: somebody else may have it",
        f"Revoked 1 s ago by {acme.owner.name}",
    ):
        assert told in page
    types = Event.objects.filter(workspace_id=acme.id, subject_id=key.id).order_by("revision").values_list("type")
    assert [found for (found,) in types] == [
        *("key.created", "key.renamed", "key.disabled", "key.enabled", "key.revoked")
    ]
    kept = ApiKey.objects.get(id=key.id)
    assert (kept.revoked_by, kept.revoked_reason) == (acme.owner.name, "exposed")


def test_revoking_asks_first_and_says_when_the_key_was_used(acme: Troupe, owner: Client) -> None:
    put(acme.key, last_used_at=clock.now() - timedelta(minutes=4))

    page = text_of(owner.get(f"{keys_of(acme)}/{acme.key.id}/revoke").content)

    assert "Revoke “Acme key”? It was used 4 min ago . Its requests will get 401. This is final." in page
    assert ApiKey.objects.get(id=acme.key.id).revoked_at is None


@pytest.mark.parametrize("reason", ["", "because"])
def test_a_key_is_not_revoked_without_one_of_the_reasons(acme: Troupe, owner: Client, reason: str) -> None:
    assert owner.post(f"{keys_of(acme)}/{acme.key.id}/revoke", {"reason": reason}).status_code == 422
    assert ApiKey.objects.get(id=acme.key.id).revoked_at is None


@pytest.mark.parametrize("act", ["disable", "enable", "revoke"])
def test_a_revoked_key_stays_revoked(acme: Troupe, owner: Client, act: str) -> None:
    end_key(acme.id, acme.key.id, "revoke")
    answer = owner.post(f"{keys_of(acme)}/{acme.key.id}/{act}", {"reason": "other"}, follow=True)
    assert answer.status_code == 200
    assert ApiKey.objects.get(id=acme.key.id).state() == "revoked"
    assert b"/revoke" not in answer.content


def test_a_name_that_is_none_is_refused(acme: Troupe, owner: Client) -> None:
    for name in (" ", "a\nb", "a\x1b[31mb"):
        assert owner.post(f"{keys_of(acme)}/{acme.key.id}/name", {"name": name}).status_code == 422


@pytest.mark.parametrize("rest", ["", "/name", "/revoke", "/first-use"])
def test_another_workspace_s_key_is_not_there(acme: Troupe, owner: Client, rest: str) -> None:
    globex = assemble("Globex")
    for key_id in (globex.key.id, new_id(), "none"):
        assert owner.get(f"{keys_of(acme)}/{key_id}{rest}").status_code == 404


@pytest.mark.parametrize("act", ["name", "disable", "enable", "revoke"])
def test_another_workspace_s_key_is_not_changed(acme: Troupe, owner: Client, act: str) -> None:
    globex = assemble("Globex")
    sent = {"name": "Mine", "reason": "other"}
    assert owner.post(f"{keys_of(acme)}/{globex.key.id}/{act}", sent).status_code == 404
    kept = ApiKey.objects.get(id=globex.key.id)
    assert (kept.name, kept.state()) == ("Globex key", "active")
