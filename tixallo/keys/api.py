"""What a key says of itself at the machines' door."""

from tixallo.keys.models import ApiKey
from tixallo.keys.scopes import SCOPES
from tixallo.keys.shapes import KEY
from tixallo.kit.clock import rfc3339
from tixallo.workspaces.operations import About, Call, Nothing, data, reads


@reads(About("getKey", KEY), Nothing, keep=False)
def get_key(call: Call, query: Nothing) -> bytes:
    """Get what this key is."""
    key = ApiKey.objects.filter(workspace_id=call.workspace_id).select_related("workspace").get(id=call.actor.id)
    return data(
        {
            "id": key.id,
            "name": key.name,
            "environment": key.environment,
            "workspace": {"id": key.workspace.id, "name": key.workspace.name, "slug": key.workspace.slug},
            "scopes": sorted(key.scopes) if key.scopes is not None else SCOPES,
            "limit": key.rate_limit,
            "expires_at": None if key.expires_at is None else rfc3339(key.expires_at),
        }
    )
