"""Addresses in what people write become links, and a text without one is spared the search for them."""

import pytest
from django.utils.html import urlize

from tixallo.tickets.templatetags.tickets import linked


@pytest.mark.parametrize(
    "text",
    [
        "See https://acme.example/a?b=1&c=2.",
        "www.acme.com, or acme.org",
        "Write to ada@acme.com!",
        "<b>Not</b> \"a\" link & 'none'. At all: @ . :",
        "Line\n\nafter line. <script>alert(1)</script>",
        "http:// nowhere",
    ],
)
def test_each_text_is_linked_and_escaped_as_django_does_it(text: str) -> None:
    assert linked(text) == urlize(text, nofollow=True, autoescape=True)


def test_an_address_passes_on_no_trust() -> None:
    assert linked("https://acme.example") == '<a href="https://acme.example" rel="nofollow">https://acme.example</a>'
