"""A browser for tests: Debian's chromium, whose console and content security policy are watched on every page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

if TYPE_CHECKING:
    from tests.cast import Player

ARGUMENTS = ("--no-sandbox", "--disable-background-networking", "--disable-gpu", "--disable-dev-shm-usage")

# What is to happen may come late on a machine that does other work as well; a test waits no longer than it must.
_PATIENCE = 20_000

# A violation of the policy is an event in the page; in the console it reaches us together with all other errors.
_WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI} in ${event.sourceFile}`));
"""


class Watched(Protocol):
    """What the fixture `new_page` gives: a page of a person of their own, whose console must stay quiet.

    `allow` holds parts of messages that the test provokes, such as "409". scripts=False switches JavaScript off.
    """

    def __call__(
        self,
        *,
        width: int = 1280,
        height: int = 800,
        theme: str = "light",
        scripts: bool = True,
        language: str = "en-GB",
        zone: str = "UTC",
        allow: tuple[str, ...] = (),
    ) -> Page: ...


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one chromium of the session."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "No chromium; scripts/test installs it"
    # Playwright keeps an event loop in this thread, from which Django would refuse every query; none is concurrent.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Watched]:
    """Pages of people who share nothing; at the end of the test each must have had a quiet console."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def make(
        *,
        width: int = 1280,
        height: int = 800,
        theme: str = "light",
        scripts: bool = True,
        language: str = "en-GB",
        zone: str = "UTC",
        allow: tuple[str, ...] = (),
    ) -> Page:
        options: dict[str, Any] = {"color_scheme": theme, "locale": language, "timezone_id": zone}
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, **options
        )
        contexts.append(context)
        context.add_init_script(_WATCH)
        context.set_default_timeout(_PATIENCE)
        page = context.new_page()

        def hear(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and not any(part in message.text for part in allow):
                problems.append(f"{page.url}: {message.text}")

        page.on("console", hear)
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(new_page: Watched) -> Page:
    """One such page, as wide as a laptop, in light."""
    return new_page()


@pytest.fixture
def visit(new_page: Watched, acme: Player, ticket: Any) -> Callable[..., Page]:
    """Open the page of the test's `ticket` as the agent."""
    # Named here and not at the top, which is read before Django is set up.
    from tests.browser.signing_in import home, sign_in

    def go(**options: Any) -> Page:
        page = new_page(**options)
        sign_in(page.context, acme, acme.agent)
        page.goto(f"{home(acme)}/tickets/{ticket['ticket_number']}")
        return page

    return go
