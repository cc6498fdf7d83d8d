"""detect-secrets finds every key: with its defaults where a key is kept, with our plugin wherever one stands."""

import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.scanners.leaks import BARE_FILES, CALLS, CURL_FILES, FILES, Leak, write
from tixallo.keys.token import generate

pytestmark = pytest.mark.once

PLUGIN = Path(__file__).parents[2] / "scanners" / "detect_secrets_tixallo.py"
CALL_FILTER = "detect_secrets.filters.heuristic.is_indirect_reference"


def scan(directory: Path, *arguments: str) -> dict[Path, list[dict[str, object]]]:
    """Return what `detect-secrets scan` reports on a directory: path → its findings."""
    command = [sys.executable, "-m", "detect_secrets", "scan", "--all-files", *arguments, "."]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
    return {directory / path: findings for path, findings in json.loads(done.stdout)["results"].items()}


def missed(leaks: list[Leak], findings: dict[Path, list[dict[str, object]]]) -> Counter[str]:
    """Return of which contents how many keys were not reported, the key itself and nothing more."""
    return Counter(
        leak.content
        for leak in leaks
        if hashlib.sha1(leak.key.encode(), usedforsecurity=False).hexdigest()
        not in {finding["hashed_secret"] for finding in findings.get(leak.path, [])}
    )


@pytest.mark.parametrize("name", FILES)
def test_the_defaults_find_every_key(name: str, tmp_path: Path) -> None:
    leaks = write(tmp_path, {name: FILES[name]})
    assert not missed(leaks, scan(tmp_path))


def test_the_plugin_finds_every_key_wherever_it_stands(tmp_path: Path) -> None:
    leaks = write(tmp_path, FILES, CURL_FILES, BARE_FILES)
    findings = scan(tmp_path, "-p", str(PLUGIN))
    assert not missed(leaks, findings)
    for leak in leaks:
        assert "Tixallo API Key" in {finding["type"] for finding in findings[leak.path]}


def test_keys_in_calls_are_found_once_the_filter_that_hides_calls_is_off(tmp_path: Path) -> None:
    leaks = write(tmp_path, CALLS)
    assert not missed(leaks, scan(tmp_path, "-p", str(PLUGIN), "--disable-filter", CALL_FILTER))


def test_the_plugin_reports_nothing_that_is_not_a_key(tmp_path: Path) -> None:
    key = str(generate("production"))
    wrong = key[:-1] + ("0" if key[-1] != "0" else "1")
    for number, text in enumerate((wrong, key.upper(), key.replace("tixprod", "tixtest"), "tixprod_your_key_here")):
        (tmp_path / f"{number}.md").write_text(f"Bearer {text}\n")
    assert scan(tmp_path, "-p", str(PLUGIN)) == {}
