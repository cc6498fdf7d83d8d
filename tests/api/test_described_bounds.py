"""The OpenAPI document says how large a page may be in JSON Schema's own words."""

import pytest

from tixallo.api import openapi

pytestmark = pytest.mark.once


@pytest.mark.parametrize(("path", "largest"), [("/api/v1/tickets", 50), ("/api/v1/events", 100)])
def test_a_page_has_its_bounds(path: str, largest: int) -> None:
    parameters = openapi.document()["paths"][path]["get"]["parameters"]
    schema = next(each["schema"] for each in parameters if each["name"] == "limit")
    assert (schema["type"], schema["minimum"], schema["maximum"]) == ("integer", 1, largest)
