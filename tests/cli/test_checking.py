"""`tixallo check` looks, and leaves everything as it was."""

from tests.conftest import NewServer


def test_a_check_of_nothing_says_so_and_makes_nothing(new_server: NewServer) -> None:
    server = new_server(start=False)

    checked = server.run("check", check=False)

    assert checked.returncode == 1
    assert "WRONG data directory: cannot be used" in checked.stdout
    assert not server.data.exists()


def test_a_missing_secret_file_is_not_made_anew(new_server: NewServer) -> None:
    server = new_server()
    server.stop()
    secret = server.data / "secret"
    secret.unlink()

    checked = server.run("check", check=False)

    assert checked.returncode == 1
    assert "WRONG secret file: cannot be used" in checked.stdout
    assert not secret.exists()


def test_a_sound_deployment_has_nothing_wrong(new_server: NewServer) -> None:
    checked = new_server().run("check")

    assert {line.split()[0] for line in checked.stdout.splitlines()} == {"ok"}
