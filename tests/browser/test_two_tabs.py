"""One person with a ticket in two tabs: neither loses to the other what is written there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looks import assert_accessible
from tests.browser.signing_in import home, sign_in
from tests.cast import Player
from tests.serving.processes import until
from tixallo.tickets.models import Draft

pytestmark = [pytest.mark.browser, pytest.mark.once]


def drafts(workspace_id: str) -> list[str]:
    """The texts of all drafts (runs backstage)."""
    return list(Draft.objects.filter(workspace_id=workspace_id).values_list("body", flat=True))


def write(page: Page, text: str, *, saved: bool = True) -> None:
    """Write at the end of the reply and wait for what the server makes of it."""
    with page.expect_response(lambda answer: "/drafts/" in answer.url) as answer:
        page.locator("#reply-body").press("ControlOrMeta+End")
        page.keyboard.type(text)
    assert answer.value.status == (204 if saved else 409)


@pytest.fixture
def tabs(new_page: Watched, acme: Player) -> Callable[..., tuple[Page, Page]]:
    """Two tabs of the agent on the page of a new ticket, both opened before anything was written."""

    def open_both() -> tuple[Page, Page]:
        first = new_page(allow=("409",))
        sign_in(first.context, acme, acme.agent)
        second = first.context.new_page()
        address = f"{home(acme)}/tickets/{acme.ticket()['ticket_number']}"
        for tab in (first, second):
            tab.goto(address)
        return first, second

    return open_both


def test_what_was_written_in_another_tab_is_shown_and_can_be_put_below(
    acme: Player, tabs: Callable[[], tuple[Page, Page]]
) -> None:
    first, second = tabs()
    write(first, "From the first tab: ü €\nand more")
    write(second, "From the second tab.", saved=False)
    other = second.locator("#reply [data-elsewhere]")
    expect(other).to_contain_text("Changed in another tab.")
    expect(other.locator("textarea")).to_have_value("From the first tab: ü €\nand more")
    expect(second.locator("#reply-body")).to_have_value("From the second tab.")
    assert acme.backstage(drafts, acme.id) == ["From the first tab: ü €\nand more"]
    assert_accessible(second)
    other.get_by_role("button", name="Put it below").click()
    expect(other).to_be_hidden()
    expect(second.locator("#reply .draft-state")).to_have_text("saved")
    both = "From the second tab.\n\nFrom the first tab: ü €\nand more"
    assert acme.backstage(drafts, acme.id) == [both]
    write(second, " Bye")
    write(first, "!", saved=False)
    first.locator("#reply [data-leave]").click()
    expect(first.locator("#reply .draft-state")).to_have_text("saved")
    assert acme.backstage(drafts, acme.id) == ["From the first tab: ü €\nand more!"]


def test_both_texts_are_there_after_a_reload(acme: Player, tabs: Callable[[], tuple[Page, Page]]) -> None:
    first, second = tabs()
    write(first, "From the first tab.")
    write(second, "From the second tab.", saved=False)
    second.reload()
    expect(second.locator("#reply-body")).to_have_value("From the second tab.")
    expect(second.locator("#reply [data-elsewhere] textarea")).to_have_value("From the first tab.")
    assert acme.backstage(drafts, acme.id) == ["From the first tab."]


def test_what_is_left_before_it_was_saved_goes_below(acme: Player, tabs: Callable[[], tuple[Page, Page]]) -> None:
    first, second = tabs()
    address = second.url
    write(first, "From the first tab.")
    second.locator("#reply-body").press_sequentially("From the second tab.")
    second.goto(f"{home(acme)}/")
    both = "From the first tab.\n\nFrom the second tab."
    until(lambda: acme.backstage(drafts, acme.id) == [both])
    second.goto(address)
    expect(second.locator("#reply-body")).to_have_value(both)
    write(first, "!", saved=False)
    expect(first.locator("#reply [data-elsewhere] textarea")).to_have_value(both)


def test_what_becomes_too_long_to_be_sent_says_so_and_is_kept(
    acme: Player, tabs: Callable[[], tuple[Page, Page]]
) -> None:
    first, second = tabs()
    texts = tuple("\n".join([letter * 70] * 200) for letter in "ab")
    for tab, text in ((first, texts[0]), (second, texts[1])):
        with tab.expect_response(lambda answer: "/drafts/" in answer.url):
            tab.locator("#reply-body").fill(text)
    with second.expect_response(lambda answer: "/drafts/" in answer.url):
        second.locator("#reply [data-take]").click()
    told = second.locator("#reply .draft-state")
    expect(told).to_have_text("Too long to be sent: at most 20,000 characters.")
    assert acme.backstage(drafts, acme.id) == [f"{texts[1]}\n\n{texts[0]}"]
    # It is shortened as any other text is written.
    with second.expect_response(lambda answer: "/drafts/" in answer.url):
        second.locator("#reply-body").fill("Short")
    expect(told).to_have_text("saved")
    assert acme.backstage(drafts, acme.id) == ["Short"]


def test_what_is_sent_leaves_what_another_tab_wrote(acme: Player, tabs: Callable[[], tuple[Page, Page]]) -> None:
    first, second = tabs()
    write(first, "From the first tab.")
    write(second, "Sent from the second.", saved=False)
    second.keyboard.press("ControlOrMeta+Enter")
    expect(second.locator("#timeline")).to_contain_text("Sent from the second.")
    expect(second.locator("#reply-body")).to_have_value("From the first tab.")
    assert acme.backstage(drafts, acme.id) == ["From the first tab."]
    # What was written in one tab alone is no draft any more once it is sent.
    write(first, " Sent, too.")
    first.keyboard.press("ControlOrMeta+Enter")
    expect(first.locator("#timeline")).to_contain_text("From the first tab. Sent, too.")
    assert acme.backstage(drafts, acme.id) == []


def test_a_note_that_is_moved_goes_below_what_another_tab_wrote(
    acme: Player, tabs: Callable[[], tuple[Page, Page]]
) -> None:
    first, second = tabs()
    write(first, "From the first tab.")
    second.locator("#note > summary").click()
    second.locator("#note-body").fill("Look")
    second.get_by_role("button", name="Move text to reply").click()
    expect(second.locator("#reply-body")).to_have_value("From the first tab.\n\nLook")
    assert acme.backstage(drafts, acme.id) == ["From the first tab.\n\nLook"]


def test_in_one_tab_nothing_is_asked(acme: Player, tabs: Callable[[], tuple[Page, Page]]) -> None:
    page, _ = tabs()
    write(page, "One")
    page.keyboard.type(" two")
    address = page.url
    page.goto(f"{home(acme)}/")
    page.goto(address)
    expect(page.locator("#reply-body")).to_have_value("One two")
    write(page, " three")
    expect(page.locator("[data-elsewhere]").first).to_be_hidden()
    assert acme.backstage(drafts, acme.id) == ["One two three"]
