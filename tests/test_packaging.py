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


# Asks for pages of the documentation where nothing but the wheel is there.
_READ = """
import django
django.setup()
import tixallo
from django.test import Client
from tixallo.web.guides import GUIDES
print(tixallo.__file__, *(Client(SERVER_NAME="localhost").get(f"/docs/{guide.name}").status_code for guide in GUIDES))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tmp_path = tmp_path_factory.mktemp("wheel")
    source, out = tmp_path / "source", tmp_path / "out"
    tree = Tree(ROOT)
    for path in [*tree.matching("", below="tixallo/"), "pyproject.toml", "README.md", "LICENSE"]:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, source / path)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", out, source], check=True)
    (built,) = out.glob("tixallo-*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("tixallo/")}
    assert packed == set(Tree(ROOT).matching("", below="tixallo/"))


def test_the_wheel_alone_shows_the_documentation(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    environment = {
        "PYTHONPATH": str(tmp_path / "installed"),
        "TIXALLO_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "tixallo.config.settings",
    }
    run = subprocess.run(
        [sys.executable, "-c", _READ], env=environment, cwd=tmp_path, check=True, capture_output=True, text=True
    )
    place, *statuses = run.stdout.split()
    assert place.startswith(str(tmp_path / "installed"))
    assert set(statuses) == {"200"}


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
