"""The log as CSV (RFC 4180, UTF-8 with a mark in front), piece by piece. No cell is a formula to a spreadsheet."""

import csv
import io
from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext

from tixallo.events import reading, walking
from tixallo.workspaces.models import Workspace

_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def lines(workspace: Workspace, wanted: walking.Filter) -> Iterator[str]:
    """Return what is looked for, newest first, times in UTC, in the language of the request."""
    # The pieces are written when the request's own language is no longer set.
    return _lines(workspace, wanted, translation.get_language())


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: a quote stands before what begins like one."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _lines(workspace: Workspace, wanted: walking.Filter, language: str | None) -> Iterator[str]:
    with translation.override(language):
        head = _MARK + _text([_head()])
    yield head
    for entries in walking.every(workspace.id, wanted):
        with translation.override(language):
            text = _text([_row(told) for told in reading.tell(workspace, entries)])
        if text:
            yield text


def _head() -> list[str]:
    who = [gettext("When"), gettext("Kind of actor"), gettext("Who"), gettext("Id of actor"), gettext("From where")]
    what = [gettext("Type"), gettext("What"), gettext("Kind of object"), gettext("Id of object"), gettext("Object")]
    return [*who, *what, gettext("Before and after"), gettext("Details")]


def _row(told: reading.Told) -> list[str]:
    entry = told.entry
    changes = "; ".join(f"{name}: {_plain(before)} → {_plain(after)}" for name, before, after in told.changes)
    facts = "; ".join(f"{name}: {_plain(value)}" for name, value in told.facts)
    who = [entry.created_at.isoformat(), entry.actor_kind, entry.actor_label, entry.actor_id, entry.origin]
    what = [entry.type, told.sentence, entry.subject_kind, entry.subject_id, entry.subject_label]
    return [safe(cell) for cell in (*who, *what, changes, facts)]


def _plain(value: reading.Value) -> str:
    return f"{value.text} ({value.id})" if value.id and value.id != value.text else value.text


def _text(rows: list[list[str]]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    return written.getvalue()
