"""Whoever leaves a page and is back before its last save has arrived finds what was written last, and only that."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signing_in import home, sign_in
from tests.cast import Player
from tixallo.tickets.models import Draft

pytestmark = [pytest.mark.browser, pytest.mark.once]

# What a page sends while it is left passes by the tests' own way of holding requests back.
_HOLD_BACK = """
const send = window.fetch;
window.late = () => JSON.parse(sessionStorage.getItem("late") ?? "[]");
window.arrive = async () => {
  const sent = window.late().map(([url, body]) => send(url, {method: "POST", body: new URLSearchParams(body)}));
  sessionStorage.removeItem("late");
  return (await Promise.all(sent)).map((answer) => answer.status);
};
window.fetch = (url, options) => {
  if (!options?.keepalive) return send(url, options);
  sessionStorage.setItem("late", JSON.stringify([...window.late(), [url, String(options.body)]]));
  return new Promise(() => {});
};
"""


class Tab:
    """A tab on a ticket's page, whose saves on leaving wait on the way until `arrive`."""

    def __init__(self, acme: Player, page: Page) -> None:
        self.acme, self.page, self.address = acme, page, page.url
        self.reply = page.locator("#reply-body")
        page.add_init_script(_HOLD_BACK)
        page.goto(page.url)

    def write(self, text: str, *, over: bool = False) -> None:
        """Write at the end, or over what stands there, and wait until it is saved."""
        with self.page.expect_response(lambda answer: "/drafts/" in answer.url) as answer:
            self.type(text, over=over)
        assert answer.value.status == 204
        self.is_saved()

    def type(self, text: str, *, over: bool = False) -> None:
        self.reply.press("ControlOrMeta+a" if over else "ControlOrMeta+End")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)

    def is_saved(self) -> None:
        expect(self.page.locator("#reply .draft-state")).to_have_text("saved", timeout=15_000)

    def leave(self) -> None:
        """Go to the inbox, whose page comes while the save is still on its way."""
        self.page.goto(f"{home(self.acme)}/")
        assert self.page.evaluate("late().length"), "no save was on its way"

    def come_back(self) -> None:
        self.page.goto(self.address)

    def arrive(self) -> None:
        """Let the saves that wait arrive at the server."""
        answers = self.page.evaluate("arrive()")
        assert answers
        assert set(answers) == {204}

    def kept(self) -> list[str]:
        """The names of all that waits in the tab."""
        return list(self.page.evaluate("Object.keys(sessionStorage).filter((name) => name.includes('draft:'))"))


def drafts(workspace_id: str) -> list[str]:
    """The texts of all drafts (runs backstage)."""
    return list(Draft.objects.filter(workspace_id=workspace_id).values_list("body", flat=True))


@pytest.fixture
def ticket(acme: Player) -> Any:
    return acme.ticket()


@pytest.fixture
def tab(acme: Player, visit: Callable[..., Page]) -> Tab:
    return Tab(acme, visit(allow=("409",)))


def test_the_page_shows_what_was_written_last(acme: Player, tab: Tab) -> None:
    for text in ("One", " two"):
        tab.type(text)
        tab.leave()
        tab.come_back()
    expect(tab.reply).to_have_value("One two")
    tab.is_saved()
    tab.write(" three")
    tab.arrive()
    tab.write(" four")
    expect(tab.page.locator("[data-elsewhere]").first).to_be_hidden()
    assert acme.backstage(drafts, acme.id) == ["One two three four"]
    assert tab.kept() == []


def test_what_was_saved_and_is_written_on_is_there_whole(acme: Player, tab: Tab) -> None:
    tab.write("One")
    tab.type(" two")
    tab.leave()
    tab.come_back()
    expect(tab.reply).to_have_value("One two")
    tab.is_saved()
    tab.arrive()
    assert acme.backstage(drafts, acme.id) == ["One two"]


def test_what_was_emptied_is_empty(acme: Player, tab: Tab) -> None:
    tab.write("One")
    tab.type("", over=True)
    tab.leave()
    tab.come_back()
    expect(tab.reply).to_have_value("")
    tab.is_saved()
    tab.arrive()
    assert acme.backstage(drafts, acme.id) == []


def test_what_is_sent_then_is_no_draft_again(acme: Player, tab: Tab) -> None:
    tab.type("Dear customer")
    tab.leave()
    tab.come_back()
    expect(tab.reply).to_have_value("Dear customer")
    tab.reply.press("ControlOrMeta+Enter")
    expect(tab.page.locator(".entry-held")).to_have_count(1)
    tab.arrive()
    tab.page.reload()
    expect(tab.reply).to_have_value("")
    assert acme.backstage(drafts, acme.id) == []
    assert tab.kept() == []


def test_what_has_arrived_is_asked_about_no_more(acme: Player, tab: Tab) -> None:
    tab.type("Dear customer")
    tab.leave()
    tab.arrive()
    tab.come_back()
    expect(tab.reply).to_have_value("Dear customer")
    assert tab.kept() == []


def test_what_was_written_in_another_tab_meanwhile_is_shown(acme: Player, tab: Tab) -> None:
    tab.write("One")
    other = tab.page.context.new_page()
    other.goto(tab.address)
    tab.type(" two")
    tab.leave()
    with other.expect_response(lambda answer: "/drafts/" in answer.url):
        other.locator("#reply-body").fill("Another one")
    tab.come_back()
    expect(tab.reply).to_have_value("Another one")
    tab.arrive()
    assert acme.backstage(drafts, acme.id) == ["Another one\n\nOne two"]


def test_whoever_signs_in_next_in_the_tab_does_not_get_it(acme: Player, tab: Tab) -> None:
    tab.type("For my eyes only")
    tab.leave()
    tab.page.context.clear_cookies()
    sign_in(tab.page.context, acme, acme.admin)
    tab.come_back()
    # The page's scripts have run once they show the time.
    expect(tab.page.locator("time").first).not_to_be_empty()
    expect(tab.reply).to_have_value("")
    tab.page.context.clear_cookies()
    sign_in(tab.page.context, acme, acme.agent)
    tab.come_back()
    expect(tab.reply).to_have_value("For my eyes only")
