"""What cannot be used at the start is said in one sentence."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import Cluster, free_port
from tests.scratch import Scratch

_ROOT = Path(__file__).resolve().parent.parent.parent
_COMMANDS = (("serve", "--port", "0"), ("welcome",))


def _said(*words: str, before: Callable[[], None] | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tixallo.cli.main", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=_ROOT,
        # A limit on files must not cut short what the interpreter keeps of a module.
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", **variables},
        preexec_fn=before,
    )


def _files_of_at_most(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.once
@pytest.mark.parametrize("command", _COMMANDS)
def test_no_space_for_the_secret_file(scratch: Scratch, command: tuple[str, ...]) -> None:
    data = scratch.directory("data")

    run = _said(*command, TIXALLO_DATA=str(data), before=_files_of_at_most(100))

    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"tixallo: The secret file {data}/secret cannot be made: file too large.\n"
    # Nothing is left that would keep a later start from making it.
    assert not [path.name for path in data.iterdir() if path.name.startswith("secret")]
    assert _said("welcome", TIXALLO_DATA=str(data)).returncode == 0


@pytest.mark.once
@pytest.mark.parametrize("command", _COMMANDS)
def test_no_space_for_the_tables(scratch: Scratch, command: tuple[str, ...]) -> None:
    data = scratch.directory("data")

    run = _said(*command, TIXALLO_DATA=str(data), before=_files_of_at_most(60_000))

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "tixallo: The database cannot be used (disk I/O error).\n"
    assert _said("welcome", TIXALLO_DATA=str(data)).returncode == 0


@pytest.mark.once
@pytest.mark.parametrize("command", _COMMANDS)
def test_a_file_that_is_no_database(scratch: Scratch, command: tuple[str, ...]) -> None:
    data = scratch.directory("data")
    assert _said("welcome", TIXALLO_DATA=str(data)).returncode == 0
    (data / "tixallo.sqlite3").write_text("This is a letter to somebody, and no database. " * 100)

    run = _said(*command, TIXALLO_DATA=str(data))

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "tixallo: The database cannot be used (file is not a database).\n"


@pytest.mark.once
@pytest.mark.parametrize("command", [*_COMMANDS, ("worker",)])
def test_a_data_directory_that_is_none(scratch: Scratch, command: tuple[str, ...]) -> None:
    file = scratch.directory("data") / "file"
    file.touch()

    run = _said(*command, TIXALLO_DATA=str(file))

    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(f"tixallo: The data directory {file} cannot be used: ")
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [*_COMMANDS, ("worker",)])
def test_a_postgresql_that_does_not_answer(scratch: Scratch, cluster: Cluster | None, command: tuple[str, ...]) -> None:
    if cluster is None:
        pytest.skip("Needs the driver of PostgreSQL")
    port = free_port()
    url = f"postgresql://tixallo:hunter2@127.0.0.1:{port}/tixallo"

    run = _said(*command, TIXALLO_DATA=str(scratch.directory("data")), TIXALLO_DATABASE_URL=url)

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("tixallo: The database cannot be used (connection failed")
    assert run.stderr.count("\n") == 1
    assert "hunter2" not in run.stderr


@pytest.mark.parametrize("command", _COMMANDS)
def test_a_role_that_may_not_make_tables(scratch: Scratch, cluster: Cluster | None, command: tuple[str, ...]) -> None:
    if cluster is None:
        pytest.skip("SQLite has no roles")
    name = cluster.create()
    cluster.query("DROP ROLE IF EXISTS poor")
    cluster.query("CREATE ROLE poor LOGIN")
    url = cluster.url(name).replace("postgres@", "poor@")

    run = _said(*command, TIXALLO_DATA=str(scratch.directory("data")), TIXALLO_DATABASE_URL=url)

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "tixallo: The database cannot be used (permission denied for schema public).\n"
    cluster.drop(name)


@pytest.mark.parametrize("command", [*_COMMANDS, ("worker",), ("key", "list", "--workspace", "acme")])
@pytest.mark.parametrize("option", ["sslmod=x", "connect_timeout=soon", "sslmode=perhaps"])
def test_an_option_of_the_database_that_is_none(
    scratch: Scratch, cluster: Cluster | None, command: tuple[str, ...], option: str
) -> None:
    if cluster is None:
        pytest.skip("SQLite's file has no options")
    url = f"{cluster.url('tixallo')}?{option}"

    run = _said(*command, TIXALLO_DATA=str(scratch.directory("data")), TIXALLO_DATABASE_URL=url)

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("tixallo: The database cannot be used (")
    assert option.partition("=")[0] in run.stderr
    assert run.stderr.count("\n") == 1
