"""The event feed at the machines' door."""

from typing import Annotated

from tixallo.events import queries
from tixallo.events.shapes import EVENT
from tixallo.kit.fields import Id, QueryInput, Whole
from tixallo.workspaces.operations import About, Call, reads


class FeedPlace(QueryInput):
    """Which part of the feed: at most `limit` events, after the event `after`."""

    limit: Annotated[int, Whole(1, 100)] = 20
    after: Id | None = None


@reads(About("listEvents", EVENT, many=True), FeedPlace, keep=False)
def list_events(call: Call, query: FeedPlace) -> bytes:
    """List events, oldest first."""
    return queries.feed(call.workspace_id, query.after, query.limit)
