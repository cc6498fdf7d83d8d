"""The pages that show keys: the list of a workspace's, and each one's own."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tixallo.keys import listing, states
from tixallo.keys.models import ENVIRONMENTS, ApiKey
from tixallo.keys.scopes import SCOPES
from tixallo.kit.errors import NotFound
from tixallo.kit.ids import is_id
from tixallo.workspaces.access import PageRequest, page


@require_safe
@page("manage keys")
def keys(request: PageRequest) -> HttpResponseBase:
    """List the keys of a tab."""
    tab, environment = chosen(request)
    found = listing.keys(request.workspace.id, tab, environment, request.GET.get("after", ""))
    counts = listing.counts(request.workspace.id, environment)
    context = {
        "rows": found.rows,
        "more": urlencode({**_address(tab, environment), "after": found.cursor}) if found.cursor else "",
        "tabs": [(name, counts[name], urlencode(_address(name, environment))) for name in listing.TABS],
        "tab": tab,
        "environment": environment,
        "environments": [(name, urlencode(_address(tab, name))) for name in ("", *ENVIRONMENTS)],
        "any": any(counts.values()) or bool(environment),
    }
    return render(request, "keys/keys.html", context)


@require_safe
@page("manage keys")
def key(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Show a key: what it is, how it is used, and its life."""
    return render(request, "keys/key.html", shown(request, find(request, key_id)))


@require_safe
@page("manage keys")
def key_first_use(request: PageRequest, key_id: str) -> HttpResponseBase:
    """Say whether a new key has been used; 204 while it has not."""
    found = find(request, key_id)
    if found.last_used_at is None or request.headers.get("If-None-Match") == _USED:
        return HttpResponse(status=204)
    response = render(request, "keys/_first_use.html", {"key": found})
    response["ETag"] = _USED
    return response


def find(request: PageRequest, key_id: str) -> ApiKey:
    """Return a key of the workspace. Raises `NotFound`."""
    found = ApiKey.objects.filter(workspace_id=request.workspace.id, id=key_id).first() if is_id(key_id) else None
    if found is None:
        raise NotFound
    return found


def shown(request: PageRequest, found: ApiKey) -> dict[str, Any]:
    """Return what a key's page shows."""
    rows = listing.these(request.workspace.id, "active" if found.revoked_at is None else "revoked", [found.id])
    return {
        "key": found,
        "row": rows[0],
        "state": states.STATES[found.state()],
        "scopes": found.scopes or SCOPES,
        "reason": states.reason(found.revoked_reason),
        "life": states.life(request.workspace.id, found.id),
        "predecessor": ApiKey.objects.filter(workspace_id=request.workspace.id, replaced_by_id=found.id).first(),
    }


def chosen(request: PageRequest) -> tuple[str, str]:
    """Return the tab and the environment that the address names; what it does not know is passed over."""
    tab, environment = request.GET.get("tab", ""), request.GET.get("environment", "")
    return tab if tab in listing.TABS else listing.TABS[0], environment if environment in ENVIRONMENTS else ""


def _address(tab: str, environment: str) -> dict[str, str]:
    said = {"tab": tab if tab != listing.TABS[0] else "", "environment": environment}
    return {name: value for name, value in said.items() if value}


_USED = '"used"'
