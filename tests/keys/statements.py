"""The statements that a piece of code runs past Django."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tixallo.kit import sql


@contextmanager
def raw_statements() -> Iterator[list[str]]:
    """Collect what goes through `kit.sql` meanwhile, which Django's own counter does not see."""
    ran: list[str] = []
    once = sql.Statement._once

    def counted(statement: sql.Statement, wrapper: Any, values: tuple[Any, ...], fetch: str) -> Any:
        ran.append(statement.text(wrapper))
        return once(statement, wrapper, values, fetch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sql.Statement, "_once", counted)
        yield ran
