"""The numbers on the pages are those of the code."""

import re

import pytest

from tests.docs.pages import ROOT, Page, rows
from tixallo.api import openapi
from tixallo.api.routes import ROUTES
from tixallo.cli import child, web
from tixallo.config import kinds
from tixallo.customers.inputs import LONGEST_DOMAIN, MOST_DOMAINS
from tixallo.events.api import FeedPlace
from tixallo.events.shapes import FIELDS
from tixallo.keys.limiting import WINDOW_SECONDS
from tixallo.keys.making import LONGEST_LIFE
from tixallo.keys.models import DEFAULT_LIMIT, LARGEST_LIMIT
from tixallo.keys.scopes import SCOPES
from tixallo.keys.token import ALPHABET, CHECKSUM_LENGTH, PUBLIC_ID_LENGTH, SECRET_LENGTH, generate
from tixallo.keys.usage import FLUSH_SECONDS
from tixallo.kit import due
from tixallo.kit.bodies import BODY_SECONDS
from tixallo.kit.errors import BUSY_SECONDS
from tixallo.kit.fields import LONGEST_EMAIL
from tixallo.kit.paging import Page as ListPage
from tixallo.kit.requests import MOST_BODY_BYTES, MOST_PARAMETERS, MOST_QUERY_BYTES
from tixallo.kit.text import LONGEST_WORD
from tixallo.kit.transactions import LOCK_SECONDS
from tixallo.tickets.inputs import Merge, NewMessage, NewTicket, TicketEdits, TicketFilter
from tixallo.tickets.models import LONGEST_SUBJECT, LONGEST_TAG, LONGEST_TEXT, MOST_TAGS
from tixallo.tickets.searching import MOST_TEXT, MOST_WORDS_ASKED
from tixallo.tickets.shapes import TICKET
from tixallo.workspaces.models import LONGEST_NAME
from tixallo.workspaces.retries import KEPT_FOR, LONGEST_KEY

pytestmark = pytest.mark.once


def most(path: str, parameter: str) -> int:
    """The largest value, or length, of a query parameter, as the OpenAPI document says it."""
    parameters = openapi.document()["paths"][f"/api/v1{path}"]["get"]["parameters"]
    schema = next(each["schema"] for each in parameters if each["name"] == parameter)
    return int(schema["maximum" if schema["type"] == "integer" else "maxLength"])


def test_the_table_of_sizes_is_true() -> None:
    q = most("/tickets", "q")
    assert rows(Page("docs/limits.md").section("Sizes")) == [
        ["a body", f"{MOST_BODY_BYTES:,} bytes (1 MiB)"],
        ["the time for a body to arrive", f"{BODY_SECONDS:.0f} seconds"],
        ["the request line and the header fields together", f"{web.HEAD_BYTES:,} bytes (64 KiB)"],
        ["header fields", "100"],
        ["the time for them to arrive, and of an idle connection", f"{web.HEAD_SECONDS} seconds"],
        ["a query string", f"{MOST_QUERY_BYTES:,} bytes"],
        ["query parameters", f"{MOST_PARAMETERS}"],
        ["a subject", f"{LONGEST_SUBJECT} characters"],
        ["a description, a message", f"{LONGEST_TEXT:,} characters"],
        ["an e-mail address", f"{LONGEST_EMAIL} characters"],
        ["a name", f"{LONGEST_NAME} characters"],
        ["tags on a ticket", f"{MOST_TAGS}"],
        ["a tag", f"{LONGEST_TAG} characters"],
        ["domains of a company", f"{MOST_DOMAINS}"],
        ["a domain", f"{LONGEST_DOMAIN} characters"],
        ["entries in a page", f"{most('/tickets', 'limit')}"],
        ["events in a page", f"{most('/events', 'limit')}"],
        ["words to search for", f"{q} characters, {MOST_WORDS_ASKED} words"],
        ["words of a ticket that searching finds", f"{MOST_TEXT:,} bytes"],
        ["an `Idempotency-Key`", f"{LONGEST_KEY} characters"],
        ["how long its answer is kept", f"{KEPT_FOR.total_seconds() / 3600:.0f} hours"],
    ]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("docs/limits.md", f"may make {DEFAULT_LIMIT} requests in {WINDOW_SECONDS} seconds"),
        ("docs/limits.md", f"from 1 to {LARGEST_LIMIT:,}"),
        ("docs/command-line.md", f"at most {LONGEST_LIFE.days}"),
        ("docs/command-line.md", f"requests in {WINDOW_SECONDS} seconds; {DEFAULT_LIMIT} if left out"),
        ("docs/tickets.md", f"required, 1 to {LONGEST_SUBJECT} characters"),
        ("docs/tickets.md", f"required, 1 to {LONGEST_TEXT:,} characters"),
        ("docs/tickets.md", f"at most {MOST_TAGS}, each of 1 to {LONGEST_TAG} characters"),
        ("docs/tickets.md", f"how many, 1 to {most('/tickets', 'limit')}; {ListPage().limit} if left out"),
        ("docs/tickets.md", f"at most {MOST_DOMAINS} entries"),
        ("docs/events.md", f"how many, 1 to {most('/events', 'limit')}; {FeedPlace().limit} if left out"),
        ("docs/search.md", f"`q` may have {most('/tickets', 'q')} characters and {MOST_WORDS_ASKED} words"),
        ("docs/search.md", f"more than {MOST_TEXT:,} bytes of words"),
        ("docs/search.md", f"more than {LONGEST_WORD} letters"),
        ("docs/retries.md", f"1 to {LONGEST_KEY} visible ASCII characters"),
        ("docs/retries.md", f"kept for {KEPT_FOR.total_seconds() / 3600:.0f} hours"),
        ("docs/architecture.md", f"at most {due.MOST_ATTEMPTS} times"),
        ("docs/decisions/0007-the-search-index-stands-alone.md", f"{MOST_TEXT:,} bytes of words"),
        ("docs/decisions/0008-due-rows-instead-of-a-broker.md", f"After {due.MOST_ATTEMPTS} tries"),
        ("docs/keys.md", f"{len(str(generate('production')))} characters for production"),
        ("docs/keys.md", f"public id** ({PUBLIC_ID_LENGTH} characters)"),
        ("docs/keys.md", f"({SECRET_LENGTH} characters of an alphabet of {len(ALPHABET)})"),
        ("docs/install.md", f"within {child.STOP_SECONDS} seconds"),
    ],
)
def test_a_sentence_with_a_number_is_true(path: str, sentence: str) -> None:
    assert sentence in re.sub(r"\s+", " ", Page(path).text)


