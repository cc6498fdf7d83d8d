"""gitleaks finds every key with the rule that we ship, and with its defaults where a key is kept.

gitleaks publishes nothing for pip or npm: where it is not installed, the rule is read and tried by itself.
"""

import json
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.scanners.leaks import BARE_FILES, CALLS, CURL_FILES, FILES, Leak, write

pytestmark = pytest.mark.once

CONFIGURATION = Path(__file__).parents[2] / "scanners" / "gitleaks.toml"
needs_gitleaks = pytest.mark.skipif(shutil.which("gitleaks") is None, reason="gitleaks is not installed")


@pytest.fixture(scope="module")
def leaks(tmp_path_factory: pytest.TempPathFactory) -> list[Leak]:
    return write(tmp_path_factory.mktemp("leaks"), FILES, CURL_FILES, BARE_FILES, CALLS)


def scan(*arguments: str, directory: Path) -> dict[Path, set[str]]:
    """Return what gitleaks reports on a directory: path → the secrets found."""
    command = ["gitleaks", "dir", str(directory), "--no-banner", "--exit-code", "0", "--report-format", "json"]
    done = subprocess.run([*command, "--report-path", "-", *arguments], capture_output=True, text=True, check=True)
    found: dict[Path, set[str]] = {}
    for finding in json.loads(done.stdout):
        found.setdefault(Path(finding["File"]), set()).add(finding["Secret"])
    return found


def test_the_rule_matches_every_key(leaks: list[Leak]) -> None:
    (rule,) = tomllib.loads(CONFIGURATION.read_text())["rules"]
    pattern = re.compile(rule["regex"])
    assert not Counter(leak.content for leak in leaks if pattern.findall(leak.path.read_text()) != [leak.key])
    # gitleaks looks only into texts that hold one of these, in lower case.
    assert all(any(keyword in leak.key.lower() for keyword in rule["keywords"]) for leak in leaks)


@needs_gitleaks
def test_gitleaks_finds_every_key_by_the_rule(leaks: list[Leak]) -> None:
    directory = leaks[0].path.parents[2]
    found = scan("--config", str(CONFIGURATION), "--enable-rule", "tixallo-api-key", directory=directory)
    assert not Counter(leak.content for leak in leaks if found.get(leak.path) != {leak.key})


@needs_gitleaks
def test_gitleaks_finds_by_its_defaults_every_key_under_its_documented_name(tmp_path: Path) -> None:
    # The first content of each table. Of the others it overlooks some, as os.environ["…"] = "…".
    leaks = write(tmp_path, {name: contents[:1] for name, contents in {**FILES, **CURL_FILES}.items()})
    found = scan(directory=tmp_path)
    assert not Counter(leak.content for leak in leaks if leak.key not in found.get(leak.path, set()))
