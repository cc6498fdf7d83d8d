"""`python -m screenshots`: start a server with sample data, and write docs/screenshots/NAME-{light,dark,narrow}.png.

Needs chromium, and nothing that runs: the server is its own, in a directory that goes with it.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from screenshots.stage import begin, launch, welcome_of
from tests.scratch import Scratch
from tests.servers import Server

TARGET = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
# A picture in the documentation must not weigh more.
MOST_BYTES = 150_000
LOOKS = {"light": ("light", 1280), "dark": ("dark", 1280), "narrow": ("light", 390)}


def main() -> int:
    """Write all pictures; return 1 if one weighs too much."""
    TARGET.mkdir(parents=True, exist_ok=True)
    scratch = Scratch()
    server = Server(scratch)
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
    cookies = first.context.cookies()
    places = {
        "inbox": f"{home}/tickets/open",
        "conversation": f"{home}/tickets/1?view=open",
        "people": f"{home}/people",
        "customers": f"{home}/customers",
    }
    for look in LOOKS:
        page = _page(browser, look)
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        for name, address in places.items():
            page.goto(address)
            heavy += _take(page, name, look)
        page.context.close()
    return heavy


def _page(browser: Browser, look: str) -> Page:
    theme, width = LOOKS[look]
    options = {"color_scheme": theme, "locale": "en-GB", "timezone_id": "Europe/Berlin"}
    viewport = {"width": width, "height": 800}
    context = browser.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
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
