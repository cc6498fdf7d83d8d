"""How a ticket's life is told in words: `{% load tickets %}`."""

import re
from typing import Any

from django import template
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext

from tixallo.kit import clock
from tixallo.kit.numbers import grouped
from tixallo.tickets.timeline import Entry

register = template.Library()

# No address is without one of these inside a word; most texts are, and looking at each word of them takes long.
_MAY_LINK = re.compile(r"\S[.:@]\S")


@register.filter
def told(entry: Entry) -> str:
    """Return an event as one quiet sentence."""
    match entry.type:
        case "ticket.merged" if entry.foreign:
            return gettext("%(who)s merged this ticket into #%(number)s") % {
                "who": entry.author,
                "number": entry.foreign,
            }
        case "ticket.merged":
            return gettext("%(who)s merged #%(number)s into this ticket") % _who(entry)
        case "ticket.unmerged":
            return gettext("%(who)s undid a merge") % _who(entry)
        case "ticket.deleted":
            return gettext("%(who)s deleted the ticket") % _who(entry)
        case "ticket.restored":
            return gettext("%(who)s brought the ticket back") % _who(entry)
        case "ticket.marked_as_spam":
            return gettext("%(who)s marked the ticket as spam") % _who(entry)
    return " · ".join(_change(entry, *change) for change in entry.changes)


@register.filter
def way(entry: Entry) -> str:
    """Return by what way a message came: a customer's words may have been brought by a key or entered by somebody."""
    if entry.kind != "description" and entry.author_kind != "customer":
        return {"agent": gettext("Reply"), "api": gettext("API key"), "system": gettext("automatic")}[entry.author_kind]
    match entry.hand:
        case "key", str(name) if name:
            return gettext("API key “%(name)s”") % {"name": name}
        case "person", str(name) if name and entry.way in ("", "app"):
            return gettext("entered by %(name)s") % {"name": name}
        case "command", _ if not entry.way:
            return gettext("command line")
    return {
        "api": gettext("API"),
        "email": gettext("e-mail"),
        "form": gettext("form"),
        "app": gettext("entered by the team"),
        "": gettext("Customer"),
    }[entry.way]


@register.filter
def is_due(entry: Entry) -> bool:
    """Tell whether the time of a held reply is over; it goes out with the worker's next look."""
    return entry.at <= clock.now()


@register.filter
def delivered(entry: Entry) -> str:
    """Return how the mail of a reply stands."""
    return {
        "queued": gettext("e-mail is on its way"),
        "sent": gettext("e-mail sent"),
        "failed": gettext("e-mail could not be sent"),
        "kept": gettext("no e-mail"),
    }[entry.delivery]


@register.filter
def left_out(entry: Entry) -> str:
    """Return what the link in a gap does: it shows what is left out there, or the next part of it."""
    assert entry.gap is not None, "the entry is no gap"
    count, shown, _ = entry.gap
    said = {"count": grouped(count), "shown": grouped(shown)}
    if entry.id == "gap-later":
        if shown < count:
            return gettext("Show %(shown)s of %(count)s later messages") % said
        return ngettext("Show %(count)s later message", "Show %(count)s later messages", count) % said
    if shown < count:
        return gettext("Show %(shown)s of %(count)s earlier messages") % said
    return ngettext("Show %(count)s earlier message", "Show %(count)s earlier messages", count) % said


@register.filter
def shown(entry: Entry) -> str:
    """Return what is said once the link in a gap was followed."""
    assert entry.gap is not None, "the entry is no gap"
    said = {"count": grouped(entry.gap.shown)}
    return ngettext("%(count)s more message is shown.", "%(count)s more messages are shown.", entry.gap.shown) % said


@register.filter
def absent(entry: Entry) -> str:
    """Return how much is left out, where nothing leads to it."""
    assert entry.gap is not None, "the entry is no gap"
    count = entry.gap.left_out
    told = ngettext("%(count)s message is not shown here.", "%(count)s messages are not shown here.", count)
    return told % {"count": grouped(count)}


@register.filter
def linked(text: str) -> SafeString:
    """Return a text that somebody wrote, escaped, with its addresses as links that pass on no trust."""
    if not _MAY_LINK.search(text):
        return escape(text)
    return mark_safe(urlize(text, nofollow=True, autoescape=True))  # noqa: S308 - urlize has escaped it


@register.simple_tag
def status_word(status: str) -> str:
    """Return a status as a person reads it."""
    return {
        "new": pgettext("status", "New"),
        "open": pgettext("status", "Open"),
        "pending": pgettext("status", "Pending"),
        "resolved": pgettext("status", "Resolved"),
        "closed": pgettext("status", "Closed"),
    }[status]


@register.simple_tag
def priority_word(priority: str) -> str:
    """Return a priority as a person reads it."""
    return {
        "low": pgettext("priority", "Low"),
        "medium": pgettext("priority", "Medium"),
        "high": pgettext("priority", "High"),
        "urgent": pgettext("priority", "Urgent"),
    }[priority]


def _who(entry: Entry) -> dict[str, str]:
    return {"who": entry.author, "number": entry.text}


def _change(entry: Entry, field: str, before: Any, after: Any) -> str:
    who = {"who": entry.author}
    match field:
        case "status":
            return gettext("%(who)s set the status to %(status)s") % {**who, "status": status_word(after)}
        case "priority":
            return gettext("%(who)s set the priority to %(priority)s") % {**who, "priority": priority_word(after)}
        case "subject":
            return gettext("%(who)s changed the subject from “%(before)s”") % {**who, "before": before}
        case "assignee_id":
            if after is None:
                return gettext("%(who)s unassigned the ticket") % who
            return gettext("%(who)s assigned the ticket to %(name)s") % {**who, "name": entry.names.get(after, "?")}
        case "tags":
            added, removed = sorted(set(after) - set(before)), sorted(set(before) - set(after))
            parts = []
            if added:
                parts.append(
                    ngettext("%(who)s added the tag %(tags)s", "%(who)s added the tags %(tags)s", len(added))
                    % {**who, "tags": ", ".join(added)}
                )
            if removed:
                parts.append(
                    ngettext("%(who)s removed the tag %(tags)s", "%(who)s removed the tags %(tags)s", len(removed))
                    % {**who, "tags": ", ".join(removed)}
                )
            return " · ".join(parts)
    return gettext("%(who)s changed the ticket") % who
