"""The normaliser of searches: what it takes for a word, and that it never says anything a search could trip over."""

# ruff: noqa: RUF001 - letters that look alike are what is tested here

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tixallo.kit.text import LONGEST_WORD, words

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n", []),
        ("Printer on FIRE", ["printer", "on", "fire"]),
        ("e-mail: a.b@customer.example", ["e", "mail", "a", "b", "customer", "example"]),
        ("don't", ["don", "t"]),
        ("Rechnung Nr. 4711/2026", ["rechnung", "nr", "4711", "2026"]),
        ("Größe GRÖSSE größe", ["grosse", "grosse", "grosse"]),
        ("Café Cafe\u0301", ["cafe", "cafe"]),
        ("Ελλάδα", ["ελλαδα"]),
        ("ΟΔΟΣ οδός", ["οδοσ", "οδοσ"]),
        ("İstanbul ISTANBUL ıstanbul", ["istanbul", "istanbul", "ıstanbul"]),
        ("ﬁnance ｆｕｌｌ ①", ["finance", "full", "1"]),
        ("x² ½", ["x2", "1", "2"]),
        ("заказ ЗАКАЗ Ёлка", ["заказ", "заказ", "елка"]),
        ("漢字 テスト", ["漢字", "テスト"]),
        ("🖨 printer🔥fire", ["printer", "fire"]),
        ('a_b a+b a&b a|b a!b a*b (a) "a"', ["a", "b"] * 6 + ["a", "a"]),
        ("نَصّ", ["نص"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
@example("\u0345")
@example("ŉ ẖ ΐ")
@example("\u1e9e \ufb06 \u0130")
@settings(max_examples=300)
def test_words_are_plain_and_stay_themselves(text: str) -> None:
    for word in words(text):
        assert word.isalnum()
        assert len(word) <= LONGEST_WORD
        assert words(word) == [word]


@given(st.text(), st.text())
def test_texts_side_by_side_have_the_words_of_both(one: str, other: str) -> None:
    assert words(f"{one} {other}") == words(one) + words(other)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_the_short_way_for_ascii_finds_the_same(text: str) -> None:
    # One letter that is not ASCII takes the long way.
    assert words(f"{text} é") == [*words(text), "e"]


@given(st.text())
def test_case_and_marks_do_not_matter(text: str) -> None:
    assert words(text.casefold()) == words(text)


def test_a_long_word_keeps_its_head() -> None:
    assert words("a" * 1000) == ["a" * LONGEST_WORD]
    assert words("é" * 1000 + " b") == ["e" * LONGEST_WORD, "b"]
