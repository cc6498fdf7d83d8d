"""The rows of the list of keys as markup. Five hundred stand on a page: a template's work for each cell of each of them
takes most of the page's time, so that a tag of the template adds the moments alone.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tixallo.keys.listing import Row
from tixallo.keys.traffic import Use
from tixallo.kit.numbers import grouped


class _Words(NamedTuple):
    environment: str
    used: str
    unused: str
    traffic: str
    refused: str
    expires: str
    never: str
    state: str


def drawn(rows: Iterable[Row], home: str) -> Iterator[SafeString | datetime]:
    """Yield the markup of rows and the moments that stand in it, in turn; `home` is the address of the list."""
    words = _Words(
        *map(escape, (gettext("Environment"), gettext("Last used"), gettext("never used"), gettext("Last 24 h"))),
        *map(escape, (gettext("refused"), gettext("Expires"), gettext("never"), gettext("State"))),
    )
    steps = {
        "rotate": ("/rotate", "", escape(gettext("Rotate"))),
        "continue": ("/rotate", "", escape(gettext("Continue"))),
        "revoke": ("/revoke", " data-dialog", escape(gettext("Revoke…"))),
        "try": ("#try", "", escape(gettext("Show test line"))),
    }
    # By their identity, as a look-up by what they hold would translate their words each time.
    marks: dict[int, str] = {}
    for row in rows:
        for mark in row.marks:
            if id(mark) not in marks:
                marks[id(mark)] = render_to_string("keys/_mark.html", {"mark": mark})
        address = f"{home}/{row.id}"
        step = steps.get(row.step)
        link = "" if step is None else f'<a href="{address}{step[0]}"{step[1]}>{step[2]}</a>'
        yield SafeString(_before(row, address, words))
        if row.use.last:
            yield row.use.last.at
        yield SafeString(_between(row, words))
        if row.expires_at:
            yield row.expires_at
        yield SafeString(
            f"{'' if row.expires_at else words.never}</td>\n"
            f'<td data-label="{words.state}"><span class="key-marks">'
            f"{''.join(marks[id(mark)] for mark in row.marks)}{link}</span></td></tr>\n"
        )


def _before(row: Row, address: str, words: _Words) -> str:
    name, hint = escape(row.name), escape(row.hint)
    return (
        f'<tr id="key-{row.id}" data-row data-find="{name} {escape(row.public_id)}"><th scope="row">'
        f'<a data-row-link href="{address}">{name}</a><span class="second mono" translate="no">{hint}</span></th>\n'
        f'<td data-label="{words.environment}">{escape(row.environment)}</td>\n<td data-label="{words.used}"><span>'
    )


def _between(row: Row, words: _Words) -> str:
    use, bars, refused = row.use.last, row.bars, row.refused
    drawn = f'<svg class="bars" viewBox="0 0 96 20" aria-hidden="true"><path class="chart-bar" d="{bars}"/></svg> '
    return (
        (words.unused if use is None else f' · {escape(use.network)}<span class="second">{_by(use)}</span>')
        + f'</span></td>\n<td data-label="{words.traffic}"><span>{drawn if bars else ""}{grouped(row.requests)}'
        + (f'<span class="second">{grouped(refused)} {words.refused} ({row.statuses})</span>' if refused else "")
        + f'</span></td>\n<td data-label="{words.expires}">'
    )


def _by(use: Use) -> str:
    return " · ".join(escape(each) for each in (use.client, use.route) if each)
