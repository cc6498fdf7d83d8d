"""What is installed: a complete wheel, and locks that agree with what pyproject.toml declares."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from lints.tree import Tree

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
REQUIREMENTS = ROOT / "requirements"


def declared(name: str) -> set[str]:
    lines = (REQUIREMENTS / name).read_text().splitlines()
    return {line for line in lines if line and not line.startswith(("#", "-"))}


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    tree = Tree(ROOT)
    for path in [*tree.matching("", below="tixallo/"), "pyproject.toml", "README.md", "LICENSE"]:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, source / path)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", out, source], check=True)
    (wheel,) = out.glob("tixallo-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("tixallo/")}
    assert packed == set(tree.matching("", below="tixallo/"))


def test_the_locks_start_from_what_is_declared() -> None:
    assert declared("run.in") == set(PROJECT["dependencies"])
    assert declared("postgres.in") == set(PROJECT["optional-dependencies"]["postgres"])


@pytest.mark.parametrize("name", ["run", "postgres", "build", "dev"])
def test_a_lock_names_exact_versions_with_hashes_and_no_place(name: str) -> None:
    text = (REQUIREMENTS / f"{name}.lock").read_text()
    packages = re.findall(r"^(\S+)==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert len(packages) == len(re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE)) > 0
    assert "://" not in text
    assert "--index" not in text
