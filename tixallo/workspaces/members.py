"""The members of a workspace: their roles, and that an owner always remains."""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.db.models import F
from django.utils.translation import gettext

from tixallo.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tixallo.workspaces.changes import Change, Subject
from tixallo.workspaces.models import Membership, Person, Role
from tixallo.workspaces.roles import may_manage


def find(workspace_id: str, person_id: str) -> Membership:
    """Return a person's place in a workspace. Raises `NotFound`."""
    found = Membership.objects.filter(workspace_id=workspace_id, person_id=person_id).select_related("person").first()
    if found is None:
        raise NotFound
    return found


def change_role(opened: Change, by: Membership, person_id: str, role: str) -> Membership:
    """Give a member another role; their session is renewed with their next request.

    Raises `NotFound`, `Invalid` for no role, `Forbidden` where only an owner may, `Conflict` for the last owner.
    """
    member = find(opened.workspace_id, person_id)
    if role not in Role.values:
        raise Invalid({"role": [gettext("There is no such role")]})
    own_role = find(opened.workspace_id, by.person_id).role
    if not may_manage(own_role, member.role) or not may_manage(own_role, role):
        raise Forbidden
    if member.role == role:
        return member
    before = member.role
    if before == Role.OWNER:
        _keep_an_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    Person.objects.filter(id=person_id).update(role_changes=F("role_changes") + 1)
    opened.record("member.role_changed", _subject(member), {"role": role, "before": before})
    return member


def remove(opened: Change, by: Membership, person_id: str) -> Membership:
    """Take a member out of the workspace, or oneself; what they worked on is for the caller to pass on.

    Raises `NotFound`, `Forbidden` where only an owner may, and `Conflict` for the last owner.
    """
    member = find(opened.workspace_id, person_id)
    own_role = find(opened.workspace_id, by.person_id).role
    if by.person_id != person_id and (own_role == Role.AGENT or not may_manage(own_role, member.role)):
        raise Forbidden
    if member.role == Role.OWNER:
        _keep_an_owner(member)
    Membership.objects.filter(workspace_id=opened.workspace_id, person_id=person_id).delete()
    Person.objects.filter(id=person_id).update(role_changes=F("role_changes") + 1)
    left = by.person_id == person_id
    opened.record("member.removed", _subject(member), {"role": member.role, "left": left})
    return member


def is_last_owner(member: Membership) -> bool:
    """Tell whether a workspace would be without an owner if this member went."""
    owners = Membership.objects.filter(workspace_id=member.workspace_id, role=Role.OWNER)
    return member.role == Role.OWNER and not owners.exclude(person_id=member.person_id).exists()


def with_second_factor(person_ids: Iterable[str]) -> set[str]:
    """Return those of the people whose sign-in asks for more than a password."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    # unscoped: how somebody signs in belongs to them, not to a workspace
    found = Authenticator.objects.filter(user_id__in=list(person_ids), type__in=kinds)
    return set(found.values_list("user_id", flat=True))


def _keep_an_owner(member: Membership) -> None:
    if is_last_owner(member):
        raise Conflict(gettext("The last owner cannot go. Make somebody else an owner first."))


def _subject(member: Membership) -> Subject:
    return Subject("person", member.person_id, member.person.email)
