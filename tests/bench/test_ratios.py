"""The hot paths against their floors on little data, with room for a busy machine: what fails here has become twice as
slow. The targets themselves are measured by `python -m bench`.
"""

from collections.abc import Iterator

import pytest

from bench import drawing, growth, keycheck, posting, reading
from bench.figures import RATIO, Figure, Size
from tests.scratch import Scratch

pytestmark = [pytest.mark.once, pytest.mark.alone]

_SIZE = Size("test", 1_000, 1_000, 10_000, 250, rounds=6, requests=600, calls=2_000, keys=2_000, searches=50)
_ROOM = 1.6


@pytest.fixture(autouse=True, scope="module")
def _data(scratch: Scratch) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BENCH_DATA", str(scratch.directory("bench")))
        yield


def test_listing_costs_little_more_than_its_sql_and_a_kept_answer_less() -> None:
    _hold(reading.measure(_SIZE))


def test_opening_a_ticket_costs_a_few_times_its_inserts() -> None:
    _hold(posting.measure(_SIZE))


def test_a_key_is_checked_at_a_few_times_its_look_up_however_many_there_are() -> None:
    # Microseconds differ from machine to machine: `python -m bench keycheck` holds them against their target.
    ratios = [figure for figure in keycheck.measure(_SIZE) if figure.unit == RATIO]
    assert len(ratios) == 2
    _hold(iter(ratios))


def test_a_page_costs_the_same_in_a_workspace_ten_times_as_large() -> None:
    _hold(growth.measure(_SIZE, databases=("sqlite",)))


def test_pages_cost_little_more_than_drawing_them_and_a_long_conversation_no_more_than_a_short_one() -> None:
    *pages, long = drawing.measure(_SIZE)
    _hold(iter(pages))
    assert long.value <= drawing.MOST_LONG, f"{long.name}: {long.shown()}, {long.detail}"


def _hold(figures: Iterator[Figure]) -> None:
    for figure in figures:
        assert figure.most is not None
        assert figure.value <= figure.most * _ROOM, f"{figure.name}: {figure.shown()}, {figure.detail}"
