"""Cookies over TLS and at localhost, from real servers: names, flags, and who is believed about TLS."""

import http.client
import re
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.backstage import Backstage
from tests.cast import assemble
from tests.conftest import NewServer
from tests.servers import Server
from tixallo.workspaces.models import Person

pytestmark = pytest.mark.once

PASSWORD = "correct horse battery"
_TLS = {"Host": "support.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}


class Answer:
    """What a server answered: status, headers, text, and the cookies it set."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()
        self.set_cookies = response.headers.get_all("Set-Cookie") or []
        self.cookies = SimpleCookie("; ".join(line.strip().partition(";")[0] for line in self.set_cookies))


def ask(server: Server, method: str, path: str, headers: dict[str, str], form: dict[str, str] | None = None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    kind = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path, None if form is None else urlencode(form), {**headers, **kind})
    answer = Answer(connection.getresponse())
    connection.close()
    return answer


def give_password() -> str:
    """Make Acme, and return the address of its agent, who has a password now."""
    person = Person.objects.get(id=assemble().agent.id)
    person.set_password(PASSWORD)
    person.save()
    return person.email


def sign_in(server: Server, headers: dict[str, str], origin: str) -> Answer:
    backstage = Backstage(server)
    email = backstage(give_password)
    backstage.close()
    page = ask(server, "GET", "/account/login/", headers)
    token, *_ = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    sent = {**headers, "Origin": origin, "Cookie": page.cookies.output(attrs=[], header="", sep=";").strip()}
    form = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    return ask(server, "POST", "/account/login/", sent, form)


def test_over_tls_cookies_belong_to_the_host_and_to_tls_alone(new_server: NewServer) -> None:
    server = new_server(TIXALLO_ORIGIN="https://support.example", TIXALLO_TRUSTED_PROXIES="127.0.0.1")

    plain = ask(server, "GET", "/account/login/", {"Host": "support.example"})
    answer = sign_in(server, _TLS, "https://support.example")
    forged = sign_in(server, _TLS, "https://evil.example")

    assert (plain.status, plain.headers["Location"]) == (301, "https://support.example/account/login/")
    assert plain.set_cookies == []
    assert answer.status == 302
    assert forged.status == 403
    (session,) = [line.strip() for line in answer.set_cookies if line.strip().startswith("__Host-session=")]
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in session.split(";")}
    assert "Domain" not in session


@pytest.mark.parametrize("secure", [True, False])
def test_every_cookie_belongs_to_the_host_or_the_port(new_server: NewServer, secure: bool) -> None:
    given: dict[str, Any] = (
        {"TIXALLO_ORIGIN": "https://support.example", "TIXALLO_TRUSTED_PROXIES": "127.0.0.1"} if secure else {}
    )
    server = new_server(**given)
    headers = _TLS if secure else {"Host": f"localhost:{server.port}"}
    origin = "https://support.example" if secure else f"http://localhost:{server.port}"
    prefix = "__Host-" if secure else f"tixallo_{server.port}_"

    came = sign_in(server, headers, origin)
    cookie = came.cookies.output(attrs=[], header="", sep=";").strip()
    home = ask(server, "GET", "/", {**headers, "Cookie": cookie})
    page = ask(server, "GET", home.headers["Location"], {**headers, "Cookie": cookie})
    token, *_ = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    sent = {**headers, "Origin": origin, "Cookie": cookie}
    form = {"csrfmiddlewaretoken": token, "status": "resolved"}
    workspace = "/".join(home.headers["Location"].split("/")[:3])
    told = ask(server, "POST", f"{workspace}/tickets/bulk", sent, form)

    assert told.status == 302
    lines = [line.strip() for answer in (came, home, page, told) for line in answer.set_cookies]
    named = {line.partition("=")[0] for line in lines}
    assert named == {f"{prefix}{name}" for name in ("session", "csrf", "messages")}
    for line in lines:
        parts = {part.strip() for part in line.split(";")}
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert ("Secure" in parts) is secure
        assert "Domain" not in line


def test_over_tls_browsers_are_told_to_come_by_nothing_else(new_server: NewServer, server: Server) -> None:
    secure = new_server(TIXALLO_ORIGIN="https://support.example", TIXALLO_TRUSTED_PROXIES="127.0.0.1")
    name = "Strict-Transport-Security"

    for path in ("/account/login/", "/api/v1/key", "/api/v1/openapi.json"):
        assert ask(secure, "GET", path, _TLS).headers[name] == "max-age=2592000"
        # What is said in clear anybody could have said (RFC 6797, section 7.2).
        assert name not in ask(secure, "GET", path, {"Host": "support.example"}).headers
        assert name not in ask(server, "GET", path, {"Host": f"localhost:{server.port}"}).headers


def test_a_stranger_s_word_about_tls_is_not_taken(new_server: NewServer) -> None:
    server = new_server(TIXALLO_ORIGIN="https://support.example")

    assert ask(server, "GET", "/account/login/", _TLS).status == 301


def test_at_localhost_cookies_carry_the_port(server: Server) -> None:
    there = {"Host": f"localhost:{server.port}"}

    answer = sign_in(server, there, f"http://localhost:{server.port}")

    (session,) = [line.strip() for line in answer.set_cookies if "_session=" in line]
    assert session.startswith(f"tixallo_{server.port}_session=")
    assert "HttpOnly" in session
    assert "Secure" not in session
