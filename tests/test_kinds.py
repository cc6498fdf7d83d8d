"""A worker knows every kind of due row."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.once

_ROOT = Path(__file__).resolve().parent.parent


def test_every_module_that_has_a_kind_of_due_work_is_listed() -> None:
    from tixallo.config.kinds import MODULES

    paths = [path for path in (_ROOT / "tixallo").rglob("*.py") if "@due.kind(" in path.read_text()]

    assert {module.__name__ for module in MODULES} == {
        ".".join(path.relative_to(_ROOT).with_suffix("").parts) for path in paths
    }
