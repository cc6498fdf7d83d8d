"""Pages about people that show tickets and keys: who goes, and what becomes of their work."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tixallo.kit.errors import Conflict, Forbidden, NotFound
from tixallo.kit.ids import is_id
from tixallo.tickets import departing
from tixallo.workspaces import members
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Membership
from tixallo.workspaces.roles import may_manage


@page("remove people")
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PageRequest, person_id: str) -> HttpResponseBase:
    """Ask whether to remove a member, saying what becomes of their tickets and keys, and do so."""
    if not is_id(person_id):
        raise NotFound
    member = members.find(request.workspace.id, person_id)
    if not may_manage(request.membership.role, member.role):
        raise Forbidden
    return _go(request, member)


@page("leave")
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: PageRequest) -> HttpResponseBase:
    """Ask whether to leave, and do so."""
    return _go(request, request.membership)


def _go(request: PageRequest, member: Membership) -> HttpResponseBase:
    name = member.person.name
    is_self = member.person_id == request.person.id
    if request.method == "POST":
        try:
            with change(request.workspace.id, request.actor) as opened:
                departing.remove(opened, request.membership, member.person_id)
        except Conflict as error:
            messages.error(request, str(error))
            return redirect("people", request.workspace.slug)
        if is_self:
            messages.success(request, gettext("You left %(workspace)s.") % {"workspace": request.workspace.name})
            return redirect("start")
        messages.success(request, gettext("%(name)s is removed.") % {"name": name})
        return redirect("people", request.workspace.slug)
    shown = {
        "member": member,
        "is_self": is_self,
        "last_owner": members.is_last_owner(member),
        "work": departing.work_of(request.workspace.id, member.person_id),
    }
    return render(request, "tickets/departing.html", shown)
