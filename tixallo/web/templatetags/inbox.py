"""The rows of the inbox's lists: `{% load inbox %}`.

A page shows dozens of them. As templates they would take as long as all the rest of it.
"""

from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from tixallo.kit import kept
from tixallo.tickets.inbox import Listed
from tixallo.tickets.list_rows import Row
from tixallo.web.templatetags.web import icon, priority, status_badge, when

register = template.Library()

_MARKED = ("high", "urgent")


@register.simple_tag
def ticket_item(row: Row, listed: Listed) -> SafeString:
    """Draw a ticket as a list's item, with the box to choose it by."""
    label = escape(gettext("Select #%(number)s") % {"number": row.number})
    return mark_safe(  # noqa: S308 - made of ids, numbers, and what is escaped here
        f'<li class="rows-item inbox-item" data-place="{row.place.number}"><input class="inbox-tick" type="checkbox" '
        f'name="ticket" value="{row.id}" form="bulk" aria-label="{label}">{ticket_row(row, listed)}</li>'
    )


@register.simple_tag
def ticket_row(row: Row, listed: Listed) -> SafeString:
    """Draw a ticket as a list shows it."""
    classes = "inbox-row" + " rows-unread" * row.unread + " inbox-gone-row" * bool(row.gone_as)
    current = ' aria-current="true"' if row.number == listed.current else ""
    address = f"{listed.tickets}{row.number}?{escape(listed.query)}"
    return mark_safe(  # noqa: S308 - every part is escaped, here or where it is made
        f'<div class="{classes}" id="ticket-{row.id}">\n'
        f'<div class="rows-line">{_dot() if row.unread else ""}<span class="rows-name">{escape(row.customer)}</span>'
        f"{_second(row.company) if row.company else ''}{_time(row, listed)}</div>\n"
        f'<div class="rows-line inbox-words"><a class="rows-link" href="{address}"{current}>{escape(row.subject)}</a>'
        f"{_second(row.last_words, _ours() if row.ours else '')}</div>\n"
        f"{_marks(row)}</div>"
    )


def _second(text: str, before: str = "") -> str:
    return f'<span class="rows-second">{before}{escape(text)}</span>'


def _time(row: Row, listed: Listed) -> str:
    if listed.may_restore and row.goes_at:
        said = escape(gettext("ends")) + f" {when(row.goes_at, focus=False)}"
    else:
        said = f"{_waiting() if row.waits else ''}{when(row.at, focus=False)}"
    return f'<span class="rows-time{" inbox-waits" if row.waits else ""}">{said}</span>'


def _marks(row: Row) -> str:
    marks: list[str] = [status_badge(row.status)] if row.shows_status else []
    if row.priority in _MARKED:
        marks.append(priority(row.priority))
    if row.writing:
        writing = escape(gettext("%(name)s is writing") % {"name": row.writing})
        marks.append(f'<span class="badge badge-ok inbox-writing">{icon("pencil")}{writing}</span>')
    if row.drafted:
        drafted = escape(gettext("Draft"))
        marks.append(f'<span class="badge">{icon("file-text")}{drafted}</span>')
    marks += [f'<span class="pill">{escape(tag)}</span>' for tag in row.shown_tags]
    if row.assignee:
        marks.append(_assignee(row.assignee, row.initials))
    return f'<div class="rows-marks">{"".join(marks)}</div>\n' if marks else ""


@kept.by_language(1_000)
def _assignee(name: str, initials: str) -> str:
    told = escape(gettext("Assigned to %(name)s") % {"name": name})
    return (
        f'<span class="initials push" title="{escape(name)}"><span aria-hidden="true">{escape(initials)}</span>'
        f'<span class="visually-hidden">{told}</span></span>'
    )


@kept.by_language(10)
def _dot() -> str:
    told = escape(gettext("Unread"))
    return f'<span class="rows-dot" role="img" aria-label="{told}"></span>'


@kept.by_language(10)
def _ours() -> str:
    told = escape(pgettext("the team answered", "You:"))
    return f'<span aria-hidden="true">↩</span><span class="visually-hidden">{told}</span> '


@kept.by_language(10)
def _waiting() -> str:
    told = escape(gettext("waiting since"))
    return f'<span class="visually-hidden">{told}</span> '
