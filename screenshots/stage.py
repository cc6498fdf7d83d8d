"""What pictures are taken of: a browser, and a workspace with sample tickets and people who were invited."""

import re
import shutil
import socket
from contextlib import closing, suppress

from playwright.sync_api import Browser, Page, Playwright

from tests.backstage import Backstage
from tests.servers import Server

_PHRASE = "correct horse battery"


def launch(playwright: Playwright) -> Browser:
    """Start the chromium of the system."""
    return playwright.chromium.launch(
        executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
        args=["--no-sandbox", "--disable-background-networking", "--disable-gpu", "--force-color-profile=srgb"],
    )


def welcome_of(server: Server) -> str:
    """Return the link to the welcome that a fresh server prints."""
    (link,) = re.findall(r"http://localhost:\d+/welcome/\S+", server.log.read_text())
    return str(link)


def make_keys(server: Server) -> dict[str, str]:
    """Give the workspace keys that were used, and return the ids of two (see `keys.fill`)."""
    with closing(Backstage(server)) as run:
        return run(_fill, "acme")


def _fill(slug: str) -> dict[str, str]:
    # Django is ready backstage, not here.
    from screenshots import keys

    return keys.fill(slug)


def is_free(port: int) -> bool:
    """Tell whether nothing listens at a port of this machine."""
    with suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False


def begin(page: Page, link: str) -> None:
    """Take both steps of the welcome, load the sample data, and invite two people."""
    page.goto(link)
    for text in ("Ada Lovelace", "ada@acme.example", _PHRASE):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Step 2 of 2").wait_for()
    page.keyboard.type("Acme")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Load sample data").click()
    page.get_by_role("button", name="Remove sample data").wait_for()
    for email in ("grace@acme.example", "linus@acme.example"):
        page.goto(page.url.partition("/w/acme")[0] + "/w/acme/people")
        page.get_by_label("E-mail").fill(email)
        page.get_by_role("button", name="Send the invitation").click()
        page.get_by_label(f"Link for {email}").wait_for()
