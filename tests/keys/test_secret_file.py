"""The secret file and the data directory: private from the first moment, and nothing starts with the wrong ones."""

import json
import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NewServer
from tests.databases import Cluster
from tests.scratch import Scratch
from tests.servers import Server
from tixallo.config import secret_file
from tixallo.config.environment import BadSetting


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(server: Server, word: tuple[str, ...] = ("serve",)) -> str:
    """The one sentence with which a command refuses to work."""
    more = ("--port", str(server.port)) if word == ("serve",) else ()
    run = server.run(*word, "--data", str(server.data), *more, check=False)
    assert run.returncode == 2
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert run.stderr.startswith("tixallo: ")
    assert run.stderr.count("\n") == 1, run.stderr
    return run.stderr


@pytest.fixture(scope="module")
def first(scratch: Scratch, cluster: Cluster | None) -> Iterator[Server]:
    """A server that has run and was stopped, with a workspace and a key."""
    server = Server(scratch, cluster)
    server.start()
    server.run("workspace", "create", "Acme", "--owner", "owner@acme.example")
    server.run("key", "create", "--workspace", "acme", "--name", "Key")
    assert server.stop() == 0
    yield server
    server.close()


@pytest.fixture
def stopped(first: Server, new_server: NewServer) -> Server:
    """A copy of its data directory; on PostgreSQL the database is the same one."""
    server = new_server(start=False, **{name: first.environment[name] for name in _DATABASE & set(first.environment)})
    shutil.copytree(first.data, server.data)
    return server


@pytest.fixture(scope="module")
def second(scratch: Scratch, cluster: Cluster | None) -> Iterator[Server]:
    """Another one."""
    server = Server(scratch, cluster)
    server.start()
    assert server.stop() == 0
    yield server
    server.close()


_DATABASE = {"TIXALLO_DATABASE_URL"}
WORDS = [("serve",), ("worker",), ("key", "list", "--workspace", "acme"), ("audit", "verify")]


def test_what_a_server_makes_is_private(stopped: Server, cluster: Cluster | None) -> None:
    assert mode(stopped.data) == 0o700
    assert mode(stopped.data / "secret") == 0o600
    for path in stopped.data.rglob("*"):
        # The directory keeps everyone else out; what is in it should not rest on that alone.
        assert not mode(path) & 0o022, f"{path.name} can be changed by others"
    found = json.loads((stopped.data / "secret").read_text())
    assert set(found) == {"peppers", "audit", "django"}
    assert all(len(bytes.fromhex(text)) == 32 for text in (*found["peppers"].values(), found["audit"], found["django"]))


def test_two_servers_never_have_the_same_secrets(first: Server, second: Server) -> None:
    one, other = (json.loads((server.data / "secret").read_text()) for server in (first, second))
    assert len({*one["peppers"].values(), *other["peppers"].values()}) == 2
    assert len({one["audit"], one["django"], other["audit"], other["django"]}) == 4


@pytest.mark.parametrize("word", WORDS, ids=" ".join)
def test_a_database_without_its_secret_file_is_refused(stopped: Server, word: tuple[str, ...]) -> None:
    (stopped.data / "secret").unlink()
    said = refusal(stopped, word)
    assert "secret" in said
    assert "put" in said
    # And no new one that would stand in the way of the old.
    assert not (stopped.data / "secret").exists()


@pytest.mark.parametrize("word", WORDS, ids=" ".join)
def test_another_secret_file_is_refused(stopped: Server, second: Server, word: tuple[str, ...]) -> None:
    own = (stopped.data / "secret").read_bytes()
    shutil.copy(second.data / "secret", stopped.data / "secret")
    assert "is not the one" in refusal(stopped, word)
    (stopped.data / "secret").write_bytes(own)
    assert "the chain is whole" in stopped.run("audit", "verify").stdout


@pytest.mark.once
@pytest.mark.parametrize("bits", [0o640, 0o604, 0o610])
def test_a_secret_file_that_others_can_use_is_refused(stopped: Server, bits: int) -> None:
    (stopped.data / "secret").chmod(bits)
    assert "chmod 600" in refusal(stopped)
    (stopped.data / "secret").chmod(0o600)
    stopped.run("audit", "verify")


def secrets(**others: Any) -> str:
    """What a sound secret file holds, but for `others`."""
    return json.dumps({"peppers": {"1": "ab" * 32}, "audit": "cd" * 32, "django": "ef" * 32} | others)


