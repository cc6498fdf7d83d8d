"""The text of a key: what is generated, what is recognised, and that nothing else is."""

import math
import string
import timeit
from collections import Counter
from functools import partial
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tixallo.keys import token
from tixallo.keys.token import ALPHABET, PREFIXES, generate, hint, parse

pytestmark = pytest.mark.once


def spell(prefix: str, public_id: str, secret: str) -> str:
    """Write a key down by the rules of docs/decisions/0003, digit by digit."""
    text = f"{prefix}_{public_id}_{secret}"
    number, digits = crc32(text.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 52)
        digits = ALPHABET[digit] + digits
    return f"{text}_{digits}"


public_ids = st.text(ALPHABET, min_size=12, max_size=12)
secrets = st.text(ALPHABET, min_size=34, max_size=34)
keys = st.builds(spell, st.sampled_from(sorted(PREFIXES.values())), public_ids, secrets)
# The characters nearest to those of a key: the rest of ASCII, and what Unicode takes for digits, letters and spaces.
others = st.one_of(st.sampled_from(string.printable), st.characters())


@pytest.mark.parametrize("environment", PREFIXES)
def test_a_generated_key_parses_back(environment: str) -> None:
    for _ in range(200):
        key = generate(environment)
        assert parse(str(key)) == key
        assert key.environment == environment
        assert str(key) == spell(PREFIXES[environment], key.public_id, key.secret)


@given(keys)
def test_the_parts_are_those_that_were_written(key: str) -> None:
    parsed = parse(key)
    assert parsed is not None
    prefix, *rest = key.split("_")
    assert [PREFIXES[parsed.environment], parsed.public_id, parsed.secret, parsed.checksum] == [prefix, *rest]
    assert str(parsed) == key
    assert parsed.signed_part == key.rpartition("_")[0].encode()


@given(keys, st.data(), others)
def test_a_key_with_one_character_changed_never_parses(key: str, data: st.DataObject, other: str) -> None:
    place = data.draw(st.integers(0, len(key) - 1))
    if other != key[place]:
        assert parse(key[:place] + other + key[place + 1 :]) is None


@given(keys)
def test_no_digit_of_a_key_can_be_exchanged_for_another(key: str) -> None:
    for place, digit in enumerate(key):
        for other in ALPHABET:
            if other != digit:
                assert parse(key[:place] + other + key[place + 1 :]) is None


@given(keys)
def test_neighbours_exchanged_are_noticed(key: str) -> None:
    for place in range(len(key) - 1):
        exchanged = key[:place] + key[place + 1] + key[place] + key[place + 2 :]
        assert exchanged == key or parse(exchanged) is None


@given(keys, st.data())
def test_a_truncated_key_never_parses(key: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(key) - 1))
    assert parse(key[:place]) is None
    assert parse(key[place + 1 :]) is None
    assert parse(key[:place] + key[place + 1 :]) is None


@given(keys, st.data(), others)
def test_an_extended_key_never_parses(key: str, data: st.DataObject, other: str) -> None:
    place = data.draw(st.integers(0, len(key)))
    assert parse(key[:place] + other + key[place:]) is None


@pytest.mark.parametrize("end", ["\n", "\r\n", " ", "\0", "\u2028", "_", "="])
def test_nothing_may_stand_before_or_after_a_key(end: str) -> None:
    key = str(generate("production"))
    assert parse(key + end) is None
    assert parse(end + key) is None


@given(keys)
def test_case_matters(key: str) -> None:
    assert parse(key.upper()) is None
    assert parse(key.swapcase()) is None


@given(keys)
def test_digits_and_letters_of_other_scripts_are_not_ours(key: str) -> None:
    wide = "".join(chr(ord(each) + 0xFEE0) if each != "_" else each for each in key)  # the fullwidth forms
    assert parse(wide) is None
    arabic = key.translate({ord("0") + digit: 0x0660 + digit for digit in range(10)})
    assert arabic == key or parse(arabic) is None


