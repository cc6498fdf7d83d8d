"""Bars as the one path of an SVG: charts are drawn by attributes, as the content security policy allows no style."""

from collections.abc import Sequence
from functools import cache


def bars(counts: Sequence[int], height: int, most: int | None = None) -> str:
    """Return the path of a bar for each count, 3 wide and 1 apart, on a ground line at `height`; empty without any.

    The highest is `most`, or the highest count; a count above nothing has a bar that can be seen.
    """
    top = max(counts, default=0) if most is None else most
    if not any(counts):
        return ""
    shapes = _shapes(height)
    # Rounded down, but for what is above nothing.
    return f"M0 {height}" + "".join([shapes[(count * height // top or 1) if count else 0] for count in counts])


@cache
def _shapes(height: int) -> list[str]:
    """Return the steps of the pen for a bar of each height."""
    return ["m4 0", *(f"v-{each}h3v{each}h1" for each in range(1, height + 1))]
