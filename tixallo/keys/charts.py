"""Bars as the one path of an SVG: charts are drawn by attributes, as the content security policy allows no style."""

from collections.abc import Sequence

_WIDTH = 3
_STEP = _WIDTH + 1


def bars(counts: Sequence[int], height: int, most: int | None = None) -> str:
    """Return the path of a bar for each count, 4 wide with the gap behind it, on a ground line at `height`.

    The highest is `most`, or the highest count; a count above nothing has a bar that can be seen.
    """
    top = max(counts, default=0) if most is None else most
    return "".join(
        f"M{place * _STEP} {height}v-{max(count * height // top, 1)}h{_WIDTH}V{height}z"
        for place, count in enumerate(counts)
        if count
    )
