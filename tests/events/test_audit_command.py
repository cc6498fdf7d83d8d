"""`tixallo audit verify` on the data of a running server."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from tests.cast import Player
from tests.servers import Server
from tixallo.workspaces.models import Event


def rewrite_last(workspace_id: str, payload: str) -> tuple[int, int, str]:
    """Put another payload into the last event; return its place and what was there."""
    event = Event.objects.filter(workspace_id=workspace_id).order_by("-revision", "-position")[0]
    Event.objects.filter(workspace_id=workspace_id, id=event.id).update(payload=payload)
    return event.revision, event.position, event.payload


def test_the_command_says_whether_a_log_is_whole(acme: Player, globex: Player, server: Server) -> None:
    made = acme.ticket()
    acme.message(made["id"])
    acme.patch(f"/tickets/{made['id']}", {"status": "closed"})
    whole = server.run("audit", "verify", "--workspace", acme.slug)
    assert whole.stdout.startswith(f"{acme.slug}: ")
    assert whole.stdout.endswith("the chain is whole\n")
    assert whole.stderr == ""

    revision, position, before = acme.backstage(rewrite_last, acme.id, "{}")
    broken = server.run("audit", "verify", "--workspace", acme.slug, check=False)
    assert broken.returncode == 1
    assert f"revision {revision}, event {position + 1}: was edited" in broken.stdout

    everything = server.run("audit", "verify", check=False)
    assert everything.returncode == 1
    assert f"{globex.slug}: " in everything.stdout
    acme.backstage(rewrite_last, acme.id, before)
    assert server.run("audit", "verify", "--workspace", acme.slug).stdout == whole.stdout


def test_after_all_that_other_tests_did_every_log_is_whole(acme: Player, server: Server) -> None:
    run = server.run("audit", "verify", check=False)
    assert [line for line in run.stdout.splitlines() if not line.endswith("the chain is whole")] == []
    assert acme.slug in run.stdout
    assert run.returncode == 0


def test_an_unknown_workspace_is_an_error(server: Server) -> None:
    run = server.run("audit", "verify", "--workspace", "nobody", check=False)
    assert run.returncode != 0
    assert "nobody" in run.stderr
    assert "Traceback" not in run.stderr


def test_how_far_the_walk_is_shows_on_a_terminal(acme: Player, server: Server) -> None:
    acme.ticket()
    shown, terminal = pty.openpty()
    with os.fdopen(shown, "rb") as screen:
        run = subprocess.run(
            [sys.executable, "-m", "tixallo.cli.main", "audit", "verify"],
            env=server._variables(),
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=terminal,
            text=True,
            check=True,
        )
        os.close(terminal)
        said = screen.read1().decode()

    done, total = re.findall(r"([\d,]+) of ([\d,]+) revisions", said)[-1]
    assert done == total
    assert f"{acme.slug}: " in run.stdout
    # No line of the report is left behind a bar.
    assert said.endswith("\r\x1b[K")