@pytest.mark.once
@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "{}", "null", '"x"', "\x00", "[" * 100_000, secrets(peppers={}), secrets(peppers=[])),
        *(secrets(peppers=1), secrets(peppers=["ab" * 32]), secrets(peppers=None)),
        *(secrets(peppers={name: "ab" * 32}) for name in ("", "x", "-1", "1.0", "01", " 1", "²", "99999")),
        *(secrets(peppers={"1": "ab" * 32, "2": pepper}) for pepper in ("", "zz" * 32, "ab" * 31, "a" * 63, None, 5)),
        *(secrets(audit=audit) for audit in ("", "zz" * 32, "ab" * 31, None, 5, ["ab" * 32])),
        *(secrets(django=django) for django in ("", "zz", None, 5)),
        *(json.dumps({"peppers": {"1": "ab" * 32}, "audit": "cd" * 32}), json.dumps({"audit": "cd" * 32})),
    ],
    # What is wrong is in the middle or at the end of a text; the secrets say nothing.
    ids=lambda text: re.sub(r"(\w\w)\1{29,}", r"\1…", text)[:80],
)
def test_a_broken_secret_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(BadSetting, match=f"The secret file {path} cannot be (read|used): [^\\n]*[.]$"):
        secret_file.read_or_create(path, may_create=True)

    assert path.read_text() == text


@pytest.mark.parametrize("word", WORDS, ids=" ".join)
def test_no_command_works_with_empty_secrets(stopped: Server, word: tuple[str, ...]) -> None:
    (stopped.data / "secret").write_text(secrets(peppers={"1": ""}, audit=""))

    assert "must be 32 bytes in hex" in refusal(stopped, word)

    checked = stopped.run("check", check=False)
    assert checked.returncode == 1
    assert "WRONG secret file: The secret file" in checked.stdout


@pytest.mark.once
def test_a_second_pepper_and_what_it_does_not_know_leave_a_secret_file_sound(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(secrets(peppers={"1": "ab" * 32, "2": "CD" * 32}, later="x"))
    path.chmod(0o600)

    assert secret_file.read_or_create(path, may_create=False).peppers == {"1": "ab" * 32, "2": "CD" * 32}


def rewrite(server: Server, peppers: dict[str, str]) -> None:
    """Put these peppers in the place of those in the secret file."""
    path = server.data / "secret"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"peppers": peppers}))


def peppers_of(server: Server) -> dict[str, str]:
    found: dict[str, str] = json.loads((server.data / "secret").read_text())["peppers"]
    return found


@pytest.mark.parametrize("word", WORDS, ids=" ".join)
def test_a_pepper_that_keys_need_is_neither_missed_nor_another(stopped: Server, word: tuple[str, ...]) -> None:
    own = peppers_of(stopped)
    rewrite(stopped, {"1": "ab" * 32})
    assert "Pepper 1 in the secret file" in (said := refusal(stopped, word))
    assert "is not the one that keys were made with: put that one back." in said
    rewrite(stopped, {"2": "ab" * 32})
    assert "is missing, but keys were made with it: put it back." in refusal(stopped, word)
    rewrite(stopped, own)
    stopped.run("audit", "verify")


def test_a_new_pepper_is_taken_and_a_used_one_is_needed_from_then_on(new_server: NewServer) -> None:
    server = new_server(start=False)
    server.run("workspace", "create", "Acme", "--owner", "owner@acme.example")
    own = peppers_of(server)
    # No key needs the first one yet.
    rewrite(server, {"1": "cd" * 32})
    server.run("audit", "verify")
    rewrite(server, own)
    server.run("key", "create", "--workspace", "acme", "--name", "First")

    rewrite(server, {**own, "2": "ab" * 32})
    second = server.run("key", "create", "--workspace", "acme", "--name", "Second").stdout.split("_")[1]
    rewrite(server, {**own, "2": "ef" * 32})
    assert "Pepper 2 in the secret file" in refusal(server)
    rewrite(server, own)
    assert "Pepper 2 in the secret file" in refusal(server)

    rewrite(server, {**own, "2": "ab" * 32})
    server.run("key", "revoke", second)
    rewrite(server, own)
    assert "revoked" in server.run("key", "list", "--workspace", "acme").stdout


def test_a_secret_file_elsewhere_is_used(new_server: NewServer, tmp_path: Path) -> None:
    elsewhere = tmp_path / "tixallo-secret"
    server = new_server(TIXALLO_SECRET_FILE=str(elsewhere))
    assert mode(elsewhere) == 0o600
    assert not (server.data / "secret").exists()


@pytest.mark.once
def test_a_data_directory_that_cannot_be_used_is_refused(new_server: NewServer, tmp_path: Path) -> None:
    server = new_server(start=False)
    file = tmp_path / "file"
    file.write_text("")
    for data in (file, file / "below", Path("/proc/nothing")):
        run = server.run("serve", "--data", str(data), "--port", str(server.port), check=False)
        assert run.returncode == 2
        assert run.stderr.count("\n") == 1, run.stderr
        assert str(data) in run.stderr


@pytest.mark.once
def test_the_mask_of_the_user_makes_no_difference(new_server: NewServer) -> None:
    before = os.umask(0)
    try:
        server = new_server()
    finally:
        os.umask(before)
    assert mode(server.data) == 0o700
    assert mode(server.data / "secret") == 0o600
    for path in server.data.rglob("*"):
        assert not mode(path) & 0o022, f"{path.name} can be changed by others"
