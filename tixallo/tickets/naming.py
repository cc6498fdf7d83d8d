"""What tickets and saved replies are called in the log, and their pages."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from tixallo.events import naming
from tixallo.events.naming import Thing
from tixallo.tickets.models import SavedReply, Ticket
from tixallo.workspaces.models import Workspace


@naming.kind("ticket")
def _tickets(workspace: Workspace, ids: Collection[str]) -> Mapping[str, Thing]:
    found = naming.chosen(workspace, Ticket, ids).values_list("id", "number", "gone_as")
    return {
        ticket: Thing(f"#{number}", reverse("ticket", args=[workspace.slug, number]) if gone in ("", "merged") else "")
        for ticket, number, gone in found
    }


@naming.kind("saved_reply")
def _saved_replies(workspace: Workspace, ids: Collection[str]) -> Mapping[str, Thing]:
    found = naming.chosen(workspace, SavedReply, ids).values_list("id", "name")
    return {reply: Thing(name, reverse("edit_saved_reply", args=[workspace.slug, reply])) for reply, name in found}
