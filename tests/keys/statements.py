"""The statements that a piece of code runs past Django."""

from typing import Any

import pytest

from tixallo.kit import sql


class raw_statements:  # noqa: N801 - reads as a function
    """Collects what goes through `kit.sql`, which Django's own counter does not see."""

    def __enter__(self) -> list[str]:
        self._patch = pytest.MonkeyPatch()
        ran: list[str] = []
        once = sql.Statement._once

        def counted(statement: sql.Statement, wrapper: Any, values: tuple[Any, ...], fetch: str) -> Any:
            ran.append(statement.text(wrapper))
            return once(statement, wrapper, values, fetch)

        self._patch.setattr(sql.Statement, "_once", counted)
        return ran

    def __exit__(self, *_: object) -> None:
        self._patch.undo()
