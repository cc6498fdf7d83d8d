"""The developer documentation as the server gives it: links, anchors, this server's address, caching."""

import re
from dataclasses import replace
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.test import Client

from tests.docs.pages import RUNNABLE, Page
from tixallo.api import reference
from tixallo.api.routes import ROUTES
from tixallo.web import guides
from tixallo.web.guides import GUIDES, Guide
from tixallo.web.markdown import render

pytestmark = [pytest.mark.once, pytest.mark.django_db]

WITH_FILES = [guide for guide in GUIDES if guide.path]


def html(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_the_documentation_begins_with_its_first_page(browser: Client) -> None:
    assert browser.get("/docs")["Location"] == "/docs/first-request"


def test_a_page_that_is_none_is_not_found(browser: Client) -> None:
    assert browser.get("/docs/settings").status_code == 404


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_every_link_and_anchor_leads_somewhere(browser: Client, guide: Guide) -> None:
    here = f"/docs/{guide.name}"
    for target in re.findall(r'<a [^>]*?href="([^"]+)"', html(browser, here)):
        path, _, anchor = urljoin(here, target).partition("#")
        if "://" in path or path == "/":
            continue
        found = browser.get(path)
        # The API answers for itself, beside the pages.
        assert found.status_code == 200 or path == guides.OPENAPI, target
        if anchor:
            assert f'id="{anchor}"' in found.content.decode(), target


@pytest.mark.parametrize("guide", WITH_FILES, ids=lambda guide: guide.name)
def test_a_page_holds_every_block_and_heading_of_its_file(browser: Client, guide: Guide) -> None:
    shown = html(browser, f"/docs/{guide.name}")
    page = Page(guide.path)
    assert shown.count("<pre class") == len(page.blocks())
    assert shown.count("code-copy") == sum(block.language in RUNNABLE for block in page.blocks())
    assert page.anchors() <= set(re.findall(r'<h\d id="([^"]+)"', shown))


def test_every_refusal_has_an_anchor(browser: Client) -> None:
    anchors = re.findall(r'<h2 id="(\d{3})-[a-z-]+"', html(browser, "/docs/errors"))
    assert {*map(int, anchors)} == {400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 422, 429, 500, 503}


def test_examples_carry_the_address_of_this_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "TIXALLO", replace(settings.TIXALLO, origin="https://support.example"))
    text = guides.text(GUIDES[0])
    assert "curl https://support.example/api/v1/key" in text
    assert "localhost:8000" not in text


def test_the_public_page_may_be_kept_and_is_asked_for_again_by_its_tag(browser: Client) -> None:
    first = browser.get("/docs/errors")
    assert first["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in first.headers
    assert not first.cookies
    again = browser.get("/docs/errors", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_nobody_from_outside_reads_it_in_a_workspace(browser: Client) -> None:
    assert browser.get("/w/acme/docs/errors").status_code == 302


def test_the_text_is_english_in_a_german_frame(browser: Client) -> None:
    shown = browser.get("/docs/errors", headers={"accept-language": "de"}).content.decode()
    assert '<html lang="de"' in shown
    assert '<article class="docs-article" lang="en">' in shown
    assert ">Kopieren</button>" in shown


def test_html_in_markdown_is_text() -> None:
    shown = render('# One\n\n<script>x</script> <img src="x">\n', lambda target: target).html
    assert "<script" not in shown
    assert "<img" not in shown


def test_a_link_that_leads_nowhere_here_leaves_its_words() -> None:
    text = "# One\n\nSee [settings](settings.md), [errors](errors.md#x).\n"
    shown = render(text, lambda target: guides.resolve("docs/a.md", target))
    assert 'See settings, <a href="errors#x">errors</a>.' in shown.html


def test_examples_in_two_languages_stand_in_tabs_and_those_in_one_do_not() -> None:
    two = "# One\n\n```bash\na\n```\n\n```text\nb\n```\n\n```js\nc\n```\n"
    one = "# One\n\n```bash\na\n```\n\n```http\nb\n```\n\n```bash\nc\n```\n"
    assert render(two, str).html.count('role="tab"') == 2
    assert 'role="tab"' not in render(one, str).html


def test_the_reference_has_every_operation_with_an_answer_that_a_guide_shows(browser: Client) -> None:
    operations = {f"{method} {route.path}": about for route in ROUTES for method, (_, about) in route.methods.items()}
    shown = reference.examples()
    assert set(operations) <= set(shown)
    for name, operation in operations.items():
        assert shown[name].status == str(operation.about.status), name
    headings = re.findall(r"<h2 id=\"[^\"]+\"><a[^>]*>([^<]+)</a>", html(browser, "/docs/reference"))
    assert headings == [*operations]


def test_the_reference_says_scope_rules_and_refusals() -> None:
    section = reference.text().partition("## POST /tickets\n")[2].partition("\n## ")[0]
    assert "Scope: `tickets:write`." in section
    assert "| `subject` | required, a text, 1 to 300 characters |" in section
    assert "| `priority` | `low` or `medium` or `high` or `urgent`, `medium` if left out |" in section
    assert "| [409](errors#409-conflict) |" in section
    assert "HTTP/1.1 201 Created" in section
