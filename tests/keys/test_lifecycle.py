"""What becomes of a key shows at the very next request, on every node that shares its database."""

import json
import secrets
from datetime import timedelta

import pytest

from tests.api.refused import expire
from tests.api.wire import exchange, request
from tests.cast import NewPlayer, Player, end_key
from tests.conftest import NewServer
from tests.databases import Cluster
from tests.servers import Server
from tixallo.keys.models import ApiKey


@pytest.fixture
def nodes(server: Server, new_server: NewServer, cluster: Cluster | None) -> list[Server]:
    """The shared server, and on PostgreSQL another one on the same database."""
    if cluster is None:
        return [server]
    secret = str(server.data / "secret")
    url = server.environment["TIXALLO_DATABASE_URL"]
    return [server, new_server(TIXALLO_DATABASE_URL=url, TIXALLO_SECRET_FILE=secret)]


def opens(nodes: list[Server], text: str) -> bool:
    """Whether the key opens the API; all nodes must agree."""
    statuses = set()
    for node in nodes:
        answer = exchange(node.port, request("GET", "/api/v1/key", {"Authorization": f"Bearer {text}"}))
        assert answer is not None
        statuses.add(answer.status)
    assert statuses in ({200}, {401}), statuses
    return statuses == {200}


def test_each_step_of_a_life_shows_at_the_next_request(nodes: list[Server], acme: Player) -> None:
    key = acme.another_key().key
    for _ in range(3):
        assert opens(nodes, key.text)
        acme.backstage(end_key, acme.id, key.id, "disable")
        assert not opens(nodes, key.text)
        acme.backstage(end_key, acme.id, key.id, "enable")
    assert opens(nodes, key.text)
    acme.backstage(end_key, acme.id, key.id, "revoke")
    assert not opens(nodes, key.text)


def test_the_commands_do_the_same(nodes: list[Server], acme: Player) -> None:
    server = nodes[0]
    text = server.run("key", "create", "--workspace", acme.slug, "--name", "By command").stdout.strip()
    public_id = text.split("_")[1]
    assert opens(nodes, text)
    server.run("key", "disable", public_id, "--reason", "holiday")
    assert not opens(nodes, text)
    server.run("key", "enable", public_id)
    assert opens(nodes, text)
    server.run("key", "revoke", public_id, "--reason", "leaked")
    assert not opens(nodes, text)
    for word in ("enable", "disable", "revoke"):
        run = server.run("key", word, public_id, check=False)
        assert (run.returncode, run.stderr) == (1, "tixallo: Key has been revoked\n")
    assert not opens(nodes, text)


def test_revoking_is_final(nodes: list[Server], acme: Player) -> None:
    key = acme.another_key().key
    acme.backstage(end_key, acme.id, key.id, "disable")
    acme.backstage(end_key, acme.id, key.id, "revoke")
    for how in ("enable", "disable", "revoke"):
        with pytest.raises(AssertionError, match="Key has been revoked"):
            acme.backstage(end_key, acme.id, key.id, how)
    assert not opens(nodes, key.text)


def test_a_key_expires_by_itself(nodes: list[Server], acme: Player) -> None:
    key = acme.another_key(expires_in=timedelta(seconds=1)).key
    assert opens(nodes, key.text)
    acme.backstage(expire, key.id)
    assert not opens(nodes, key.text)


def test_many_keys_of_a_workspace_are_active_at_once(nodes: list[Server], acme: Player) -> None:
    keys = [acme.another_key(name=f"Key {number}").key for number in range(5)]
    assert all(opens(nodes, key.text) for key in keys)
    acme.backstage(end_key, acme.id, keys[2].id, "revoke")
    assert [opens(nodes, key.text) for key in keys] == [True, True, False, True, True]


def test_a_key_whose_row_is_gone_opens_nothing(nodes: list[Server], acme: Player) -> None:
    key = acme.another_key().key
    assert opens(nodes, key.text)
    acme.backstage(remove, key.id)
    assert not opens(nodes, key.text)


def test_a_key_made_under_an_older_pepper_goes_on(new_server: NewServer, new_player: NewPlayer) -> None:
    server = new_server()
    acme = new_player(on=server)
    old = acme.another_key().key
    assert acme.backstage(pepper_of, old.id) == 1
    assert server.stop() == 0
    add_pepper(server, "2")
    server.start()
    assert opens([server], old.text)
    # A new process: the one backstage has read the file before.
    made = server.run("key", "create", "--workspace", acme.slug, "--name", "New").stdout.strip()
    assert opens([server], made)
    assert acme.backstage(pepper_of_public_id, made.split("_")[1]) == 2
    assert opens([server], old.text)


def test_a_key_whose_pepper_a_server_does_not_know_is_refused_like_any_other(
    new_server: NewServer, new_player: NewPlayer
) -> None:
    server = new_server()
    acme = new_player(on=server)
    # The server has read the file before; the command reads it now.
    add_pepper(server, "2")
    made = server.run("key", "create", "--workspace", acme.slug, "--name", "New").stdout.strip()
    assert acme.backstage(pepper_of_public_id, made.split("_")[1]) == 2
    assert not opens([server], made)
    assert opens([server], acme.key.text)
    assert server.stop() == 0
    server.start()
    assert opens([server], made)


def test_what_is_stored_does_not_tell_the_key(acme: Player) -> None:
    secret = acme.key.text.split("_")[2]
    row = acme.backstage(stored, acme.key.id)
    assert acme.key.public_id in row
    assert secret not in row
    assert acme.key.text not in row
    assert len(row) > 100


def remove(key_id: str) -> None:
    ApiKey.objects.filter(id=key_id).delete()


def pepper_of(key_id: str) -> int:
    return ApiKey.objects.get(id=key_id).pepper_version


def pepper_of_public_id(public_id: str) -> int:
    return ApiKey.objects.get(public_id=public_id).pepper_version


def stored(key_id: str) -> str:
    return repr(ApiKey.objects.filter(id=key_id).values().get())


def add_pepper(server: Server, version: str) -> None:
    path = server.data / "secret"
    found = json.loads(path.read_text())
    found["peppers"][version] = secrets.token_hex(32)
    path.write_text(json.dumps(found))
