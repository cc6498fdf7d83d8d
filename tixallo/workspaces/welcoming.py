"""The welcome: a printed link that leads whoever set the server up to their account and their workspace, once."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings

from tixallo.kit import clock, transactions
from tixallo.kit.errors import NotFound
from tixallo.workspaces.changes import Actor
from tixallo.workspaces.models import Person, WelcomeLink, Workspace
from tixallo.workspaces.opening import open_workspace

GOOD_FOR = timedelta(hours=24)
# Written out, as to look it up would load every page, for which the first start would have to wait.
PATH = "welcome/"

_TOKEN_BYTES = 24


def make_link(*, again: bool = False) -> str | None:
    """Return a new link, or None where there is a workspace already and it is not wanted `again`."""
    with transactions.change():
        WelcomeLink.objects.filter(expires_at__lte=clock.now()).delete()
        if not again and Workspace.objects.exists():
            return None
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        WelcomeLink.objects.create(digest=_digest(token), again=again, expires_at=clock.now() + GOOD_FOR)
    return f"{settings.TIXALLO.origin}/{PATH}{token}"


def find(token: str) -> WelcomeLink:
    """Return what a link is about. Raises `NotFound` when it is used up, too old, or there is a workspace by now."""
    link = (
        WelcomeLink.objects.filter(digest=_digest(token), expires_at__gt=clock.now()).select_related("person").first()
    )
    if link is None or (not link.again and Workspace.objects.exists()):
        raise NotFound
    return link


def bind(link: WelcomeLink, person: Person) -> None:
    """Remember who took the first step, so that they, and nobody else, take the second."""
    with transactions.change():
        link.person = person
        link.save(update_fields=["person"])


def open_by_link(token: str, person: Person, origin: str, *, name: str, slug: str | None) -> Workspace:
    """Make the workspace of whoever took the first step; the link is used up then.

    Raises `NotFound` for a link that is no good any more, and `Invalid` as `open_workspace` does.
    """
    with transactions.change():
        # Of two who press the button at once, be it on two links, one waits here and finds theirs no good any more.
        list(WelcomeLink.objects.select_for_update().order_by("id"))
        link = find(token)
        if link.person_id != person.id:
            raise NotFound
        link.delete()
        actor = Actor("person", person.id, person.name, origin)
        return open_workspace(actor, name=name, owner=person, slug=slug)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
