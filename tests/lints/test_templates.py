"""Templates hold nothing that the content security policy would refuse."""

import pytest

from lints import templates
from tests.lints.conftest import MakeTree

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "html",
    [
        "<script src=\"{% static 'tixallo.js' %}\" defer></script>",
        '<script src="{{ address }}"></script>',
        '<script type="application/json">{"a": 1}</script>',
        '<p {% if a > 1 %}class="one"{% endif %}>only once</p>',
        '{# <style>p {}</style> #}<link rel="stylesheet" href="a.css">',
    ],
)
def test_what_the_policy_allows_passes(make_tree: MakeTree, html: str) -> None:
    assert not list(templates.check(make_tree({"tixallo/web/templates/a.html": html})))


@pytest.mark.parametrize(
    "html",
    [
        "<p>\n<script>alert(1)</script>",
        "<p>\n<style>p {}</style>",
        '<p>\n<b style="color: red">',
        '<p>\n<button onclick="go()">',
        '<p>\n<button hx-on:click="go()">',
        '{% if\n a %}<a href=" JavaScript:go()">{% endif %}',
        '<p>\n<br style="clear: both"/>',
    ],
)
def test_what_the_policy_refuses_is_found(make_tree: MakeTree, html: str) -> None:
    found = list(templates.check(make_tree({"tixallo/web/templates/a.html": html})))
    assert [finding.line for finding in found] == [2]
