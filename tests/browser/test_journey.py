"""Across pages: from the welcome to the first answered ticket, the main flow by keyboard alone, and every page there is
in light and dark, as narrow as a phone, and in German.
"""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible, assert_fits
from tests.browser.signing_in import home, sign_in
from tests.browser.walking import furnish, pages, texts
from tests.cast import Player
from tests.conftest import NewServer

pytestmark = [pytest.mark.browser, pytest.mark.once]

MOST_SECONDS = 60.0
# What is counted for a person's hands: slow typing, and the way of a pointer.
SECONDS_A_CHARACTER = 0.2
SECONDS_A_CLICK = 2.0


class Hand:
    """Acts as a person would, and counts what that takes them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.characters = self.clicks = 0
        self._start = time.monotonic()

    def type(self, text: str) -> None:
        """Type where the focus is."""
        self.page.keyboard.type(text)
        self.characters += len(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.characters += 1

    def click(self, there: Locator) -> None:
        there.click()
        self.clicks += 1

    def seconds(self) -> float:
        """What it took: the hands' time, and the machine's."""
        waited = time.monotonic() - self._start
        return self.characters * SECONDS_A_CHARACTER + self.clicks * SECONDS_A_CLICK + waited


def test_from_the_welcome_to_the_first_answered_ticket_within_a_minute(new_server: NewServer, page: Page) -> None:
    server = new_server()
    (link,) = re.findall(r"http://localhost:\d+/welcome/\S+", server.log.read_text())
    hand = Hand(page)

    page.goto(link)
    hand.clicks += 1
    hand.type("Ada Lovelace")
    hand.press("Tab")
    hand.type("ada@acme.example")
    hand.press("Tab")
    hand.type("correct horse battery")
    hand.click(page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your workspace")
    hand.type("Acme")
    hand.press("Enter")
    hand.click(page.get_by_role("button", name="Load sample data"))
    hand.click(page.locator(".rows-link").first)
    hand.click(page.locator("#reply-body"))
    hand.type("Hello, we have found it. It works again.")
    hand.click(page.get_by_role("button", name="Send", exact=True))
    expect(page.locator(".entry-held")).to_contain_text("we have found it")
    # Released by the worker after ten seconds, and seen by the page itself.
    expect(page.locator(".entry-held")).to_have_count(0, timeout=20_000)
    expect(page.locator(".entry-ours").last).to_contain_text("we have found it")

    took = hand.seconds()
    print(f"{hand.characters} characters, {hand.clicks} clicks, {took:.1f} s in all")
    assert took < MOST_SECONDS


def test_a_ticket_is_found_answered_and_resolved_by_keyboard_alone(new_page: Watched, acme: Player) -> None:
    page = new_page()
    first = acme.ticket(subject="Invoice shows the wrong VAT", customer_email="carla@globex.example")
    acme.ticket(subject="Export stops")
    sign_in(page.context, acme, acme.agent)
    page.goto(f"{home(acme)}/people")

    page.keyboard.press("g")
    page.keyboard.press("u")
    page.wait_for_url("**/tickets/unassigned")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets/1?*")
    expect(page.locator("h1").last).to_contain_text("Invoice shows the wrong VAT")
    page.keyboard.press("n")
    page.keyboard.type("The tax table changed.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry-note")).to_contain_text("The tax table changed.")
    page.wait_for_load_state()
    page.keyboard.press("r")
    page.keyboard.type("You get a new one.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry-held")).to_contain_text("You get a new one.")
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    # The next one is opened.
    expect(page.locator("h1").last).to_contain_text("Export stops")
    assert acme.get(f"/tickets/{first['id']}").data["status"] == "resolved"

    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/customers")
    page.keyboard.press("/")
    page.keyboard.type("carla")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers?q=carla")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("carla")
    page.keyboard.press("Control+k")
    page.keyboard.type("Edit customer")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_customer_is_changed_where_they_stand(new_page: Watched, acme: Player, scripts: bool) -> None:
    page = new_page(scripts=scripts)
    made = acme.customer(email="carla@globex.example", name="Carla")
    sign_in(page.context, acme, acme.agent)
    page.goto(f"{home(acme)}/customers/{made['id']}")

    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Name").fill("Carla Costa")
    assert ("/edit" in page.url) != scripts
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Carla Costa")
    assert page.url == f"{home(acme)}/customers/{made['id']}"


# It looks through every page there is, which took two minutes beside other work.
@pytest.mark.timeout(400)
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 320), ("light", 320), ("dark", 1280)])
def test_every_page_is_accessible_and_fits(new_page: Watched, acme: Player, theme: str, width: int) -> None:
    named = acme.backstage(furnish, acme.id)
    page = new_page(theme=theme, width=width, allow=("403", "404"))
    seen = []
    for signed_in in (False, True):
        if signed_in:
            sign_in(page.context, acme, acme.owner)
        for address in pages(page, acme, named):
            assert_fits(page)
            if (theme == "light") == (width > 320):
                assert_accessible(page)
            seen.append(address)
    assert len(seen) > 30, seen


# The same word in both languages.
_SAME = {
    *(
        "Name",
        "Status",
        "Tag",
        "Tags",
        "Ticket",
        "Tickets",
        "Text",
        "Filter",
        "Admin",
        "Agent",
        "Tixallo",
        "API",
        "Spam",
        "Code",
    ),
    *("Deutsch", "English", "Passkey", "Passkeys", "Person", "(Person)", "System"),
    # What is called so in the API, too.
    *("development", "staging", "production"),
}
_TEXTS = """() => {
  const found = document.querySelector("article[lang=en]") ? [] : [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode())
    if (!walker.currentNode.parentElement.closest(
      "script, style, kbd, code, pre, select[name=time_zone], [translate=no], [lang=en]"
    ))
      found.push(walker.currentNode.data);
  const names = ["aria-label", "placeholder", "title", "data-palette", "data-key-name"];
  for (const name of names)
    for (const each of document.querySelectorAll(`[${name}]:not(time)`)) found.push(each.getAttribute(name));
  return found.map((text) => text.trim().replace(/\\s+/g, " ")).filter((text) => /[a-zA-Z]{3}/.test(text));
}"""


def test_whoever_reads_german_meets_no_english(new_page: Watched, acme: Player) -> None:
    named = acme.backstage(furnish, acme.id)
    written = acme.backstage(texts, acme.id)
    said: dict[str, dict[str, set[str]]] = {}
    for language in ("en", "de"):
        page = new_page(allow=("403", "404"))
        sign_in(page.context, acme, acme.owner, language)
        said[language] = {address: set(page.evaluate(_TEXTS)) for address in pages(page, acme, named)}

    assert said["en"].keys() == said["de"].keys()
    left = {
        address: untranslated
        for address, german in said["de"].items()
        if (untranslated := {text for text in german & said["en"][address] if not _is_no_words_of_ours(text, written)})
    }
    assert not left, "\n".join(f"{address}: {sorted(texts)}" for address, texts in left.items())


def _is_no_words_of_ours(text: str, written: str) -> bool:
    parts = re.sub(r"\(\d+\) |#\d+( · | |$)", "", text).split(" · ")
    return all(part in _SAME or part in written for part in parts)
