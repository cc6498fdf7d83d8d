"""The tags of our templates: `{% load web %}`."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField, CheckboxInput
from django.forms.widgets import ChoiceWidget
from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from tixallo.kit import kept, numbers
from tixallo.web import assets, icons, moments, navigation, states
from tixallo.web.states import State

register = template.Library()

_FOCUS = ' tabindex="0"'


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a static file: `{% asset "web/js/app.js" %}`."""
    return assets.assets().address(name)


@register.simple_tag
@kept.by_language(100)
def unchanging(name: str) -> SafeString:
    """Draw a template that says the same on every page: `{% unchanging "web/components/words.html" %}`."""
    return render_to_string(name)


@register.simple_tag
@cache
def modules() -> SafeString:
    """Announce our scripts, so that what imports what need not be found out one by one."""
    names = sorted(name for name in assets.assets().files if name.startswith("web/js/"))
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', ((asset(name),) for name in names))


@register.simple_tag
@lru_cache(maxsize=1_000)
def icon(name: str, label: str = "", large: bool = False) -> SafeString:
    """Draw an icon. Without a label it is decoration, and the words beside it say what it means."""
    size = " icon-large" if large else ""
    if label:
        return format_html(
            '<svg class="icon{}" role="img" aria-label="{}"><use href="{}"/></svg>',
            size,
            # Also what a template says word for word, which counts as safe.
            escape(label),
            icons.address(name),
        )
    return format_html('<svg class="icon{}" aria-hidden="true"><use href="{}"/></svg>', size, icons.address(name))


@register.simple_tag
def when(moment: datetime | None, otherwise: str = "", focus: bool = True) -> SafeString:
    """Say how long ago or ahead a moment is, with the exact time on hover and focus.

    `otherwise` stands in for no moment. focus=False is for a time within a link, which has the focus itself.
    """
    if moment is None:
        return format_html("{}", otherwise)
    return SafeString(moments.Teller().when(moment, _FOCUS if focus else ""))


@register.simple_tag
def drawn(pieces: Iterable[SafeString | datetime]) -> SafeString:
    """Join markup in which moments stand, each said as `when` does: for lists that are too long for a template."""
    teller = moments.Teller()
    parts = (teller.when(piece, _FOCUS) if isinstance(piece, datetime) else piece for piece in pieces)
    return SafeString("".join(parts))


@register.simple_tag
def exact(moment: datetime | None, otherwise: str = "") -> SafeString:
    """Say a moment to the second with its zone's offset, as logs do."""
    if moment is None:
        return format_html("{}", otherwise)
    return format_html('<time datetime="{}">{}</time>', moments.machine(moment), moments.exact(moment))


@register.simple_tag
@kept.by_language(100)
def status_badge(status: str, compact: bool = False) -> SafeString:
    """Show a ticket's status as icon and word; compact hides the word from sight alone."""
    return _badge(states.status(status), f"status-{status}", compact=compact)


@register.simple_tag
@kept.by_language(100)
def priority(priority: str, compact: bool = False) -> SafeString:
    """Show a ticket's priority as icon and word."""
    return _badge(states.priority(priority), f"priority-{priority}", compact=compact)


@register.filter
def count(number: int, most: int = 99) -> str:
    """Write a count that is exact up to `most`: 12, 99+."""
    return str(number) if number <= most else f"{most}+"


register.filter("grouped", numbers.grouped)


@register.inclusion_tag("web/components/rail.html", takes_context=True)
def rail(context: dict[str, Any]) -> dict[str, object]:
    """Draw the navigation of the workspace of the request."""
    request = context["request"]
    slug, role = request.workspace.slug, request.membership.role
    return {
        "request": request,
        "workspace": request.workspace,
        "places": navigation.links(request, slug, role),
        "jumps": navigation.jumps(slug),
        "profile": navigation.address_of("profile", slug),
    }


@register.filter
def is_check(field: BoundField) -> bool:
    """Tell whether a field is one box to tick."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_text(field: BoundField) -> bool:
    """Tell whether a field is one to write in, which can be left empty; a choice always has something chosen."""
    return not isinstance(field.field.widget, ChoiceWidget | CheckboxInput)


@register.filter
def undo_address(message: Message | str) -> str:
    """Return where a message's Undo leads: `messages.success(request, text, extra_tags="undo:/w/acme/…")`."""
    return (getattr(message, "extra_tags", None) or "").partition("undo:")[2]


def _badge(state: State, kind: str, *, compact: bool) -> SafeString:
    word = format_html('<span class="visually-hidden">{}</span>' if compact else "{}", state.word)
    return format_html('<span class="badge badge-{}">{}{}</span>', kind, icon(state.icon), word)
