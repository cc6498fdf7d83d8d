"""Schemathesis reads the OpenAPI document and sends what it allows and what it forbids, each operation in turn and in
sequences; whatever it gets back must be in the document, and never an error of the server.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cast import NewPlayer
from tests.conftest import NewServer
from tixallo.api.openapi import document

EXAMPLES = 12
MOST_SECONDS = 55
# What a schema cannot say (that a cursor or a member exists, that a retry key is fresh) is refused all the same.
EXCLUDED = "positive_data_acceptance"


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_every_answer_is_one_that_the_document_promises(
    new_server: NewServer, new_player: NewPlayer, tmp_path: Path
) -> None:
    server = new_server()
    acme = new_player(on=server)
    ticket = acme.ticket()
    acme.message(ticket["id"])
    acme.post("/companies", {"name": "Initech", "domains": ["initech.example"]})
    run = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{server.url}/api/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {acme.key.text}", "--no-color", "--request-timeout", "10"),
            *("--phases", "coverage,fuzzing,stateful", "--max-examples", str(EXAMPLES), "--generation-deterministic"),
            *("--exclude-checks", EXCLUDED, "--max-response-time", "5", "--continue-on-failure"),
            *("--max-time", str(MOST_SECONDS)),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    operations = sum(len(methods) for methods in document()["paths"].values())
    assert f"Tested: {operations}" in run.stdout
    generated = re.search(r"(\d+) generated", run.stdout)
    assert generated is not None
    assert int(generated[1]) > 300
    assert "Traceback" not in server.log.read_text()
    verified = server.run("audit", "verify", "--workspace", acme.slug, check=False)
    assert "the chain is whole" in verified.stdout, verified.stdout[-3000:]
