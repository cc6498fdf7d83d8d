"""What is measured: figures with the target each must meet, and the two sizes in which a run can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

RATIO = "times"


@dataclass(frozen=True)
class Figure:
    """One measured number: `most` is its target, None where it has none; `detail` says how it came about."""

    name: str
    value: float
    unit: str
    most: float | None = None
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        return self.most is None or self.value <= self.most

    def shown(self) -> str:
        """Return the value with its unit."""
        return shown(self.value, self.unit)

    def target(self) -> str:
        """Return the target with its unit, or a dash."""
        return "-" if self.most is None else f"≤ {shown(self.most, self.unit)}"

    def verdict(self) -> str:
        """Return whether it holds, in a word."""
        return "-" if self.most is None else "holds" if self.holds else "MISSED"


@dataclass(frozen=True)
class Size:
    """How large the data is and how long is measured."""

    name: str
    tickets: int  # in the workspace that is listed through the server
    small: int  # the two sizes that a listing is compared at
    large: int
    matches: int  # how many tickets each filter finds, at both
    rounds: int
    requests: int  # in a round, on each side
    calls: int  # in a round, of a function that is called directly
    keys: int
    searches: int


QUICK = Size("quick", 5_000, 2_000, 20_000, 200, 7, 2_000, 2_000, 20_000, 200)
FULL = Size("full", 100_000, 10_000, 1_000_000, 1_000, 15, 8_000, 10_000, 1_000_000, 1_000)
SIZES = {size.name: size for size in (QUICK, FULL)}


def ratio_of(name: str, costs: Sequence[float], floors: Sequence[float], most: float, detail: str = "") -> Figure:
    """Return the figure of a cost against its floor, each measured once a round, in the same order (in µs)."""
    ratios = [cost / floor for cost, floor in zip(costs, floors, strict=True)]
    text = f"{median(costs):.1f} µs against {median(floors):.1f} µs; rounds {min(ratios):.2f} to {max(ratios):.2f}"
    return Figure(name, median(ratios), RATIO, most, f"{text}; {detail}" if detail else text)


def shown(value: float, unit: str) -> str:
    """Return a number with as many digits as are worth reading."""
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f} {unit}"
