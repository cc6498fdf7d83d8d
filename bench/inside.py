"""`python -m bench.inside`: what must run with Django set up on other settings than the caller's.

Reads calls from standard input, a line of JSON each, and answers each with a line: the result of the function.
"""

import json
import os
import sys
from importlib import import_module

from tixallo.config import setup


def main() -> None:
    """Run what is called until the input ends."""
    # Whatever else is printed must not pass for a result.
    results = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    setup.use()
    setup.prepare()
    for line in sys.stdin:
        call = json.loads(line)
        module, _, name = call["function"].partition(":")
        result = getattr(import_module(module), name)(**call["given"])
        print(json.dumps(result), file=results, flush=True)


if __name__ == "__main__":
    main()
