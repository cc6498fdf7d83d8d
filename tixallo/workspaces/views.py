"""The people of a workspace: who is in it, who is invited, and as what."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from tixallo.kit import clock
from tixallo.kit.errors import Conflict, Invalid
from tixallo.kit.ids import is_id
from tixallo.workspaces import inviting, letters, members
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.changes import change
from tixallo.workspaces.entering import show_errors
from tixallo.workspaces.forms import ROLE_NAMES, InvitationForm, role_choices
from tixallo.workspaces.models import Role
from tixallo.workspaces.roles import may, may_manage


@page("see people")
@require_safe
def people(request: PageRequest) -> HttpResponseBase:
    """List the members and the open invitations."""
    return _people(request, InvitationForm(own_role=request.membership.role))


@page("invite people")
@require_POST
def invite(request: PageRequest) -> HttpResponseBase:
    """Invite an address."""
    form = InvitationForm(request.POST, own_role=request.membership.role)
    if form.is_valid():
        try:
            with change(request.workspace.id, request.actor) as opened:
                inviting.invite(opened, request.membership, **form.cleaned_data)
        except Invalid as error:
            show_errors(form, error)
        else:
            sent = gettext("%(email)s is invited.") % {"email": form.cleaned_data["email"]}
            messages.success(request, sent)
            return redirect("people", request.workspace.slug)
    return _people(request, form, status=422)


@page("invite people")
@require_POST
def resend(request: PageRequest, invitation_id: str) -> HttpResponseBase:
    """Send an invitation again."""
    with change(request.workspace.id, request.actor) as opened:
        invitation = inviting.resend(opened, request.membership, _id(invitation_id))
    messages.success(request, gettext("The invitation to %(email)s was sent again.") % {"email": invitation.email})
    return redirect("people", request.workspace.slug)


@page("invite people")
@require_POST
def revoke(request: PageRequest, invitation_id: str) -> HttpResponseBase:
    """Take an invitation back."""
    with change(request.workspace.id, request.actor) as opened:
        invitation = inviting.revoke(opened, request.membership, _id(invitation_id))
    messages.success(request, gettext("The invitation to %(email)s is revoked.") % {"email": invitation.email})
    return redirect("people", request.workspace.slug)


@page("change roles")
@require_POST
def change_role(request: PageRequest, person_id: str) -> HttpResponseBase:
    """Give a member another role."""
    try:
        with change(request.workspace.id, request.actor) as opened:
            member = members.change_role(opened, request.membership, _id(person_id), request.POST.get("role", ""))
    except Conflict as error:
        messages.error(request, str(error))
    else:
        said = {"name": member.person.name, "role": ROLE_NAMES[Role(member.role)]}
        messages.success(request, gettext("%(name)s: %(role)s.") % said)
    return redirect("people", request.workspace.slug)


def _people(request: PageRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
    own = request.membership
    places = sorted(request.workspace.memberships.select_related("person"), key=lambda each: each.person.name.lower())
    protected = members.with_second_factor(each.person_id for each in places)
    changes_roles = may(own.role, "change roles")
    rows = [
        {
            "member": each,
            "role": ROLE_NAMES[Role(each.role)],
            "protected": each.person_id in protected,
            "is_self": each.person_id == own.person_id,
            "may_change": changes_roles and may_manage(own.role, each.role),
        }
        for each in places
    ]
    shown = {
        "rows": rows,
        "roles": role_choices(own.role),
        "form": form,
        "may_invite": may(own.role, "invite people"),
        "invitations": _invitations(request) if may(own.role, "invite people") else [],
    }
    return render(request, "workspaces/people.html", shown, status=status)


def _invitations(request: PageRequest) -> list[dict[str, object]]:
    own_role, now = request.membership.role, clock.now()
    found = list(request.workspace.invitations.order_by("created_at"))
    sent = letters.states_of(request.workspace.id, map(inviting.about, found))
    return [
        {
            "invitation": each,
            "role": ROLE_NAMES[Role(each.role)],
            "expired": each.expires_at <= now,
            # Who brings the link becomes what it says: an admin is not shown how to become an owner.
            "link": inviting.link(each) if may_manage(own_role, each.role) else "",
            "letter": sent.get(inviting.about(each)),
        }
        for each in found
    ]


def _id(text: str) -> str:
    # PostgreSQL takes nothing else for an id, and no id finds nothing.
    return text if is_id(text) else "00000000-0000-7000-8000-000000000000"
