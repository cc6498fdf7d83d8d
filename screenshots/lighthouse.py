"""`python -m screenshots.lighthouse COMMAND`: the scores that Lighthouse gives three pages, on a server of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from screenshots.stage import begin, launch, welcome_of
from tests.scratch import Scratch
from tests.servers import Server

LEAST = 95
CATEGORIES = ("performance", "accessibility", "best-practices")
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
        low = _judge(command, f"{origin}/account/login/", "")
        low += _judge(command, f"{origin}/w/acme/tickets/open", cookie)
        low += _judge(command, f"{origin}/w/acme/tickets/1?view=open", cookie)
    finally:
        server.close()
        scratch.close()
    return 1 if low else 0


def _judge(command: str, address: str, cookie: str) -> int:
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
        found = json.loads(report.read_text())
    scores = {name: round(found["categories"][name]["score"] * 100) for name in CATEGORIES}
    print(address, scores, flush=True)
    for audit in found["audits"].values():
        if audit["score"] is not None and audit["score"] < 1 and audit["scoreDisplayMode"] in {"binary", "numeric"}:
            print(f"  {audit['id']}: {audit.get('displayValue', audit['title'])}")
    return sum(score < LEAST for score in scores.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
