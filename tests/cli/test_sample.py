"""`tixallo sample`: what the first start makes, shows once, and never makes again."""

import http.client
import json
import os
import re
import shlex
import subprocess
import time
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.cast import Client
from tests.conftest import NewServer
from tests.openapi import Document
from tests.servers import Server

_KEY = re.compile(r"^ +(tixdevel_\w+)$", re.MULTILINE)


@pytest.fixture
def fresh(new_server: NewServer) -> Server:
    """A server that has not been started and has no data."""
    return new_server(start=False)


def _sample(server: Server, *options: str) -> str:
    return server.run("sample", "--data", str(server.data), *options).stdout


def _read(server: Server, key: str, path: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/api/v1/openapi.json")
    client = Client(server, Document(connection.getresponse().read()))
    connection.close()
    try:
        return client.send("GET", path, key=key).data
    finally:
        client.close()


def test_the_first_start_finds_six_tickets_of_all_kinds(fresh: Server) -> None:
    key = _KEY.findall(_sample(fresh, "--port", str(fresh.port)))[0]
    fresh.start()
    tickets = _read(fresh, key, "/api/v1/tickets")
    assert [ticket["ticket_number"] for ticket in tickets] == [6, 5, 4, 3, 2, 1]
    assert all("sample" in ticket["tags"] for ticket in tickets)
    assert {ticket["status"] for ticket in tickets} == {"new", "open", "pending", "resolved", "closed"}
    assert {ticket["priority"] for ticket in tickets} == {"low", "medium", "high", "urgent"}
    customers = _read(fresh, key, "/api/v1/customers")
    assert all(customer["email"].endswith(".example") for customer in customers)
    assert {company["name"] for company in _read(fresh, key, "/api/v1/companies")} == {"Globex", "Alder Logistics"}
    assert sum(customer["company_id"] is not None for customer in customers) == 4
    spoken = [_read(fresh, key, f"/api/v1/tickets/{ticket['id']}")["messages"] for ticket in tickets]
    assert {message["author"]["type"] for messages in spoken for message in messages} == {"customer", "agent"}
    assert _read(fresh, key, "/api/v1/tickets?q=umlaut") == []
    assert len(_read(fresh, key, "/api/v1/tickets?q=globex+billing")) == 1
    assert _read(fresh, key, "/api/v1/key")["name"] == "First key"
    assert _read(fresh, key, "/api/v1/key")["environment"] == "development"
    assert fresh.run("audit", "verify").stdout.startswith("acme: ")


def test_the_key_is_shown_once_with_its_warning(fresh: Server) -> None:
    said = _sample(fresh)
    (key,) = _KEY.findall(said)
    assert said.count(key) == 1
    assert "Copy this key now. Only a fingerprint is kept; it cannot be shown again." in said
    assert _sample(fresh) == ""
    listed = fresh.run("key", "list", "--workspace", "acme").stdout
    assert "First key" in listed
    assert key not in listed


def test_where_there_is_a_workspace_nothing_is_done(fresh: Server) -> None:
    fresh.run("workspace", "create", "Globex", "--owner", "owner@globex.example")
    run = fresh.run("sample", "--data", str(fresh.data))
    assert (run.stdout, run.stderr) == ("", "")
    assert fresh.run("sample", "--data", str(fresh.data)).stdout == ""
    assert "acme" not in fresh.run("audit", "verify").stdout


def test_it_is_quick_where_there_is_nothing_to_do(fresh: Server) -> None:
    _sample(fresh)
    began = time.monotonic()
    _sample(fresh)
    # A third of a second on an idle machine.
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("options", "environment", "origin"),
    [
        ((), {}, "http://localhost:8000"),
        (("--port", "9000"), {}, "http://localhost:9000"),
        (("--port", "9000", "--host", "::1"), {"TIXALLO_PORT": "9001"}, "http://localhost:9000"),
        ((), {"TIXALLO_ORIGIN": "https://support.example"}, "https://support.example"),
    ],
)
def test_the_curl_line_names_this_server(
    new_server: NewServer, options: tuple[str, ...], environment: dict[str, str], origin: str
) -> None:
    said = _sample(new_server(start=False, **environment), *options)
    assert f"curl {origin}/api/v1/tickets" in said


def test_the_lines_it_shows_work_as_they_stand(fresh: Server) -> None:
    said = _sample(fresh, "--port", str(fresh.port))
    (key,) = _KEY.findall(said)
    reading = next(line.strip() for line in said.splitlines() if "read -rs" in line)
    curl = said[said.index("curl ") :].strip()
    assert reading == "read -rs TIXALLO_API_KEY; export TIXALLO_API_KEY"
    assert shlex.split(curl.replace("\\\n", ""))[1:] == [
        f"http://localhost:{fresh.port}/api/v1/tickets",
        "-H",
        "Authorization: Bearer $TIXALLO_API_KEY",
        "-H",
        "Content-Type: application/json",
    ]
    fresh.start()
    run = subprocess.run(
        ["bash", "-c", f"{reading}\n{curl} --silent --show-error --fail --noproxy localhost"],
        input=f"{key}\n",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout)["data"][0]["ticket_number"] == 6


def test_a_setting_of_no_use_is_one_sentence(fresh: Server) -> None:
    run = fresh.run("sample", "--data", str(fresh.data), "--port", "high", check=False)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "TIXALLO_PORT" in run.stderr


def test_links_lead_to_the_server_that_the_options_describe(fresh: Server) -> None:
    server = ("--host", "127.0.0.1", "--port", str(fresh.port))
    welcome = fresh.run("welcome", "--data", str(fresh.data), *server).stdout
    fresh.run("workspace", "create", "Acme", "--owner", "owner@acme.example")
    reset = fresh.run("person", "reset", "owner@acme.example", "--data", str(fresh.data), *server).stdout
    for link in (welcome, reset):
        assert urlsplit(link.strip()).netloc.endswith(f":{fresh.port}")
    refused = fresh.run("welcome", "--port", "high", check=False)
    assert refused.returncode == 2
    assert "TIXALLO_PORT" in refused.stderr


def test_links_lead_to_the_server_that_runs_on_the_data(fresh: Server) -> None:
    before = fresh.run("welcome").stdout
    assert before.startswith("http://localhost:8000/")
    fresh.start()
    here = f"http://localhost:{fresh.port}/"
    assert fresh.run("welcome").stdout.startswith(here)
    fresh.run("workspace", "create", "Acme", "--owner", "owner@acme.example")
    reset = fresh.run("person", "reset", "owner@acme.example", "--data", str(fresh.data)).stdout
    assert reset.startswith(here)
    with urllib.request.urlopen(reset.strip()) as answer:
        assert answer.status == 200
    # What the caller says goes before what the server noted.
    assert fresh.run("welcome", "--again", "--port", "9443").stdout.startswith("http://localhost:9443/")
    fresh.environment["TIXALLO_ORIGIN"] = "https://support.example"
    assert fresh.run("welcome", "--again").stdout.startswith("https://support.example/")
    del fresh.environment["TIXALLO_ORIGIN"]
    fresh.stop()
    assert fresh.run("welcome", "--again").stdout.startswith("http://localhost:8000/")
