"""The command, as a person at a terminal uses it: keys, the log, what is due, and whether a deployment is sound."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import NewServer
from tests.databases import Cluster
from tests.scratch import Scratch
from tests.servers import Server


def with_acme(data: Server) -> Server:
    """Return data with a workspace in it."""
    data.run("workspace", "create", "Acme", "--owner", "owner@acme.example", "--slug", "acme")
    return data


@pytest.fixture(scope="module")
def unchanged(scratch: Scratch, cluster: Cluster | None) -> Iterator[Server]:
    """Data with a workspace, without a server, that no test may change."""
    data = with_acme(Server(scratch, cluster))
    yield data
    data.close()


@pytest.fixture
def acme(new_server: NewServer) -> Server:
    """The same for one test alone."""
    return with_acme(new_server(start=False))


def refused(run: subprocess.CompletedProcess[str], status: int = 1) -> str:
    """Return the one sentence with which a command refused."""
    assert run.returncode == status
    assert not run.stdout
    assert run.stderr.startswith("tixallo: ")
    assert run.stderr.count("\n") == 1
    return run.stderr.removeprefix("tixallo: ").strip()


@pytest.mark.parametrize("words", [("key", "list", "--workspace", "acme", "--json"), ("audit", "verify")], ids=" ".join)
def test_a_reader_that_goes_ends_a_command_quietly(unchanged: Server, words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        run = subprocess.run(
            [sys.executable, "-m", "tixallo.cli.main", *words],
            stdout=writing,
            stderr=subprocess.PIPE,
            env={**os.environ, **unchanged.environment},
            check=False,
            timeout=60,
        )
    finally:
        os.close(writing)

    assert (run.returncode, run.stderr) == (128 + 13, b"")


def test_a_new_key_stands_alone_on_standard_output(acme: Server) -> None:
    made = acme.run("key", "create", "--workspace", "acme", "--name", "Billing sync")
    assert re.fullmatch(r"tixprod_\w+\n", made.stdout)
    assert "cannot be shown again" in made.stderr


def test_scopes_follow_one_another_or_their_option_each_time(acme: Server) -> None:
    scopes = ("--scope", "tickets:read", "customers:read", "--scope", "tickets:write")
    acme.run("key", "create", *scopes, "--workspace", "acme", "--name", "Several")
    [key] = json.loads(acme.run("key", "list", "--workspace", "acme", "--json").stdout)
    assert sorted(key["scopes"]) == ["customers:read", "tickets:read", "tickets:write"]


def test_a_key_lives_through_its_states(acme: Server) -> None:
    options = ("--environment", "staging", "--expires", "90", "--limit", "5", "--scope", "tickets:read")
    text = acme.run("key", "create", "--workspace", "acme", "--name", "Preview", *options).stdout.strip()
    assert text.startswith("tixstg_")

    def listed() -> dict[str, object]:
        [key] = json.loads(acme.run("key", "list", "--workspace", "acme", "--json").stdout)
        return dict(key)

    key = listed()
    assert (key["environment"], key["limit"], key["scopes"], key["state"]) == ("staging", 5, ["tickets:read"], "active")
    assert text not in json.dumps(key)
    public_id = str(key["public_id"])
    assert acme.run("key", "disable", public_id).stdout == "Key “Preview” is disabled.\n"
    assert listed()["state"] == "disabled"
    acme.run("key", "enable", str(key["id"]))
    assert listed()["state"] == "active"
    acme.run("key", "revoke", public_id, "--reason", "replaced")
    key = listed()
    assert (key["state"], key["revoked_reason"]) == ("revoked", "replaced")
    assert refused(acme.run("key", "enable", public_id, check=False)) == "Key has been revoked"
    table = acme.run("key", "list", "--workspace", "acme").stdout.splitlines()
    assert table[0].split()[:2] == ["ID", "NAME"]
    assert "revoked" in table[1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("key", "create", "--workspace", "globex", "--name", "x"), "There is no workspace “globex”."),
        (("key", "list", "--workspace", "globex"), "There is no workspace “globex”."),
        (("key", "create", "--workspace", "acme", "--name", " "), "name: Must have 1 to 120 characters"),
        (("key", "create", "--workspace", "acme", "--name", "x", "--scope", "all"), "scopes: Must be one or more of"),
        (("key", "create", "--workspace", "acme", "--name", "x", "--limit", "0"), "limit: Must be 1 to 1000000"),
        (("key", "create", "--workspace", "acme", "--name", "x", "--expires", "0"), "expires: Must be 1 to 3650 days"),
        (("key", "revoke", "BCDFGHJKLMNP"), "There is no key “BCDFGHJKLMNP”."),
        (("workspace", "create", "Again", "--owner", "o@acme.example", "--slug", "acme"), "slug: “acme” is in use"),
        (("workspace", "create", "Bad", "--owner", "nobody"), "owner: Invalid email"),
        (("workspace", "create", "Bad", "--owner", "o@acme.example", "--slug", "No Slug"), "slug: Must be 1 to 63"),
        (("audit", "verify", "--workspace", "globex"), "There is no workspace “globex”."),
        (("due", "retry", "nothing"), "Nothing that was given up has this id."),
    ],
)
def test_a_refusal_is_one_sentence(unchanged: Server, arguments: tuple[str, ...], told: str) -> None:
    assert refused(unchanged.run(*arguments, check=False)).startswith(told)


def test_the_audit_says_that_the_chain_is_whole(unchanged: Server) -> None:
    assert unchanged.run("audit", "verify").stdout == "acme: 2 events, the chain is whole\n"


def test_what_waits_for_the_worker_is_listed(acme: Server) -> None:
    acme.run("key", "create", "--workspace", "acme", "--name", "Short", "--expires", "1")
    assert "keys.expiry" in acme.run("due", "list").stdout
    assert acme.run("due", "list", "--dead").stdout == ""
    assert acme.run("due", "retry", "all").stdout == "0 will be tried again.\n"


def test_a_sound_deployment_is_called_sound(unchanged: Server) -> None:
    checked = unchanged.run("check")
    assert all(line.startswith("ok ") for line in checked.stdout.splitlines())


def test_an_unsound_deployment_is_named(acme: Server) -> None:
    acme.data.chmod(0o755)
    checked = acme.run("check", check=False)
    assert checked.returncode == 1
    assert "WRONG data directory: is open to other users of this machine" in checked.stdout
    acme.data.chmod(0o700)
    acme.environment |= {"TIXALLO_ORIGIN": "https://support.example", "TIXALLO_ORIGN": "x"}
    checked = acme.run("check", check=False)
    assert checked.returncode == 1
    assert "warn  settings: TIXALLO_ORIGN: no such setting" in checked.stdout
    assert "WRONG transport" in checked.stdout


def test_a_foreign_secret_file_is_named(acme: Server) -> None:
    secret = acme.data / "secret"
    kept = secret.read_text()
    found = json.loads(kept)
    secret.write_text(json.dumps({**found, "audit": "00" * 32}))
    checked = acme.run("check", check=False)
    assert checked.returncode == 1
    assert "put that one back" in checked.stdout
    assert "put that one back" in refused(acme.run("audit", "verify", check=False), status=2)
    secret.write_text(kept)
    acme.run("audit", "verify")


def test_words_that_do_not_exist_are_refused(unchanged: Server) -> None:
    assert unchanged.run("frobnicate", check=False).returncode == 2
    assert unchanged.run("--version").stdout.startswith("tixallo ")
