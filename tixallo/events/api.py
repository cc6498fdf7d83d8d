"""The event feed at the machines' door."""

from typing import Annotated

from tixallo.events import queries
from tixallo.events.shapes import EVENT
from tixallo.kit.fields import Id, QueryInput, Whole
from tixallo.kit.paging import USUAL_ENTRIES
from tixallo.workspaces.operations import About, Call, reads

MOST_EVENTS = 100


class FeedPlace(QueryInput):
    """Which part of the feed: at most `limit` events, after the event `after`."""

    limit: Annotated[int, Whole(1, MOST_EVENTS)] = USUAL_ENTRIES
    after: Id | None = None


@reads(About("listEvents", EVENT, many=True, endless=True), FeedPlace, keep=False)
def list_events(call: Call, query: FeedPlace) -> bytes:
    """List events, oldest first."""
    return queries.feed(call.workspace_id, query.after, query.limit)