@given(st.sampled_from(["tix", "tixdev", "tixlive", "TIXPROD", "tixprod_", "", "sk_live"]), public_ids, secrets)
def test_another_prefix_is_refused_even_with_its_own_checksum(prefix: str, public_id: str, secret: str) -> None:
    assert parse(spell(prefix, public_id, secret)) is None


@given(st.text())
def test_any_text_is_taken_and_refused(text: str) -> None:
    assert parse(text) is None


def test_surrogates_and_long_texts_are_refused() -> None:
    key = str(generate("production"))
    for text in ("\ud800", key[:-1] + "\udcff", key * 100_000, "tixprod_" * 100_000, ""):
        assert parse(text) is None


def test_an_unknown_environment_has_no_keys() -> None:
    with pytest.raises(KeyError):
        generate("test")


def test_a_secret_has_more_than_190_bits() -> None:
    assert len(generate("production").secret) == token.SECRET_LENGTH
    # A key with a word in it is drawn again, so what counts is the share of those that are kept.
    drawn = [f"tixprod_{token._draw(12)}_{token._draw(34)}_" for _ in range(2_000)]
    kept = sum(token._WORD.search(text) is None for text in drawn) / len(drawn)
    assert token.SECRET_LENGTH * math.log2(len(ALPHABET)) + math.log2(kept) > 190


def test_every_character_is_as_likely_as_any_other() -> None:
    counts = Counter("".join(key.public_id + key.secret for key in (generate("staging") for _ in range(4_000))))
    assert set(counts) == set(ALPHABET)
    expected = counts.total() / len(ALPHABET)
    chi_squared = sum((count - expected) ** 2 / expected for count in counts.values())
    # 51 degrees of freedom: mean 51, deviation 10.1. A generator without bias fails this once in a billion runs.
    assert chi_squared < 130


def test_keys_do_not_repeat() -> None:
    drawn = [generate("development") for _ in range(2_000)]
    assert len({key.public_id for key in drawn}) == len({key.secret for key in drawn}) == len(drawn)


def test_a_key_is_one_word_for_a_double_click_and_safe_in_shell_url_and_header() -> None:
    assert set(ALPHABET) <= set(string.ascii_letters + string.digits)
    assert all(prefix.isascii() and prefix.isalnum() for prefix in PREFIXES.values())


def test_no_key_holds_what_begins_a_token_of_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(("J319Q4dHVghr", "7" * 34, "J319Q4dHVgr0", "7" * 34))
    monkeypatch.setattr(token, "_draw", lambda length: next(drawn))
    assert generate("development").public_id == "J319Q4dHVgr0"


def test_no_key_holds_a_word_that_scanners_take_for_a_placeholder() -> None:
    assert not set("aeiouAEIOU") & set(ALPHABET)
    for environment in PREFIXES:
        for _ in range(2_000):
            assert token._WORD.search(str(generate(environment))) is None


@pytest.mark.parametrize("environment", PREFIXES)
def test_no_key_is_longer_than_generic_rules_look(environment: str) -> None:
    # Nosey Parker's generic rules end at 64 characters.
    assert len(str(generate(environment))) <= 64


def test_a_hint_shows_the_prefix_some_of_the_id_and_the_end_of_the_checksum() -> None:
    key = generate("production")
    assert hint("production", "8fK2xQbcdfgh", "c9Qd") == "tixprod_8fK2xQ…c9Qd"
    assert key.last_four == str(key)[-4:]


def test_a_key_that_is_printed_by_a_traceback_shows_no_secret() -> None:
    key = generate("production")
    for text in (repr(key), f"{key!r}", f"{[key]}", f"{ValueError(key)!r}"):
        assert key.secret not in text
        assert key.secret[:6] not in text


@pytest.mark.alone
def test_parsing_takes_a_few_microseconds() -> None:
    key = str(generate("production"))
    wrong = key[:-1] + ("0" if key[-1] != "0" else "1")
    for text in (key, wrong, key * 1_000, "x" * 62):
        seconds = min(timeit.repeat(partial(parse, text), number=10_000, repeat=5)) / 10_000
        assert seconds < 5e-6
