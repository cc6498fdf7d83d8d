"""What keys are called in the log, and their pages."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from tixallo.events import naming
from tixallo.events.naming import Thing
from tixallo.keys.models import ApiKey
from tixallo.workspaces.models import Workspace


@naming.kind("key")
def _keys(workspace: Workspace, ids: Collection[str]) -> Mapping[str, Thing]:
    found = naming.chosen(workspace, ApiKey, ids).values_list("id", "name")
    return {key: Thing(name, reverse("key", args=[workspace.slug, key])) for key, name in found}
