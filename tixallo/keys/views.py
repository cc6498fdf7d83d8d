"""The pages that show keys: the list of a workspace's, and each one's own."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from tixallo.keys import key_page, listing, onlookers, states, traffic, watching
from tixallo.keys.models import ENVIRONMENTS, ApiKey
from tixallo.keys.rows import drawn
from tixallo.keys.scopes import SCOPES
from tixallo.keys.watching import Standing
from tixallo.kit import standing
from tixallo.kit.errors import NotFound
from tixallo.kit.ids import is_id
from tixallo.workspaces.access import PageRequest, Rest, View, page


def looked_at(view: View[Rest]) -> View[Rest]:
    """Have a page about keys note that somebody looks at them."""

    @wraps(view)
    def show(request: PageRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        onlookers.note(request.workspace.id)
        return view(request, *args, **kwargs)

    return show


@require_safe
@page("manage keys")
@looked_at
def keys(request: PageRequest) -> HttpResponseBase:
    """List the keys of a tab."""
    tab, environment = _chosen(request)
    # Before the rows are read, so that what happens meanwhile is told by the first poll.
    now = watching.standing(request.workspace.id, listing.ROWS)
    after = request.GET.get("after", "")
    found = listing.keys(request.workspace.id, tab, environment, after)
    context = {
        **_heading(request, tab, environment, found),
        "rows": list(drawn(found.rows, reverse("keys", args=[request.workspace.slug]))),
        "more": urlencode({**_address(tab, environment), "after": found.cursor}) if found.cursor else "",
        "left_out": _left_out(request, environment),
        "environments": [(name, urlencode(_address(tab, name))) for name in ("", *ENVIRONMENTS)],
        "news": "" if after else urlencode(_address(tab, environment)),
        "polls": not after,
        "poll_tag": now.tag,
    }
    return render(request, "keys/keys.html", context)


@require_safe
@page("manage keys")
@looked_at
def keys_news(request: PageRequest) -> HttpResponseBase:
    """Say what has changed in the list since the tag that the request brings; 204 when nothing has."""
    sign = watching.sign(request.workspace.id)
    now = watching.standing(request.workspace.id, listing.ROWS)
    _remember(request, now, sign)
    tag = request.headers.get("If-None-Match", "")
    if tag == now.tag:
        return HttpResponse(status=204)
    tab, environment = _chosen(request)
    told = listing.told(request.workspace.id, tab, environment, watching.changed(now, tag))
    shown = {"told": told, "rows": drawn(told.rows, reverse("keys", args=[request.workspace.slug]))}
    response = render(request, "keys/_news.html", {**_heading(request, tab, environment), **shown})
    response["ETag"] = now.tag
    return response


@require_safe
@page("manage keys")
@looked_at
def key(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Show a key: what it is, how it is used, and its life."""
    now = _standing_of(request, key_id)
    return render(request, "keys/key.html", _shown(request, find(request, key_id), now))


@require_safe
@page("manage keys")
@looked_at
def key_news(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Say what has changed of a key since the tag that the request brings; 204 when nothing has."""
    sign = watching.sign(request.workspace.id, key_id)
    now = _standing_of(request, key_id)
    found = find(request, key_id)
    _remember(request, now, sign, found.id)
    if request.headers.get("If-None-Match", "") == now.tag:
        return HttpResponse(status=204)
    response = render(request, "keys/_key_news.html", _shown(request, found, now))
    response["ETag"] = now.tag
    return response


@require_safe
@page("manage keys")
@looked_at
def key_first_use(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Say whether a new key has been used, or a request with it refused; 204 while there is nothing new to say."""
    found = find(request, key_id)
    use, _, refused, _ = traffic.recent(request.workspace.id, [found.id])[found.id]
    tag = '"used"' if use else f'"{"_".join(refused)}"'
    if not (use or refused) or request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=204)
    refusals = [(states.STATUSES[reason], states.REFUSALS[reason]) for reason in refused]
    response = render(request, "keys/_first_use.html", {"use": use, "refusals": refusals})
    response["ETag"] = tag
    return response


def find(request: PageRequest, key_id: str) -> ApiKey:
    """Return a key of the workspace. Raises `NotFound`."""
    found = ApiKey.objects.filter(workspace_id=request.workspace.id, id=key_id).first() if is_id(key_id) else None
    if found is None:
        raise NotFound
    return found


def _standing_of(request: PageRequest, key_id: str) -> Standing:
    """Return how a key stands; asked before it is read, so that what happens meanwhile is told by the next poll."""
    if not is_id(key_id):
        raise NotFound
    return watching.standing_of(request.workspace.id, key_id)


def _remember(request: PageRequest, now: Standing, sign: str, key_id: str = "") -> None:
    standing.remember(request, now.tag, watching.teller(now, key_id), sign)


def _shown(request: PageRequest, found: ApiKey, now: Standing) -> dict[str, Any]:
    workspace_id = request.workspace.id
    period = key_page.period_of(request.GET.get("period", ""))
    return {
        "key": found,
        "row": listing.these(workspace_id, "active" if found.revoked_at is None else "revoked", [found.id])[0],
        "scopes": found.scopes or SCOPES,
        "reason": states.reason(found.revoked_reason),
        "life": states.life(workspace_id, found.id),
        "predecessor": ApiKey.objects.filter(workspace_id=workspace_id, replaced_by_id=found.id).first(),
        "usage": key_page.usage(workspace_id, found.id, period),
        "periods": key_page.PERIODS,
        "callers": traffic.callers(workspace_id, found.id),
        "origin": settings.TIXALLO.origin,
        "poll_tag": now.tag,
    }


def _heading(request: PageRequest, tab: str, environment: str, found: listing.Found | None = None) -> dict[str, Any]:
    counts = listing.counts(request.workspace.id, environment, tab, found)
    return {
        "tabs": [(name, counts[name], urlencode(_address(name, environment))) for name in listing.TABS],
        "tab": tab,
        "environment": environment,
        "any": any(counts.values()) or bool(environment),
    }


def _chosen(request: PageRequest) -> tuple[str, str]:
    # What the address names that is not known is passed over; of an environment the page says so.
    tab, environment = request.GET.get("tab", ""), request.GET.get("environment", "")
    return tab if tab in listing.TABS else listing.TABS[0], environment if environment in ENVIRONMENTS else ""


def _left_out(request: PageRequest, environment: str) -> list[tuple[str, str]]:
    asked = request.GET.get("environment", "")
    return [(gettext("Environment"), asked)] if asked != environment else []


def _address(tab: str, environment: str) -> dict[str, str]:
    said = {"tab": tab if tab != listing.TABS[0] else "", "environment": environment}
    return {name: value for name, value in said.items() if value}
