"""GET /tickets?q=…: which tickets a search finds, over the running server."""

# ruff: noqa: RUF001 - letters that look alike are what is tested here

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cast import Player
from tests.lists import ids
from tixallo.kit.text import words
from tixallo.tickets.searching import MOST_WORDS_ASKED


def search(player: Player, query: str, **more: Any) -> list[str]:
    return ids(player.get("/tickets", q=query, limit=50, **more).data)


@pytest.fixture(scope="module")
def printer(stage: Any) -> tuple[Player, str]:
    """Acme with the ticket that these tests look for, among others, and a message of each kind on it."""
    acme: Player = stage.assemble("Acme")
    for subject in ("Ordering paper", "Invoice 4711", "Nothing at all"):
        acme.ticket(subject=subject, description="Some other matter", customer_email="gus@elsewhere.example")
    made = acme.ticket(
        subject="The PRINTER is on fire",
        description="Smoke rises from the Büroküche since 2026-01-31",
        customer_email="carla.meier@customer.example",
        customer_name="Zoë Ångström",
    )
    acme.message(made["id"], "Please pull the plug")
    acme.message(made["id"], "Extinguished meanwhile", author="customer")
    return acme, made["id"]


@pytest.mark.parametrize(
    "query",
    [
        "printer",
        "Printer",
        "PRINTER",
        "fire printer",
        "printer fire",
        "smoke",
        "burokuche",
        "BÜROKÜCHE",
        "Büroküche",
        "plug",
        "extinguished",
        "zoe",
        "Zoë",
        "angstrom",
        "carla",
        "meier",
        "carla.meier@customer.example",
        "customer example",
        "2026-01-31",
        "2026 01 31",
        "prin",
        "pr",
        "fire prin",
        "ext",
        "printer smoke plug zoe carla extinguished",
        "  printer  ",
        "printer!",
        '"printer"',
        "ｐｒｉｎｔｅｒ",
        "the is on since from",
        "printer printer printer",
    ],
)
def test_a_search_finds_it(printer: tuple[Player, str], query: str) -> None:
    acme, found = printer
    assert search(acme, query) == [found]


@pytest.mark.parametrize(
    "query",
    [
        "rinter",
        "inter",
        "printers",
        "prin fire",
        "printer paper",
        "printer OR paper",
        "fires",
        "smoke invoice",
        "carlameier",
        "urgent",
        "medium",
        "new",
        "api",
        "acme",
        "x" * 64,
        "printer " + "x" * 64,
    ],
)
def test_a_search_does_not_find_it(printer: tuple[Player, str], query: str) -> None:
    acme, _ = printer
    assert search(acme, query) == []


def test_twenty_words_are_searched_for_and_no_more(printer: tuple[Player, str]) -> None:
    acme, found = printer
    said = "the printer is on fire smoke rises from since 2026 01 31 please pull plug extinguished meanwhile zoe carla"
    assert len(said.split()) == 19
    assert search(acme, f"{said} meier") == [found]
    assert search(acme, f"{said} paper") == []
    for more in ("meier paper", "meier meier", "meier x"):
        assert acme.get("/tickets", q=f"{said} {more}").field_errors == {"q": ["Must have at most 20 words"]}
    # Words end where no letter or digit stands: this is 21 of them.
    assert list(acme.get("/tickets", q=".".join(f"{said} meier x".split())).field_errors) == ["q"]


@pytest.mark.parametrize(
    "query",
    [
        '"',
        '""',
        "'",
        "*",
        "pri*",
        "(",
        ")",
        "()",
        "printer)",
        "(printer",
        "-printer",
        "- printer",
        "^printer",
        "printer^",
        "document:printer",
        "document :",
        ":",
        "{document}:printer",
        "printer:*",
        "printer & fire",
        "printer | paper",
        "!printer",
        "printer <-> fire",
        "NOT printer",
        "printer AND fire",
        "printer OR nothing",
        "NEAR(printer fire)",
        "NEAR",
        "AND",
        "OR",
        "NOT",
        "printer NEAR/2 fire",
        "printer + fire",
        '"printer',
        'printer"',
        '"printer" "',
        "\\",
        "\\'",
        "''",
        "%",
        "_",
        ";",
        "printer; DROP TABLE tickets_search",
        "' OR '1'='1",
        "ws",
        "…",
        "🔥",
        "\u200b",
        "~",
        "`",
        "#1",
        "$1",
        "?",
        "%s",
        "--",
        "/*",
    ],
)
def test_nothing_in_a_search_is_an_operator(printer: tuple[Player, str], query: str) -> None:
    acme, made = printer
    # The words alone say what is found: those that look like operators are words like any other.
    plain = " ".join(words(query))
    answer = acme.get("/tickets", q=query, limit=50)
    assert answer.status == 200
    assert ids(answer.data) == (search(acme, plain) if plain else [])
    if plain == "printer":
        assert ids(answer.data) == [made]


def test_a_search_without_a_word_finds_nothing(printer: tuple[Player, str]) -> None:
    acme, _ = printer
    for query in ("!!!", "…", '"', "🖨"):
        assert acme.get("/tickets", q=query).json == {"data": [], "next_cursor": None}


@pytest.mark.parametrize("query", ["", " ", "\x00", "printer\x00", "x" * 301], ids=repr)
def test_another_search_is_refused(printer: tuple[Player, str], query: str) -> None:
    acme, _ = printer
    assert list(acme.get("/tickets", q=query).field_errors) == ["q"]


