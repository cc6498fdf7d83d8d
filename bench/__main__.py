"""`python -m bench [--size quick|full] [--write] [FIGURE …]`: measure, print a table, say whether the targets hold."""

import argparse
import sys
from importlib import import_module

from bench import machine
from bench.figures import SIZES, Figure

FIGURES = {
    "list": "bench.reading",
    "post": "bench.posting",
    "keycheck": "bench.keycheck",
    "pages": "bench.growth",
    "search": "bench.search",
    "people": "bench.people",
    "drawing": "bench.drawing",
    "keypages": "bench.keypages",
    "log": "bench.log",
    "serve": "bench.idle",
}


def main(arguments: list[str]) -> int:
    """Return 1 if a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the hot paths against their floors.")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"which to measure: {', '.join(FIGURES)}")
    parser.add_argument("--size", choices=SIZES, default="quick", help="quick: minutes; full: up to a million tickets")
    given = parser.parse_args(arguments)
    names = given.figures or list(FIGURES)
    for name in names:
        if name not in FIGURES:
            parser.error(f"unknown figure {name}: choose from {', '.join(FIGURES)}")
    size = SIZES[given.size]
    print(f"python -m bench --size {size.name} {' '.join(given.figures)}".rstrip())
    print(f"{machine.description()}\n")
    missed = 0
    for name in names:
        for figure in import_module(FIGURES[name]).measure(size):
            print(_line(figure), flush=True)
            missed += not figure.holds
    return 1 if missed else 0


def _line(figure: Figure) -> str:
    return f"{figure.name:<44} {figure.shown():>10} {figure.target():>11}  {figure.verdict():<6}  {figure.detail}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
