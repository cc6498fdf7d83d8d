"""A client that is still sending a body which is not read gets its answer all the same."""

import json
import subprocess

import pytest

from tests.api.wire import Wire, request
from tests.cast import Player
from tests.servers import Server

pytestmark = pytest.mark.once

_MIB = 1024 * 1024
_TICKETS = "/api/v1/tickets"
_FETCHES = """
const [url, key, times, size] = process.argv.slice(1);
const answers = [];
for (let i = 0; i < times; i++) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: "a".repeat(size),
    });
    answers.push([answer.status, await answer.json()]);
  } catch (error) {
    answers.push([0, String(error.cause ?? error)]);
  }
}
console.log(JSON.stringify(answers));
"""


@pytest.mark.parametrize("size", [_MIB + 1, 12 * _MIB])
def test_fetch_of_nodejs_reads_the_413(acme: Player, server: Server, size: int) -> None:
    url = server.url + _TICKETS
    run = subprocess.run(
        ["node", "--input-type=module", "-e", _FETCHES, url, acme.key.text, "20", str(size)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(run.stdout) == [[413, {"error": "Payload too large"}]] * 20


@pytest.mark.parametrize(
    ("path", "key", "status"), [(_TICKETS, "wrong", 401), ("/api/v1/nothing", "", 404), ("/api/v1/key", "", 405)]
)
def test_other_refusals_are_read_too(acme: Player, server: Server, path: str, key: str, status: int) -> None:
    fields = {"Authorization": f"Bearer {key or acme.key.text}", "Content-Length": str(3 * _MIB)}
    for _ in range(10):
        with Wire(server.port) as wire:
            wire.socket.sendall(request("POST", path, fields))
            wire.socket.sendall(b"a" * 3 * _MIB)

            answer = wire.answer()
        assert answer is not None
        assert answer.status == status
