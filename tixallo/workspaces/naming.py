"""The rule for what a workspace, or a thing in it that people name, can be called."""

import unicodedata
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from tixallo.workspaces.models import LONGEST_NAME

# Control characters, and the two that end a line or a paragraph: in a terminal or a list they would do something.
_CONTROLS: Final = frozenset({"Cc", "Zl", "Zp"})


def name_errors(name: str) -> list[str]:
    """Return what is wrong with a name, for `Invalid`; nothing if it can be one."""
    if not name.strip() or len(name) > LONGEST_NAME:
        return [gettext("Must have 1 to %(most)s characters") % {"most": LONGEST_NAME}]
    return [_no_controls()] if _has_controls(name) else []


def check_controls(name: str) -> None:
    """Check a form's field as its validator. Raises `ValidationError`."""
    if _has_controls(name):
        raise ValidationError(_no_controls())


def without_controls(name: str) -> str:
    """Return a name from before there was this rule as it can be one: with spaces for what it may not have."""
    if not _has_controls(name):
        return name
    return " ".join("".join(" " if _is_control(letter) else letter for letter in name).split())


def _has_controls(name: str) -> bool:
    return any(map(_is_control, name))


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in _CONTROLS


def _no_controls() -> str:
    return gettext("Must have no line breaks or other control characters")
