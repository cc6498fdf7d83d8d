"""What holds of every page: its headers, its files, its language, its errors, and that it comes from localhost."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone, translation
from django.views.decorators.http import require_POST

from tixallo.kit import clock, errors
from tixallo.web import icons, moments, refusals
from tixallo.web.assets import STYLES, assets
from tixallo.web.headers import CONTENT_SECURITY_POLICY

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answered

pytestmark = pytest.mark.once

TIXALLO = Path(__file__).parents[2] / "tixallo"
RAISED: dict[str, Exception] = {
    "unknown": errors.NotFound(),
    "forbidden": errors.Forbidden(),
    "conflict": errors.Conflict("It was merged into #7."),
    "limited": errors.RateLimited(60, 60, 21),
    "busy": errors.Busy(),
    "large": errors.TooLarge(),
    "invalid": errors.Invalid({"name": ["Too long"]}),
    "database": OperationalError("database is locked"),
    "defect": ZeroDivisionError("the reason"),
}


def refuse(request: HttpRequest, why: str) -> HttpResponse:
    raise RAISED[why]


def say(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{translation.get_language()} {timezone.get_current_timezone_name()}")


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("act", act), path("refuse/<str:why>", refuse), path("say", say)]
handler400 = "tixallo.web.refusals.bad_request"
handler403 = "tixallo.web.refusals.forbidden"
handler404 = "tixallo.web.refusals.not_found"
handler500 = "tixallo.web.refusals.failed"

here = override_settings(ROOT_URLCONF=__name__)


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"host": "localhost:8000"})


def text_of(response: Answered) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


# ---- Headers


@here
def test_a_page_carries_the_policy_and_is_kept_by_nobody(visitor: Client) -> None:
    for address in ("/say", "/nothing", "/refuse/defect"):
        headers = visitor.get(address).headers
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert headers["Cache-Control"] == "no-store, private"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_policy_allows_nothing_inline_and_nothing_foreign() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'; ")


# ---- localhost


@here
@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("127.0.0.1:8000", "http://localhost:8000"),
        ("[::1]:9000", "http://localhost:9000"),
        ("127.0.0.1", "http://localhost"),
    ],
)
def test_a_page_asked_for_at_a_loopback_address_is_at_localhost(host: str, found: str) -> None:
    response = Client(headers={"host": host}).get("/say?a=1&b=%2F")
    assert (response.status_code, response["Location"]) == (302, f"{found}/say?a=1&b=%2F")


@here
def test_a_form_sent_to_a_loopback_address_keeps_its_method() -> None:
    assert Client(headers={"host": "127.0.0.1:8000"}).post("/say").status_code == 307


@here
def test_an_origin_at_a_loopback_address_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    monkeypatch.setattr(settings, "TIXALLO", replace(settings.TIXALLO, origin="http://127.0.0.1:8000"))
    assert Client(headers={"host": "127.0.0.1:8000"}).get("/say").status_code == 200


# ---- Language and time zone


@here
@pytest.mark.parametrize(
    ("asked", "spoken"), [("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr", "en"), ("en-US,de;q=0.2", "en"), ("", "en")]
)
def test_a_visitor_is_spoken_to_in_the_browsers_language(visitor: Client, asked: str, spoken: str) -> None:
    response = visitor.get("/say", headers={"accept-language": asked})
    assert response.content.decode().split()[0] == spoken
    assert response["Content-Language"] == spoken


@here
@pytest.mark.parametrize(
    ("cookie", "zone"),
    [("Europe/Berlin", "Europe/Berlin"), ("", "UTC"), ("../../etc/passwd", "UTC"), ("Nowhere/Atall", "UTC")],
)
def test_a_visitors_times_are_in_the_browsers_zone(visitor: Client, cookie: str, zone: str) -> None:
    visitor.cookies["zone"] = cookie
    assert visitor.get("/say").content.decode().split()[1] == zone


# ---- Refusals


@here
@pytest.mark.parametrize(
    ("why", "status", "told"),
    [
        ("conflict", 409, "It was merged into #7."),
        ("limited", 429, "Try again in 21 seconds."),
        ("busy", 503, "Try again in 5 seconds."),
        ("database", 503, "Nothing was changed."),
        ("large", 413, "too large"),
        ("invalid", 400, "Open the page from the navigation."),
    ],
)
def test_a_refusal_says_what_to_do(visitor: Client, why: str, status: int, told: str) -> None:
    response = visitor.get(f"/refuse/{why}")
    assert response.status_code == status
    assert told in text_of(response)
    assert response["HX-Reswap"] == "none"
    if status in {429, 503}:
        assert int(response["Retry-After"]) > 0


@here
def test_a_form_that_is_refused_says_why(visitor: Client) -> None:
    assert "Too long" in text_of(visitor.post("/refuse/invalid"))


@here
def test_an_address_of_a_button_that_is_opened_leads_to_its_page(visitor: Client) -> None:
    response = visitor.get("/act")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Open that page, and use its button." in text_of(response)
    assert visitor.head("/act").status_code == 405


@here
def test_what_is_forbidden_looks_like_what_does_not_exist(visitor: Client) -> None:
    unknown, forbidden, nowhere = (
        visitor.get(f"/{there}") for there in ("refuse/unknown", "refuse/forbidden", "nothing")
    )
    assert (unknown.status_code, forbidden.status_code, nowhere.status_code) == (404, 403, 404)
    assert unknown.content == forbidden.content == nowhere.content


@here
def test_a_defect_has_a_number_that_the_log_has_too(visitor: Client, caplog: pytest.LogCaptureFixture) -> None:
    response = visitor.get("/refuse/defect?q=private")
    number = re.search(r"number ([0-9a-f]{8})", text_of(response))
    assert response.status_code == 500
    assert number
    logged = next(record for record in caplog.records if number[1] in record.getMessage())
    assert logged.exc_info
    assert "private" not in logged.getMessage()
    assert "the reason" not in text_of(response)


@here
def test_a_defect_of_the_pages_themselves_is_told_in_plain_text(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(refusals, "render", lambda *arguments, **named: 1 / 0)
    response = visitor.get("/refuse/defect")
    assert (response.status_code, response["Content-Type"]) == (500, "text/plain; charset=utf-8")
    number = re.search(r"number ([0-9a-f]{8})", response.content.decode())
    assert number
    assert number[1] in caplog.text


@here
def test_a_text_that_was_not_taken_comes_back_and_a_password_does_not(visitor: Client) -> None:
    written = {"text": "Dear customer,\nhere is your <invoice>.", "password": "x" * 60, "name": "short"}
    for why in ("defect", "busy", "conflict"):
        page = visitor.post(f"/refuse/{why}", written).content.decode()
        assert "Dear customer,\nhere is your &lt;invoice&gt;." in page.replace("\r", "")
        assert "xxx" not in page
        assert page.count("<textarea") == 1
        assert "What you wrote is below." in page
        assert "is below" not in visitor.post(f"/refuse/{why}", {"name": "short"}).content.decode()


@here
def test_a_form_without_proof_of_origin_comes_back_with_its_text() -> None:
    from django.test import RequestFactory

    from tixallo.web.refusals import expired

    response = expired(RequestFactory().post("/say", {"text": "A long answer to a long question, as it was written."}))
    assert response.status_code == 403
    assert "A long answer" in response.content.decode()


# ---- Files


def test_a_file_is_kept_for_a_year_under_an_address_that_names_its_content(visitor: Client) -> None:
    response = visitor.get(assets().address(STYLES), headers={"accept-encoding": "gzip, br"})
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Encoding"] == "gzip"
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert gzip.decompress(response.content) == visitor.get(assets().address(STYLES)).content
    assert not response.cookies


def test_a_file_of_another_version_is_served_but_not_kept(visitor: Client) -> None:
    response = visitor.get("/static/0123456789ab/web/js/app.js")
    assert (response.status_code, response["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["web/none.js", "../settings.py", "web/../../settings.py", "", "web"])
def test_what_is_no_file_is_not_found(visitor: Client, name: str) -> None:
    assert visitor.get(f"/static/{assets().digest}/{name}").status_code == 404
    assert visitor.post(assets().address(STYLES)).status_code == 404


def test_the_script_and_style_of_a_page_are_under_80_kilobytes() -> None:
    """Of any page: all that there is, the scripts of all packages and the icons, counted together."""
    everything = {
        name: asset for name, asset in assets().files.items() if name == STYLES or name.endswith((".js", ".svg"))
    }
    assert sum(len(asset.compressed or asset.body) for asset in everything.values()) < 80_000


def test_stylesheets_keep_to_the_layers_and_have_no_foreign_addresses() -> None:
    for name, asset in assets().files.items():
        if name.endswith(".css") and name != STYLES:
            text = re.sub(r"/\*.*?\*/", "", asset.body.decode(), flags=re.DOTALL)
            # Nothing outside a layer but fonts: it would go before everything.
            outside, depth = "", 0
            for character in text:
                depth += {"{": 1, "}": -1}.get(character, 0)
                outside += character if depth == 0 else ""
            rules = [rule.strip() for rule in outside.split("}") if rule.strip()]
            assert all(
                re.match(r"@layer (reset|tokens|base|layout|components|pages|utilities)$|@font-face$", rule)
                for rule in rules
            ), name
            assert "http" not in text, name
            assert "@import" not in text, name


# ---- Tags


def rendered(source: str, **values: object) -> str:
    return Template("{% load web %}" + source).render(Context(values))


def test_a_time_is_relative_with_the_exact_one_at_hand() -> None:
    moment = clock.now() - timedelta(hours=3, minutes=5)
    with timezone.override("Europe/Berlin"):
        tag = rendered("{% when moment %}", moment=moment)
        assert ">3 h ago<" in tag
        assert f'datetime="{clock.rfc3339(moment)}"' in tag
        assert f'title="{moments.exact(moment)}"' in tag
        assert 'tabindex="0"' in tag
        assert "UTC+" in moments.exact(moment)
    assert "tabindex" not in rendered("{% when moment focus=False %}", moment=moment)
    assert rendered('{% when moment otherwise="never used" %}', moment=None) == "never used"


@pytest.mark.parametrize(
    ("ago", "english", "german"),
    [
        (timedelta(seconds=2), "2 s ago", "vor 2 s"),
        (timedelta(minutes=4), "4 min ago", "vor 4 min"),
        (timedelta(days=1, hours=3), "1 day ago", "vor 1 Tag"),
        (timedelta(days=18), "18 days ago", "vor 18 Tagen"),
        (-timedelta(days=6, minutes=1), "in 6 days", "in 6 Tagen"),
    ],
)
def test_relative_times_are_said_in_both_languages(ago: timedelta, english: str, german: str) -> None:
    moment = clock.now() - ago
    assert moments.relative(moment) == english
    with translation.override("de"):
        assert moments.relative(moment) == german


def test_what_is_further_off_is_said_by_its_date() -> None:
    moment = clock.now() - timedelta(days=61)
    day = timezone.localtime(moment)
    assert moments.relative(moment) == f"{day.day} {day:%b} {day.year}"
    with translation.override("de"):
        assert moments.relative(moment).startswith(f"{day.day}. ")


def test_an_icon_is_decoration_or_has_a_name() -> None:
    assert 'aria-hidden="true"' in rendered('{% icon "key-round" %}')
    assert 'role="img" aria-label="&lt;Key&gt;"' in rendered('{% icon "key-round" "<Key>" %}')
    with pytest.raises(KeyError):
        rendered('{% icon "no-such-icon" %}')


def test_every_icon_and_file_that_a_template_names_exists() -> None:
    for template in TIXALLO.rglob("templates/**/*.html"):
        source = template.read_text()
        for name in re.findall(r'\{% icon "([^"]+)"', source):
            assert name in icons.names(), (template, name)
        for name in re.findall(r'\{% asset "([^"]+)"', source):
            assert assets().address(name), (template, name)


def test_a_status_is_an_icon_and_a_word() -> None:
    badge = rendered('{% status_badge "pending" %}')
    assert "<svg" in badge
    assert "Pending" in badge
    assert "visually-hidden" in rendered('{% status_badge "pending" compact=True %}')


@pytest.mark.parametrize(
    ("number", "english", "german"), [(0, "0", "0"), (999, "999", "999"), (1_234_567, "1,234,567", "1.234.567")]
)
def test_thousands_stand_apart_as_the_language_does_it(number: int, english: str, german: str) -> None:
    assert rendered("{{ n|grouped }}", n=number) == english
    with translation.override("de"):
        assert rendered("{{ n|grouped }}", n=number) == german


def test_a_count_is_exact_to_99() -> None:
    assert [rendered("{{ n|count }}", n=n) for n in (0, 99, 100)] == ["0", "99", "99+"]
