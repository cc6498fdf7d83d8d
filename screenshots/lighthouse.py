"""`python -m screenshots.lighthouse COMMAND`: what Lighthouse gives the main pages, on a server of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from screenshots.stage import begin, launch, make_keys, welcome_of
from tests.scratch import Scratch
from tests.servers import Server

LEAST = 95
CATEGORIES = ("performance", "accessibility", "best-practices")
_TIMES = {
    "first-contentful-paint": "first paint",
    "largest-contentful-paint": "largest paint",
    "cumulative-layout-shift": "shift",
}
_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"


def main(command: str) -> int:
    """Print the scores, and what costs points; return 1 if one is below 95."""
    scratch = Scratch()
    server = Server(scratch)
    try:
        server.start()
        with sync_playwright() as playwright:
            browser = launch(playwright)
            page = browser.new_page()
            begin(page, welcome_of(server))
            cookie = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
            browser.close()
        origin = f"http://localhost:{server.port}"
        made = make_keys(server)
        public = ("/account/login/", "/docs/first-request", "/docs/reference")
        inside = ("tickets/open", "tickets/1?view=open", "keys", f"keys/{made['key']}", "keys/new", "audit")
        low = sum(_judge(command, f"{origin}{path}", "") for path in public)
        low += sum(_judge(command, f"{origin}/w/acme/{path}", cookie) for path in inside)
        low += _judge(command, f"{origin}/w/acme/keys/{made['rotating']}/rotate", cookie)
    finally:
        server.close()
        scratch.close()
    return 1 if low else 0


def _judge(command: str, address: str, cookie: str) -> int:
    try:
        found = _report(command, address, cookie)
    except subprocess.CalledProcessError:
        # On a busy machine the browser sometimes records nothing (NO_NAVSTART).
        found = _report(command, address, cookie)
    scores = {name: round(found["categories"][name]["score"] * 100) for name in CATEGORIES}
    shown = {short: found["audits"][name]["displayValue"] for name, short in _TIMES.items()}
    print(address, scores, shown, flush=True)
    for audit in found["audits"].values():
        if audit["score"] is not None and audit["score"] < 1 and audit["scoreDisplayMode"] in {"binary", "numeric"}:
            print(f"  {audit['id']}: {audit.get('displayValue', audit['title'])}")
    return sum(score < LEAST for score in scores.values())


def _report(command: str, address: str, cookie: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.json"
        headers = Path(directory) / "headers.json"
        headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}))
        subprocess.run(
            [
                *("node", command, address, "--preset=desktop", "--quiet"),
                *("--output=json", f"--output-path={report}"),
                *(
                    f"--only-categories={','.join(CATEGORIES)}",
                    f"--chrome-flags={_FLAGS}",
                    f"--extra-headers={headers}",
                ),
            ],
            check=True,
            env={**os.environ, "CHROME_PATH": shutil.which("chromium") or shutil.which("google-chrome") or ""},
        )
        found: dict[str, Any] = json.loads(report.read_text())
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
