"""`python -m bench.inside MODULE:FUNCTION`: what must run with Django set up on other settings than the caller's.

Reads keyword arguments as JSON from standard input; the last line of its output is the result.
"""

import json
import sys
from importlib import import_module

from tixallo.config import setup


def main(function: str) -> None:
    """Run the function and print its result."""
    setup.use()
    setup.prepare()
    module, _, name = function.partition(":")
    result = getattr(import_module(module), name)(**json.load(sys.stdin))
    print(json.dumps(result), end="")


if __name__ == "__main__":
    main(sys.argv[1])
