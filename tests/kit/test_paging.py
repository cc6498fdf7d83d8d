"""Cursors: what is written is read again, and nothing else is."""

import base64
import contextlib
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tixallo.kit.clock import EPOCH, from_microseconds
from tixallo.kit.errors import Invalid
from tixallo.kit.paging import Place, read_cursor, write_cursor

pytestmark = pytest.mark.once

# From the first to the last microsecond of the calendar.
moments = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999).map(from_microseconds)
places = st.builds(Place, moments, st.uuids().map(str))


@given(places)
def test_a_place_survives_the_way_there_and_back(place: Place) -> None:
    text = write_cursor(place)
    assert read_cursor(text) == place
    assert len(text) == 34
    assert text.isascii()


@given(places, places)
def test_different_places_have_different_cursors(one: Place, other: Place) -> None:
    assert (write_cursor(one) == write_cursor(other)) == (one == other)


@given(places, st.integers(0, 33), st.characters(codec="ascii"))
@settings(max_examples=200)
def test_a_changed_cursor_is_another_place_or_none(place: Place, where: int, letter: str) -> None:
    text = write_cursor(place)
    changed = text[:where] + letter + text[where + 1 :]
    if changed == text:
        return
    with contextlib.suppress(Invalid):
        found = read_cursor(changed)
        assert found != place
        assert write_cursor(found) == changed


@given(st.one_of(st.text(), st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_anything_else_is_refused(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert write_cursor(read_cursor(text)) == text


@pytest.mark.parametrize("microseconds", [-(2**63), 2**63 - 1])
def test_a_moment_outside_the_calendar_is_refused(microseconds: int) -> None:
    packed = bytes([1]) + microseconds.to_bytes(8, "big", signed=True) + UUID(int=5).bytes
    with pytest.raises(Invalid):
        read_cursor(base64.urlsafe_b64encode(packed).rstrip(b"=").decode())


def test_the_last_microsecond_of_the_calendar_is_a_moment() -> None:
    place = Place(EPOCH + timedelta(microseconds=253_402_300_799_999_999), str(UUID(int=5)))
    assert read_cursor(write_cursor(place)) == place
