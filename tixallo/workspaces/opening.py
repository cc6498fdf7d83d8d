"""Opening a workspace: the first verb of every installation."""

import re
import secrets
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext

from tixallo.kit import clock, transactions
from tixallo.kit.errors import Invalid
from tixallo.kit.fields import is_email
from tixallo.workspaces.changes import Actor, Subject, change
from tixallo.workspaces.models import LONGEST_NAME, LONGEST_SLUG, Membership, Person, Role, Workspace
from tixallo.workspaces.naming import name_errors

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.ASCII)


def open_workspace(
    actor: Actor, *, name: str, owner_email: str = "", owner: Person | None = None, slug: str | None = None
) -> Workspace:
    """Create a workspace with its owner, who is given, or found by address, or created without a password.

    Raises `Invalid` for a name, address or slug that breaks the rules, or a slug in use.
    """
    slug = slug or slug_of(name)
    _check(name, owner.email if owner else owner_email, slug)
    with transactions.change():
        if Workspace.objects.filter(slug=slug).exists():
            raise Invalid({"slug": [gettext("“%(slug)s” is in use") % {"slug": slug}]})
        workspace = Workspace.objects.create(name=name, slug=slug)
        owner = owner or _person(owner_email)
        with change(workspace.id, actor) as opened:
            Membership.objects.create(workspace=workspace, person=owner, role=Role.OWNER)
            opened.record("workspace.created", Subject("workspace", workspace.id, name), {"name": name, "slug": slug})
            opened.record("member.added", Subject("person", owner.id, owner.email), {"role": Role.OWNER})
    workspace.refresh_from_db()
    return workspace


def slug_of(name: str) -> str:
    """Return the address that a workspace of this name gets unless another is given."""
    return slugify(name)[:63].strip("-") or f"workspace-{secrets.token_hex(3)}"


def _check(name: str, email: str, slug: str) -> None:
    errors: dict[str, list[str]] = {}
    if wrong := name_errors(name):
        errors["name"] = wrong
    if len(slug) > LONGEST_SLUG or not _SLUG.fullmatch(slug):
        errors["slug"] = [
            gettext("Must be 1 to %(most)s lower-case letters, digits and inner hyphens") % {"most": LONGEST_SLUG}
        ]
    if not is_email(email):
        errors["owner"] = [gettext("Invalid email")]
    if errors:
        raise Invalid(errors)


def _person(email: str) -> Person:
    defaults: dict[str, Any] = {
        "email": email,
        "name": email.partition("@")[0][:LONGEST_NAME],
        "created_at": clock.now(),
    }
    person, created = Person.objects.get_or_create(email_key=email.lower(), defaults=defaults)
    if created:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    return person