def test_the_longest_search_is_taken(printer: tuple[Player, str]) -> None:
    acme, _ = printer
    for letter in ("x", "漢", " " * 19 + "x"):
        assert acme.get("/tickets", q=letter * (300 // len(letter))).status == 200
    # The latter is four words in one letter.
    for letter in ("x ", "ﷺ"):
        assert list(acme.get("/tickets", q=letter * (300 // len(letter))).field_errors) == ["q"]


def test_no_search_reaches_another_workspace(printer: tuple[Player, str], globex: Player) -> None:
    acme, _ = printer
    mine = globex.ticket(subject="Another printer")["id"]
    assert search(globex, "printer") == [mine]
    for query in ("smoke", "zoe angstrom", acme.id, f"¤{acme.id.replace('-', '')} printer"):
        assert search(globex, query) == []


@pytest.mark.parametrize("query", ["w", "ws", "ws0", "0", "¤", "¤0", "01", "ws01"])
def test_what_marks_the_workspace_is_no_word(acme: Player, query: str) -> None:
    acme.ticket(subject="Alpha", description="Beta", customer_email="carla@customer.example")
    assert search(acme, query) == []


def test_a_text_cannot_pass_for_another_workspaces(acme: Player, globex: Player) -> None:
    mark = globex.id.replace("-", "")
    acme.ticket(subject=f"Alpha ¤{mark} ws{mark}")
    assert search(globex, "alpha") == []
    assert len(search(acme, f"alpha ¤{mark}")) == 1


def test_a_word_that_is_too_long_is_found_by_its_head(acme: Player) -> None:
    made = acme.ticket(subject="x" * 200, description="ä" * 1000)["id"]
    for query in ("x" * 200, "x" * 64, "x" * 20, "a" * 64, "ä" * 300):
        assert search(acme, query) == [made]


def test_many_long_texts_are_found_as_far_as_they_go(acme: Player) -> None:
    made = acme.ticket(description="漢 " * 10_000)["id"]
    for number in range(4):
        acme.message(made, f"start{number} " + "ぁあ " * 6_000 + f"end{number}")
    assert search(acme, "end3 start0") == [made]


def test_edits_are_found_at_once_and_what_was_is_not(acme: Player) -> None:
    made = acme.ticket(subject="Alpha", description="Constant")["id"]
    acme.message(made, "Spoken")
    acme.patch(f"/tickets/{made}", {"subject": "Beta"})
    assert search(acme, "beta") == search(acme, "constant spoken carla") == [made]
    assert search(acme, "alpha") == []


def test_a_message_without_a_word_is_indexed_too(acme: Player) -> None:
    made = acme.ticket(subject="Alpha")["id"]
    acme.message(made, "!!! 🔥")
    acme.message(made, "word")
    assert search(acme, "alpha word") == [made]


def test_searches_come_in_pages_newest_first_and_with_filters(acme: Player) -> None:
    made = [acme.ticket(subject=f"Printer {number}")["id"] for number in range(7)][::-1]
    acme.ticket(subject="Paper")
    acme.patch(f"/tickets/{made[2]}", {"status": "closed"})
    assert ids(acme.pages("/tickets", q="printer", limit=3)) == made
    assert search(acme, "printer", status="closed") == [made[2]]
    assert search(acme, "printer", customer_email="nobody@customer.example") == []


def test_a_renamed_customer_is_found_once_the_worker_has_run(acme: Player) -> None:
    made = [acme.ticket(customer_email="carla@customer.example", customer_name="Carla Customer") for _ in range(3)][
        ::-1
    ]
    other = acme.ticket(customer_email="other@customer.example", customer_name="Carla Other")
    # Asked before as well, so that a kept answer would show.
    assert search(acme, "married") == []
    acme.patch(f"/customers/{made[0]['customer_id']}", {"name": "Carla Married", "email": "married@elsewhere.example"})
    end = time.monotonic() + 20
    while search(acme, "married") != ids(made):
        assert time.monotonic() < end, "The worker did not index them anew"
        time.sleep(0.1)
    assert search(acme, "elsewhere") == ids(made)
    assert search(acme, "carla customer example") == [other["id"]]


@given(st.text(min_size=1, max_size=40).filter(lambda text: "\x00" not in text and words(text)), st.data())
@example("ﬁnance ½", None)
@example("ΟΔΟΣ", None)
@example("İ ı ŉ ß", None)
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_what_is_written_is_found_by_any_of_its_words(shared_acme: Player, text: str, data: Any) -> None:
    made = shared_acme.ticket(subject=text)["id"]
    found = words(text)
    asked = [text, " ".join(found), text.upper(), text.casefold(), found[-1]]
    if data is not None:
        some = data.draw(st.lists(st.sampled_from(found), min_size=1, max_size=4))
        head = data.draw(st.integers(1, len(some[-1])))
        asked.append(" ".join([*some[:-1], some[-1][:head]]))
    for query in asked:
        # Upper case can have other marks and letters (ŉ, ΐ); then other words are asked for.
        asked_for = words(query)
        if len(query) <= 300 and len(asked_for) <= MOST_WORDS_ASKED and set(asked_for[:-1]) <= set(found):
            last = asked_for[-1:]
            if last and any(word.startswith(last[0]) for word in found):
                assert made in search(shared_acme, query), query
