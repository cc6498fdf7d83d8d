"""secretlint finds every key with the configuration that we ship."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.scanners.leaks import BARE_FILES, CALLS, CURL_FILES, FILES, write
from tixallo.keys.token import generate

pytestmark = [pytest.mark.once, pytest.mark.timeout(300)]  # the first run installs secretlint

HERE = Path(__file__).parent
CONFIGURATION = HERE.parents[1] / "scanners" / "secretlintrc.json"


@pytest.fixture(scope="session")
def secretlint() -> Path:
    """The program as package-lock.json names it, installed beside this file when it is not yet."""
    lock, installed = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    return HERE / "node_modules" / ".bin" / "secretlint"


def scan(secretlint: Path, directory: Path, report: Path) -> dict[Path, list[str]]:
    """Return what secretlint reports on a directory: path → the texts that it points at."""
    # To a file: into a pipe it writes no more than the pipe takes before it ends.
    options = ["--secretlintrc", str(CONFIGURATION), "--format", "json", "--output", str(report)]
    subprocess.run([str(secretlint), *options, "**/*"], cwd=directory, check=True)
    return {
        Path(file["filePath"]): [file["sourceContent"][slice(*message["range"])] for message in file["messages"]]
        for file in json.loads(report.read_text())
        if file["messages"]
    }


@pytest.mark.slow
def test_every_key_is_found_wherever_it_stands(secretlint: Path, tmp_path: Path) -> None:
    leaks = write(tmp_path / "leaks", FILES, CURL_FILES, BARE_FILES, CALLS)
    findings = scan(secretlint, tmp_path / "leaks", tmp_path / "report")
    assert not Counter(leak.content for leak in leaks if findings.get(leak.path) != [leak.key])


def test_what_is_not_a_key_is_not_reported(secretlint: Path, tmp_path: Path) -> None:
    key = str(generate("production"))
    texts = (key.upper(), key[:-1], key.replace("tixprod", "tixtest"), "tixprod_your_key_here")
    harmless = tmp_path / "harmless"
    harmless.mkdir()
    (harmless / "README.md").write_text("\n".join(texts))
    assert scan(secretlint, harmless, tmp_path / "report") == {}
