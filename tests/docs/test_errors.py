"""docs/errors.md has every status and text of a refusal, and they are the API's own."""

import re

import pytest

from tests.docs.pages import Page, rows
from tixallo.api import openapi
from tixallo.api.routes import ROUTES
from tixallo.workspaces.operations import Writing
from tixallo.workspaces.retries import IN_PROGRESS

pytestmark = pytest.mark.once

PAGE = Page("docs/errors.md")


def described() -> set[str]:
    """The statuses of refusals in the OpenAPI document."""
    operations = [each for path in openapi.document()["paths"].values() for each in path.values()]
    return {status for operation in operations for status in operation["responses"] if status >= "400"}


def test_every_status_that_an_operation_can_answer_is_on_the_page() -> None:
    headings = {line[3:6] for _, line in PAGE.prose() if re.match(r"## \d{3} ", line)}
    # No operation answers 405: that comes where there is none.
    assert headings - {"405"} == described()


def test_the_overview_leads_to_every_heading() -> None:
    headings = {line.removeprefix("## ") for _, line in PAGE.prose() if re.match(r"## \d{3} ", line)}
    overview = rows(PAGE.text.partition("\n## ")[0])
    assert len(overview) == len(headings)
    linked = {row[0].partition("(#")[2].rstrip(")") for row in overview}
    assert linked == {anchor for anchor in PAGE.anchors() if anchor[:3].isdecimal()}


def test_every_clash_is_on_the_page() -> None:
    shown = {row[0] for row in rows(PAGE.section("409 Conflict"))}
    declared = {
        clash
        for route in ROUTES
        for _, operation in route.methods.values()
        if isinstance(operation, Writing)
        for clash in operation.about.clashes
    }
    assert shown == declared | {IN_PROGRESS}
