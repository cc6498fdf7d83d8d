"""The files that the pages offer for copying are of use: systemd and nginx take them, and their settings exist."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import FILES, Block, Page, guides
from tixallo.cli.child import STOP_SECONDS
from tixallo.config import environment

pytestmark = pytest.mark.once

_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
INSTALLED = Path("/opt/tixallo/bin/tixallo")


def block(language: str) -> Block:
    (found,) = (block for block in Page("docs/install.md").blocks() if block.language == language)
    return found


def test_only_the_page_on_installing_offers_files() -> None:
    others = [page for page in guides() if page.path != "docs/install.md"]
    assert not [block for page in others for block in page.blocks() if block.language in FILES]


def test_the_unit_sets_what_the_server_takes() -> None:
    unit = block("ini").text
    given = dict(re.findall(r"^Environment=(\w+)=(.*)$", unit, re.MULTILINE))
    assert not environment.unknown(given)
    settings = environment.load(given)
    assert settings.origin.startswith("https:")
    assert settings.trusted_proxies
    (patience,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert int(patience) > STOP_SECONDS


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    # The command is not where the page puts it, and a user of that name need not exist.
    text = block("ini").text.replace(str(INSTALLED), str(Path(sys.executable).with_name("tixallo")))
    (tmp_path / "tixallo.service").write_text(text.replace("User=tixallo", f"User={os.getuid()}"))
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "tixallo.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    certificate, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=support.example"]
    subprocess.run([*request, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    text = block("nginx").text.replace("/etc/ssl/support.example", str(tmp_path))
    main = tmp_path / "nginx.conf"
    places = "".join(f"{name}_temp_path {tmp_path}/{name}; " for name in _TEMPORARY)
    main.write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {places}{text} }}")
    run = subprocess.run(["nginx", "-t", "-c", main, "-p", tmp_path], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
