"""`tixallo check` looks, and leaves everything as it was."""

import subprocess

import pytest

from tests.conftest import NewServer
from tests.scratch import Scratch
from tixallo.cli.checking import room


def test_a_check_of_nothing_says_so_and_makes_nothing(new_server: NewServer) -> None:
    server = new_server(start=False)

    checked = server.run("check", check=False)

    assert checked.returncode == 1
    assert "WRONG data directory: cannot be used" in checked.stdout
    assert not server.data.exists()


def test_a_disk_that_is_nearly_full_is_found(new_server: NewServer) -> None:
    server = new_server()

    assert "ok    room in the data directory\n" in server.run("check").stdout
    assert room(100 * 1024**2).wrong == ""
    nearly_full = room(100 * 1024**2 - 1)
    assert nearly_full.wrong == "its disk has only 99 MiB left; when it is full, every change is refused"
    assert not nearly_full.warning


def test_a_missing_secret_file_is_not_made_anew(new_server: NewServer) -> None:
    server = new_server()
    server.stop()
    secret = server.data / "secret"
    secret.unlink()

    checked = server.run("check", check=False)

    assert checked.returncode == 1
    assert "WRONG secret file: cannot be used" in checked.stdout
    assert not secret.exists()


@pytest.mark.parametrize("text", ["", "[]", '{"peppers": {}, "audit": "", "django": ""}'])
def test_a_useless_secret_file_is_found_before_there_is_a_database(new_server: NewServer, text: str) -> None:
    server = new_server(start=False)
    server.data.mkdir(mode=0o700)
    secret = server.data / "secret"
    secret.write_text(text)
    secret.chmod(0o600)

    checked = server.run("check", check=False)

    assert checked.returncode == 1
    assert [line[:48] for line in checked.stdout.splitlines() if "secret file" in line] == [
        f"WRONG secret file: The secret file {secret} "[:48]
    ]
    assert [path.name for path in server.data.iterdir()] == ["secret"]


def test_a_useless_secret_file_is_found_once_beside_a_database(new_server: NewServer) -> None:
    server = new_server()
    server.stop()
    (server.data / "secret").write_text("[]")

    checked = server.run("check", check=False)

    said = [line for line in checked.stdout.splitlines() if "secret file" in line]
    assert (checked.returncode, len(said)) == (1, 1), checked.stdout
    assert said[0].startswith("WRONG secret file: The secret file ")


def test_a_secret_file_alone_is_no_database_and_makes_none(new_server: NewServer, database: str) -> None:
    if database != "sqlite":
        pytest.skip("On PostgreSQL the database is there, or is not")
    server = new_server()
    server.stop()
    for path in server.data.glob("tixallo.sqlite3*"):
        path.unlink()

    checked = server.run("check")

    assert "warn  database: is made by the first start" in checked.stdout
    assert list(server.data.glob("tixallo.sqlite3*")) == []


def test_what_is_in_the_data_directory_is_for_its_owner_alone(new_server: NewServer) -> None:
    server = new_server()
    server.run("sample")
    modes = {path.name: path.stat().st_mode & 0o077 for path in server.data.rglob("*") if path.is_file()}
    assert {"secret"} <= set(modes)
    assert set(modes.values()) == {0}, modes


def test_a_key_of_another_certificate_is_found(new_server: NewServer, scratch: Scratch) -> None:
    directory = scratch.directory("certificates")
    for name in ("one", "other"):
        made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1")
        files = ("-keyout", f"{name}.key", "-out", f"{name}.pem")
        subprocess.run(["openssl", *made, *files], cwd=directory, check=True, capture_output=True)
    certificate = {"TIXALLO_TLS_CERT": str(directory / "one.pem")}
    good = new_server(start=False, TIXALLO_TLS_KEY=str(directory / "one.key"), **certificate)
    bad = new_server(start=False, TIXALLO_TLS_KEY=str(directory / "other.key"), **certificate)

    assert "ok    certificate" in good.run("check", check=False).stdout
    checked = bad.run("check", check=False)
    assert checked.returncode == 1
    assert f"WRONG certificate: The key {directory / 'other.key'} is not that of the certificate" in checked.stdout


def test_a_sound_deployment_has_nothing_wrong(new_server: NewServer) -> None:
    checked = new_server().run("check")

    assert {line.split()[0] for line in checked.stdout.splitlines()} == {"ok"}