def test_numbers_that_are_written_out_are_still_these() -> None:
    # “ten seconds” (errors, retries), “every five seconds” (keys), “a minute”, “an hour” (due rows), six digits (keys).
    assert (LOCK_SECONDS, FLUSH_SECONDS, CHECKSUM_LENGTH) == (10, 5, 6)
    assert (due.LEASE.total_seconds(), due.LONGEST_WAIT.total_seconds()) == (60, 3600)
    # The examples wait as long as they are told, whatever it is.
    assert BUSY_SECONDS > 0


def test_every_route_is_on_the_page_with_its_scope() -> None:
    table = Page("docs/tickets.md").text.partition("## Open a ticket")[0]
    shown = {(row[0].strip("`"), row[1].strip("`").replace("any key", "")) for row in rows(table)}
    assert shown == {
        (f"{method} {route.path}", scope) for route in ROUTES for method, (scope, _) in route.methods.items()
    }


def test_every_scope_is_explained() -> None:
    shown = {row[0].strip("`") for row in rows(Page("docs/authentication.md").section("What a key opens"))}
    assert shown == set(SCOPES)


def test_every_event_type_is_explained() -> None:
    shown = {row[0].strip("`") for row in rows(Page("docs/events.md").section("Types"))}
    assert shown == set(FIELDS)


@pytest.mark.parametrize(
    ("heading", "fields"),
    [
        ("Open a ticket", {*NewTicket.model_fields, *(field.name for field in TICKET.fields)}),
        ("List tickets", {*TicketFilter.model_fields}),
        ("Add a message", {*NewMessage.model_fields}),
        ("Change a ticket", {*TicketEdits.model_fields}),
        ("Merging", {*Merge.model_fields}),
    ],
)
def test_every_field_and_filter_is_explained(heading: str, fields: set[str]) -> None:
    names = [name for row in rows(Page("docs/tickets.md").section(heading)) for name in row[0].split(",")]
    assert {name.strip(" `") for name in names if "`" in name} == fields


def test_every_file_of_the_keys_is_explained() -> None:
    page = Page("docs/keys.md")
    shown = {name for row in rows(page.text.partition("\n## ")[0]) for name in re.findall(r"\w+\.py", row[0])}
    files = {path.name for path in (ROOT / "tixallo/keys").glob("*.py")}
    assert shown == files - {"__init__.py", "apps.py"}


def test_every_package_is_in_the_architecture() -> None:
    shown = {
        name for row in rows(Page("docs/architecture.md").section("Packages")) for name in re.findall(r"\w+", row[0])
    }
    assert shown == {path.parent.name for path in (ROOT / "tixallo").glob("*/__init__.py")}


def test_every_kind_of_due_row_is_in_the_architecture() -> None:
    section = " ".join(Page("docs/architecture.md").section("Later").split())
    told = section.partition("Today's kinds: ")[2].partition(".")[0].split(", ")
    assert len(told) == len(kinds.MODULES)
