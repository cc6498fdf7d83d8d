"""What the log names by id alone: its name now, and its page. Each package says it of its own things."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple, TypeVar, cast

from django.db.models import F, Model, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from tixallo.kit.ids import is_id
from tixallo.workspaces.models import Invitation, Person, Workspace


class Thing(NamedTuple):
    """A thing as it is now; without a page where it has none of its own, or none any more."""

    name: str
    page: str = ""


Row = TypeVar("Row", bound=Model)
Things = Mapping[tuple[str, str], Thing]
Look = Callable[[Workspace, Collection[str]], Mapping[str, Thing]]

_looks: dict[str, Look] = {}


def kind(name: str) -> Callable[[Look], Look]:
    """Register a function that finds things of this kind by their ids, and leaves out those that are not there."""

    def register(look: Look) -> Look:
        _looks[name] = look
        return look

    return register


def things(workspace: Workspace, named: Iterable[tuple[str, str]]) -> Things:
    """Return what is there of the things, which are named by kind and id; one look for each kind."""
    wanted: dict[str, set[str]] = {}
    for of_kind, thing_id in named:
        if of_kind in _looks and is_id(thing_id):
            wanted.setdefault(of_kind, set()).add(thing_id)
    return {
        (of_kind, thing_id): thing
        for of_kind, ids in wanted.items()
        for thing_id, thing in _looks[of_kind](workspace, ids).items()
    }


def chosen(workspace: Workspace, model: type[Row], ids: Collection[str]) -> QuerySet[Row]:
    """Return the rows of a workspace that have one of the ids, found by these."""
    # By an expression, or SQLite would go through all rows of the workspace.
    here = Coalesce(F("workspace_id"), F("workspace_id"))
    # unscoped: the expression is the workspace's id
    found = model._default_manager.alias(here=here).filter(here=workspace.id, id__in=ids)
    return cast("QuerySet[Row]", found)


@kind("person")
def _people(workspace: Workspace, ids: Collection[str]) -> Mapping[str, Thing]:
    page = reverse("people", args=[workspace.slug])
    members = set(workspace.memberships.filter(person_id__in=ids).values_list("person_id", flat=True))
    # Who has left keeps their name in the log.
    people = Person.objects.filter(id__in=ids).values_list("id", "name")
    return {person: Thing(name, page if person in members else "") for person, name in people}


@kind("workspace")
def _workspace(workspace: Workspace, ids: Collection[str]) -> Mapping[str, Thing]:
    return (
        {workspace.id: Thing(workspace.name, reverse("settings", args=[workspace.slug]))} if workspace.id in ids else {}
    )


@kind("invitation")
def _invitations(workspace: Workspace, ids: Collection[str]) -> Mapping[str, Thing]:
    page = reverse("people", args=[workspace.slug])
    found = chosen(workspace, Invitation, ids).values_list("id", "email")
    return {invitation: Thing(email, page) for invitation, email in found}
