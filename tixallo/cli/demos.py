"""`tixallo demo` and `tixallo sample`: workspaces filled with marked samples."""

from typing import Any


def add(commands: Any) -> None:
    """Declare the words."""
