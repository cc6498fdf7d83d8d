"""What becomes of a member's work when they go: their open tickets are nobody's, keys they made stay.

Those that are done keep their name, and are nobody's once they are taken up again (see `editing`). A reply that they
have sent and that is still held goes out.
"""

from typing import NamedTuple

from tixallo.keys.models import ApiKey
from tixallo.tickets import editing
from tixallo.tickets.models import Ticket
from tixallo.workspaces import members
from tixallo.workspaces.changes import Change
from tixallo.workspaces.models import Membership

MOST_LISTED = 50


class Work(NamedTuple):
    """A member's tickets that are not done, and the keys they made that still work."""

    tickets: list[Ticket]
    keys: list[ApiKey]

    @property
    def listed(self) -> list[Ticket]:
        """The tickets that there is room for."""
        return self.tickets[:MOST_LISTED]

    @property
    def more(self) -> int:
        """How many tickets there are beside those."""
        return max(0, len(self.tickets) - MOST_LISTED)


def work_of(workspace_id: str, person_id: str) -> Work:
    """Return what somebody leaves behind."""
    tickets = Ticket.objects.filter(
        workspace_id=workspace_id, assignee_id=person_id, heap__in=("open", "pending"), gone_as=""
    )
    keys = ApiKey.objects.filter(workspace_id=workspace_id, maker_id=person_id, revoked_at=None)
    return Work(list(tickets.only("number", "subject").order_by("number")), list(keys.order_by("created_at")))


def remove(opened: Change, by: Membership, person_id: str) -> Membership:
    """Take a member out, or oneself, and let go of their open tickets.

    Raises `NotFound`, `Forbidden` where only an owner may, and `Conflict` for the last owner.
    """
    gone = members.remove(opened, by, person_id)
    for ticket in work_of(opened.workspace_id, person_id).tickets:
        editing.edit(opened, ticket.id, {"assignee_id": None})
    return gone
