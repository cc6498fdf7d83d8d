"""Invitations: whoever brings the link joins, once, within seven days."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from tixallo.kit import clock
from tixallo.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tixallo.kit.fields import LONGEST_EMAIL
from tixallo.kit.sealing import seal, unseal
from tixallo.workspaces import letters
from tixallo.workspaces.changes import Actor, Change, Subject, change
from tixallo.workspaces.models import Invitation, Membership, Person, Role, Workspace
from tixallo.workspaces.roles import may_manage

GOOD_FOR = timedelta(days=7)

_PURPOSE = "invitation"
_TOKEN_BYTES = 24


def invite(opened: Change, by: Membership, *, email: str, role: str) -> Invitation:
    """Invite an address into the workspace, by mail; an open invitation of the same address is replaced.

    Raises `Forbidden` for a role that the inviter may not manage, and `Invalid` for an address that is none or is a
    member's.
    """
    _check(by.role, role)
    key = email.lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid({"email": [gettext("Invalid email")]}) from None
    if len(email) > LONGEST_EMAIL:
        raise Invalid({"email": [gettext("Must be at most %(most)s characters") % {"most": LONGEST_EMAIL}]})
    if Membership.objects.filter(workspace_id=opened.workspace_id, person__email_key=key).exists():
        raise Invalid({"email": [gettext("%(email)s is a member already.") % {"email": email}]})
    Invitation.objects.filter(workspace_id=opened.workspace_id, email_key=key).delete()
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    invitation = Invitation.objects.create(
        workspace_id=opened.workspace_id,
        email=email,
        email_key=key,
        role=role,
        digest=_digest(token),
        sealed_token=seal(token, _PURPOSE),
        invited_by=by.person.name,
        expires_at=opened.now + GOOD_FOR,
        created_at=opened.now,
    )
    _write(invitation)
    opened.record("member.invited", _subject(invitation), {"email": email, "role": role})
    return invitation


def resend(opened: Change, by: Membership, invitation_id: str) -> Invitation:
    """Send the same link again and let it be good for another seven days. Raises `NotFound` and `Forbidden`."""
    invitation = _held(opened, by, invitation_id)
    invitation.expires_at = opened.now + GOOD_FOR
    invitation.save(update_fields=["expires_at"])
    _write(invitation)
    payload = {"email": invitation.email, "role": invitation.role, "again": True}
    opened.record("member.invited", _subject(invitation), payload)
    return invitation


def revoke(opened: Change, by: Membership, invitation_id: str) -> Invitation:
    """Take an invitation back: its link is of no use any more. Raises `NotFound` and `Forbidden`."""
    invitation = _held(opened, by, invitation_id)
    subject = _subject(invitation)
    Invitation.objects.filter(workspace_id=opened.workspace_id, id=invitation_id).delete()
    opened.record("invitation.revoked", subject, {"email": invitation.email, "role": invitation.role})
    return invitation


def link(invitation: Invitation) -> str:
    """Return the link that lets somebody in."""
    path = reverse("invitation", args=[unseal(invitation.sealed_token, _PURPOSE)])
    return f"{settings.TIXALLO.origin}{path}"


def about(invitation: Invitation) -> str:
    """Return what the letters of an invitation are found by."""
    return f"invitation {invitation.id}"


def find(token: str) -> Invitation:
    """Return the invitation that a link is about. Raises `NotFound` when it is used up, revoked or too old."""
    # unscoped: the token is what finds the workspace
    found = Invitation.objects.filter(digest=_digest(token), expires_at__gt=clock.now())
    invitation = found.select_related("workspace").first()
    if invitation is None:
        raise NotFound
    return invitation


def accept(token: str, person: Person, origin: str) -> Workspace:
    """Let a person join by a link, which is used up then, and return the workspace.

    Raises `NotFound` for a link that is no good any more, and `Conflict` for who is a member already.
    """
    invitation = find(token)
    actor = Actor("person", person.id, person.name, origin)
    with change(invitation.workspace_id, actor) as opened:
        here = Membership.objects.filter(workspace_id=opened.workspace_id, person=person)
        if here.exists():
            raise Conflict(gettext("You are in this workspace already. The invitation stays for somebody else."))
        # Whoever else brought the link in the meantime has used it up.
        gone, _ = Invitation.objects.filter(workspace_id=opened.workspace_id, digest=_digest(token)).delete()
        if not gone:
            raise NotFound
        Membership.objects.create(workspace_id=opened.workspace_id, person=person, role=invitation.role)
        payload = {"role": invitation.role, "invited_by": invitation.invited_by, "invited": invitation.email}
        opened.record("member.joined", Subject("person", person.id, person.email), payload)
    return invitation.workspace


def _check(own_role: str, role: str) -> None:
    if role not in Role.values:
        raise Invalid({"role": [gettext("There is no such role")]})
    if not may_manage(own_role, role):
        raise Forbidden


def _held(opened: Change, by: Membership, invitation_id: str) -> Invitation:
    found = Invitation.objects.filter(workspace_id=opened.workspace_id, id=invitation_id)
    invitation = found.select_related("workspace").first()
    if invitation is None:
        raise NotFound
    _check(by.role, invitation.role)
    return invitation


def _subject(invitation: Invitation) -> Subject:
    return Subject("invitation", invitation.id, invitation.email)


def _write(invitation: Invitation) -> None:
    workspace = invitation.workspace
    letters.enqueue(
        workspace_id=workspace.id,
        recipient=invitation.email,
        sender_name=workspace.name,
        subject=gettext("%(name)s invites you to %(workspace)s")
        % {"name": invitation.invited_by, "workspace": workspace.name},
        text=render_to_string(
            "workspaces/letters/invitation.txt",
            {"invitation": invitation, "workspace": workspace, "link": link(invitation), "days": GOOD_FOR.days},
        ),
        about=about(invitation),
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
