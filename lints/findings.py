"""What a lint says: a place and what is wrong there."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One place that breaks a rule; lines count from 1."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"
