"""What `tixallo key …` and its like make of words that nobody should give them: one sentence, and no trace."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cast import Player, end_key
from tests.conftest import NewServer
from tests.servers import Server
from tixallo.cli.rotations import _said
from tixallo.keys.unlocking import Standing

_ROOT = Path(__file__).resolve().parent.parent.parent

# `{slug}` is the workspace, `{key}` its key.
ODD: dict[str, list[str | bytes]] = {
    "a name that is no UTF-8": ["key", "create", "--workspace", "{slug}", "--name", b"\xff"],
    "a slug that is no UTF-8": ["key", "create", "--workspace", b"\xff", "--name", "x"],
    "a key that is no UTF-8": ["key", "revoke", b"\xff"],
    "a reason that is no UTF-8": ["key", "disable", "{key}", "--reason", b"\xff"],
    "a workspace that is no UTF-8": ["workspace", "create", b"\xff", "--owner", "a@b.example"],
    "no name": ["key", "create", "--workspace", "{slug}", "--name", " "],
    "a long name": ["key", "create", "--workspace", "{slug}", "--name", "x" * 121],
    "a name of two lines": ["key", "create", "--workspace", "{slug}", "--name", "a\nb"],
    "a name that colours": ["key", "create", "--workspace", "{slug}", "--name", "a\x1b[31m"],
    "a workspace that colours": ["workspace", "create", "a\x1b[31m", "--owner", "a@b.example"],
    "an unknown workspace that colours": ["key", "list", "--workspace", "a\x1b[31m\nb"],
    "no days": ["key", "create", "--workspace", "{slug}", "--name", "x", "--expires", "0"],
    "days before today": ["key", "create", "--workspace", "{slug}", "--name", "x", "--expires", "-1"],
    "days beyond the calendar": ["key", "create", "--workspace", "{slug}", "--name", "x", "--expires", "9" * 20],
    "a limit of none": ["key", "create", "--workspace", "{slug}", "--name", "x", "--limit", "0"],
    "a limit beyond numbers": ["key", "create", "--workspace", "{slug}", "--name", "x", "--limit", "9" * 20],
    "an unknown scope": ["key", "create", "--workspace", "{slug}", "--name", "x", "--scope", "tickets:delete"],
    "an unknown workspace": ["key", "list", "--workspace", "nobody"],
    "an unknown key": ["key", "revoke", "x" * 10_000],
    "an owner whose address grows": ["workspace", "create", "x", "--owner", "İ" * 200 + "@x.example"],
    "an owner whose address is long": ["workspace", "create", "x", "--owner", "a" * 250 + "@x.example"],
    "no owner's address": ["workspace", "create", "x", "--owner", "x"],
    "a slug with spaces": ["workspace", "create", "x", "--owner", "a@b.example", "--slug", "a b"],
}


@pytest.mark.once
@pytest.mark.parametrize("words", ODD.values(), ids=list(ODD))
def test_an_odd_word_is_refused_in_one_sentence(server: Server, shared_acme: Player, words: list[str | bytes]) -> None:
    run = _run(server, shared_acme, words)
    said = run.stderr.decode(errors="replace")
    assert run.returncode in {1, 2}, said
    assert said.startswith("tixallo: ")
    assert said.count("\n") == 1, said
    assert run.stdout == b""


def test_a_long_address_has_a_long_name(server: Server, shared_acme: Player) -> None:
    words: list[str | bytes] = ["workspace", "create", "x", "--owner", "a" * 200 + "@x.example", "--slug", "long-owner"]
    assert _run(server, shared_acme, words).returncode == 0


def test_a_key_is_all_that_is_printed(server: Server, shared_acme: Player) -> None:
    run = server.run("key", "create", "--workspace", shared_acme.slug, "--name", "Ünicode 🙂", "--expires", "3650")
    assert run.stdout.count("\n") == 1
    assert run.stdout.startswith("tixprod_")
    assert "cannot be shown again" in run.stderr
    assert run.stdout.strip() not in run.stderr


def test_a_key_is_rotated_by_command(server: Server, acme: Player) -> None:
    made = server.run("key", "rotate", acme.key.public_id)
    text = made.stdout.strip()
    assert made.stdout.count("\n") == 1
    assert text not in made.stderr
    listed = server.run("key", "list", "--workspace", acme.slug).stdout
    assert "Acme key (old)" in listed
    assert server.run("key", "rotation", text.split("_")[1]).stdout.splitlines() == [
        f"Old  {acme.key.public_id}  Acme key (old)  active",
        f"New  {text.split('_')[1]}  Acme key  active",
        "Quiet, all callers moved. You can revoke the old key.",
    ]
    assert acme.get("/key").status == 200
    stands = _stands(server, acme, "Locked: the old key was used; opens ")
    assert "still on old" in stands
    again = server.run("key", "rotate", acme.key.id, check=False)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "tixallo: This key is being rotated already\n"
    acme.backstage(end_key, acme.id, acme.key.id, "disable")
    assert acme.get("/key").status == 401
    assert "was used" not in _stands(server, acme, "Locked: a request with the old key was refused; opens ")
    server.run("key", "revoke", acme.key.id)
    over = server.run("key", "rotation", acme.key.id, check=False)
    assert (over.returncode, over.stderr) == (1, "tixallo: Key “Acme key (old)” is not being rotated.\n")


@pytest.mark.once
@pytest.mark.parametrize(("waiting", "said"), [(1, "1 caller has not moved"), (2, "2 callers have not moved")])
def test_callers_that_have_not_moved_are_counted_in_good_english(waiting: int, said: str) -> None:
    assert _said(Standing(None, False, None, waiting, "active")) == f"Locked: {said}."


@pytest.mark.once
def test_a_word_works_beside_a_server_and_before_there_was_one(new_server: NewServer) -> None:
    server = new_server(start=False)
    server.run("workspace", "create", "Acme", "--owner", "owner@acme.example")
    text = server.run("key", "create", "--workspace", "acme", "--name", "First").stdout.strip()
    server.start()
    second = server.run("key", "create", "--workspace", "acme", "--name", "Second").stdout.strip()
    assert server.run("key", "list", "--workspace", "acme").stdout.count("active") == 2
    assert text != second


def _stands(server: Server, acme: Player, part: str) -> str:
    """Return how the rotation of the key stands, once it is said with this part: what a key is used for is written
    every few seconds.
    """
    end = time.monotonic() + 30
    while part not in (said := server.run("key", "rotation", acme.key.id).stdout):
        assert time.monotonic() < end, said
    return said


def _run(server: Server, player: Player, words: list[str | bytes]) -> "subprocess.CompletedProcess[bytes]":
    filled = [
        word if isinstance(word, bytes) else word.replace("{slug}", player.slug).replace("{key}", player.key.id)
        for word in words
    ]
    environment = {**os.environ, **server.environment}
    return subprocess.run(
        [sys.executable, "-m", "tixallo.cli.main", *filled],
        cwd=_ROOT,
        env=environment,
        capture_output=True,
        check=False,
        timeout=60,
    )
