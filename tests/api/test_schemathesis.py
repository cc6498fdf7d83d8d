"""Schemathesis reads the OpenAPI document and sends what it allows and what it forbids, each operation in turn and in
sequences; whatever it gets back must be in the document, and never an error of the server.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cast import NewPlayer, Player
from tests.conftest import NewServer
from tests.servers import Server
from tixallo.api.openapi import document
from tixallo.keys.models import DEFAULT_LIMIT

EXAMPLES = 12
# So that a slow machine comes far enough.
MOST_SECONDS = 120
# What a schema cannot say (that a cursor or a member exists, that a retry key is fresh) is refused all the same.
EXCLUDED = "positive_data_acceptance"


# A little under the limit of a usual key: what is sent a whole minute apart can arrive a little closer together.
PACE = DEFAULT_LIMIT - 2
PACED_EXAMPLES = 4


def schemathesis(server: Server, player: Player, directory: Path, *options: str) -> str:
    """Run it with a key and return what it said; AssertionError shows that when something was wrong."""
    run = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{server.url}/api/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {player.key.text}", "--no-color", "--request-timeout", "10"),
            *("--generation-deterministic", "--exclude-checks", EXCLUDED, "--max-response-time", "5"),
            *("--continue-on-failure", *options),
        ],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=220,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    operations = sum(len(methods) for methods in document()["paths"].values())
    assert f"Tested: {operations}" in run.stdout
    assert "Traceback" not in server.log.read_text()
    return run.stdout


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_every_answer_is_one_that_the_document_promises(
    new_server: NewServer, new_player: NewPlayer, tmp_path: Path
) -> None:
    server = new_server()
    acme = new_player(on=server)
    ticket = acme.ticket()
    acme.message(ticket["id"])
    acme.post("/companies", {"name": "Initech", "domains": ["initech.example"]})
    said = schemathesis(
        server,
        acme,
        tmp_path,
        *("--phases", "coverage,fuzzing,stateful", "--max-examples", str(EXAMPLES), "--max-time", str(MOST_SECONDS)),
    )
    generated = re.search(r"(\d+) generated", said)
    assert generated is not None
    assert int(generated[1]) > 300
    verified = server.run("audit", "verify", "--workspace", acme.slug, check=False)
    assert "the chain is whole" in verified.stdout, verified.stdout[-3000:]


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.timeout(240)
def test_a_client_that_keeps_to_the_usual_limit_is_never_refused_for_it(
    new_server: NewServer, new_player: NewPlayer, tmp_path: Path
) -> None:
    server = new_server()
    usual = new_player(on=server).another_key(limit=DEFAULT_LIMIT)
    schemathesis(
        server,
        usual,
        tmp_path,
        *("--phases", "fuzzing", "--max-examples", str(PACED_EXAMPLES), "--rate-limit", f"{PACE}/m"),
        *("--report", "har", "--report-har-path", "seen.har"),
    )
    seen = json.loads((tmp_path / "seen.har").read_text())["log"]["entries"]
    statuses = [each["response"]["status"] for each in seen]
    assert 429 not in statuses
    # More than fit into one minute.
    assert len(statuses) > DEFAULT_LIMIT
    assert usual.get("/key").headers["RateLimit-Policy"] == f'"key";q={DEFAULT_LIMIT};w=60'
