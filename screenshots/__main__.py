"""`python -m screenshots`: start a server with sample data, and write docs/screenshots/NAME-{light,dark,narrow}.png.

Pictures of people's daily pages are taken in all three looks, those about keys in the looks that are shown somewhere.

Needs chromium, and nothing that runs: the server is its own, in a directory that goes with it.
"""

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from screenshots.stage import begin, is_free, launch, make_keys, welcome_of
from tests.scratch import Scratch
from tests.servers import Server

TARGET = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
# What the examples of the documentation say.
_PORT = 8000
# A picture in the documentation must not weigh more.
MOST_BYTES = 150_000
# Pages whose lower half matters.
TALL = {"rotation": 1_080, "key": 960}
LOOKS = {"light": ("light", 1280), "dark": ("dark", 1280), "narrow": ("light", 390)}


def main() -> int:
    """Write all pictures; return 1 if one weighs too much."""
    TARGET.mkdir(parents=True, exist_ok=True)
    scratch = Scratch()
    server = Server(scratch)
    if is_free(_PORT):
        server.port = _PORT
    try:
        server.start()
        with sync_playwright() as playwright:
            browser = launch(playwright)
            heavy = _take_all(browser, server)
            browser.close()
    finally:
        server.close()
        scratch.close()
    for name in heavy:
        print(f"{name} weighs more than {MOST_BYTES:,} bytes", file=sys.stderr)
    return 1 if heavy else 0


def _take_all(browser: Browser, server: Server) -> list[str]:
    link = welcome_of(server)
    heavy = []
    for look in LOOKS:
        page = _page(browser, look)
        page.goto(link)
        heavy += _take(page, "welcome", look)
        page.context.close()

    first = _page(browser, "light")
    begin(first, link)
    home = first.url.partition("/w/acme")[0] + "/w/acme"
    made = make_keys(server)
    places = {
        "inbox": (f"{home}/tickets/open", LOOKS),
        "conversation": (f"{home}/tickets/1?view=open", LOOKS),
        "people": (f"{home}/people", LOOKS),
        "customers": (f"{home}/customers", LOOKS),
        "keys": (f"{home}/keys", ("light", "narrow")),
        "key": (f"{home}/keys/{made['key']}", ("light",)),
        "rotation": (f"{home}/keys/{made['rotating']}/rotate", ("light", "dark")),
        "audit": (f"{home}/audit", ("light",)),
        "documentation": (f"{home}/docs/authentication", ("light",)),
    }
    for look in LOOKS:
        page = _page(browser, look, first.context)
        for name, (address, looks) in places.items():
            if look in looks:
                page.set_viewport_size({"width": LOOKS[look][1], "height": TALL.get(name, 800)})
                page.goto(address)
                heavy += _take(page, name, look)
        page.context.close()
    heavy += _take_once(first, home)
    return heavy


def _take_once(page: Page, home: str) -> list[str]:
    """Make a key on its page, and take the picture of the one time that it is shown."""
    page.goto(f"{home}/keys/new")
    page.get_by_label("Name").fill("Warehouse")
    page.get_by_label("production").check()
    page.get_by_role("button", name="Create key").click()
    page.locator("#new-key").wait_for()
    return _take(page, "key-shown", "light")


def _page(browser: Browser, look: str, signed_in: BrowserContext | None = None) -> Page:
    theme, width = LOOKS[look]
    options: dict[str, Any] = {"color_scheme": theme, "locale": "en-GB", "timezone_id": "Europe/Berlin"}
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)
    if signed_in is not None:
        cookies: Any = signed_in.cookies()
        context.add_cookies(cookies)
    return context.new_page()


def _take(page: Page, name: str, look: str) -> list[str]:
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready")
    page.evaluate("document.querySelector('#toasts')?.replaceChildren()")
    target = TARGET / f"{name}-{look}.png"
    page.screenshot(path=target, animations="disabled", caret="hide")
    size = target.stat().st_size
    print(f"{target.name}: {size:,} bytes", flush=True)
    return [target.name] if size > MOST_BYTES else []


if __name__ == "__main__":
    sys.exit(main())
