"""Servers for the tests in this directory."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest

from tests.scratch import Scratch
from tests.serving.processes import Serving


class NewServing(Protocol):
    """What the fixture `new_serving` gives."""

    def __call__(self, **variables: str) -> Serving: ...


@pytest.fixture(scope="module")
def serving(scratch: Scratch) -> Iterator[Serving]:
    """A running server that a module's tests share; none may stop it."""
    with Serving(scratch) as shared:
        yield shared.listening()


@pytest.fixture
def new_serving(scratch: Scratch) -> Iterator[NewServing]:
    """Servers for one test alone, started but perhaps not ready yet: `new_serving(TIXALLO_PORT="…")`."""
    with ExitStack() as stack:
        yield lambda **variables: stack.enter_context(Serving(scratch, **variables))
