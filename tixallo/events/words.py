"""What the log's types and payloads are called, in plain words. What has no name here is not shown."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SENTENCES: Mapping[str, Promise] = {
    "company.created": _("%(actor)s created company “%(subject)s”"),
    "company.updated": _("%(actor)s changed company “%(subject)s”"),
    "customer.created": _("%(actor)s created customer %(subject)s"),
    "customer.removed": _("%(actor)s removed customer %(subject)s"),
    "customer.updated": _("%(actor)s changed customer %(subject)s"),
    "inbox.created": _("%(actor)s created inbox “%(subject)s”"),
    "invitation.revoked": _("%(actor)s withdrew the invitation of %(subject)s"),
    "key.created": _("%(actor)s created key “%(subject)s”"),
    "key.disabled": _("%(actor)s disabled key “%(subject)s”"),
    "key.enabled": _("%(actor)s enabled key “%(subject)s”"),
    "key.expired": _("Key “%(subject)s” expired"),
    "key.renamed": _("%(actor)s renamed key “%(subject)s”"),
    "key.revoked": _("%(actor)s revoked key “%(subject)s”"),
    "key.rotation_caller_ticked": _("%(actor)s noted a caller of key “%(subject)s” as moved"),
    "key.rotation_caller_unticked": _("%(actor)s noted a caller of key “%(subject)s” as not moved"),
    "key.rotation_cancelled": _("%(actor)s cancelled the rotation of key “%(subject)s”"),
    "key.rotation_finished": _("%(actor)s finished the rotation of key “%(subject)s”"),
    "key.rotation_quiet_time": _("%(actor)s changed the quiet time in the rotation of key “%(subject)s”"),
    "key.rotation_started": _("%(actor)s started the rotation of key “%(subject)s”"),
    "log.erased": _("%(actor)s emptied entries of the log"),
    "member.added": _("%(actor)s added %(subject)s to the workspace"),
    "member.invited": _("%(actor)s invited %(subject)s"),
    "member.joined": _("%(subject)s joined the workspace"),
    "member.removed": _("%(actor)s removed %(subject)s from the workspace"),
    "member.renamed": _("%(subject)s has a new name"),
    "member.role_changed": _("%(actor)s changed the role of %(subject)s"),
    "samples.added": _("%(actor)s loaded sample data"),
    "saved_reply.created": _("%(actor)s created saved reply “%(subject)s”"),
    "saved_reply.deleted": _("%(actor)s deleted saved reply “%(subject)s”"),
    "saved_reply.updated": _("%(actor)s changed saved reply “%(subject)s”"),
    "ticket.closed": _("%(actor)s closed ticket %(subject)s"),
    "ticket.created": _("%(actor)s opened ticket %(subject)s"),
    "ticket.deleted": _("%(actor)s deleted ticket %(subject)s"),
    "ticket.marked_as_spam": _("%(actor)s called ticket %(subject)s spam"),
    "ticket.merged": _("%(actor)s merged ticket %(subject)s into another one"),
    "ticket.message.created": _("%(actor)s wrote a message on ticket %(subject)s"),
    "ticket.note.created": _("%(actor)s wrote an internal note on ticket %(subject)s"),
    "ticket.purged": _("%(actor)s deleted ticket %(subject)s for good"),
    "ticket.restored": _("%(actor)s restored ticket %(subject)s"),
    "ticket.unmerged": _("%(actor)s undid the merge of ticket %(subject)s"),
    "ticket.updated": _("%(actor)s changed ticket %(subject)s"),
    "workspace.created": _("%(actor)s created workspace “%(subject)s”"),
    "workspace.renamed": _("%(actor)s renamed the workspace to “%(subject)s”"),
}

# The same, to choose from.
ACTIONS: Mapping[str, Promise] = {
    "company.created": _("Company created"),
    "company.updated": _("Company changed"),
    "customer.created": _("Customer created"),
    "customer.removed": _("Customer removed"),
    "customer.updated": _("Customer changed"),
    "inbox.created": _("Inbox created"),
    "invitation.revoked": _("Invitation withdrawn"),
    "key.created": _("Key created"),
    "key.disabled": _("Key disabled"),
    "key.enabled": _("Key enabled"),
    "key.expired": _("Key expired"),
    "key.renamed": _("Key renamed"),
    "key.revoked": _("Key revoked"),
    "key.rotation_caller_ticked": _("Caller noted as moved"),
    "key.rotation_caller_unticked": _("Caller noted as not moved"),
    "key.rotation_cancelled": _("Rotation cancelled"),
    "key.rotation_finished": _("Rotation finished"),
    "key.rotation_quiet_time": _("Quiet time of a rotation changed"),
    "key.rotation_started": _("Rotation started"),
    "log.erased": _("Entries of the log emptied"),
    "member.added": _("Person added"),
    "member.invited": _("Person invited"),
    "member.joined": _("Person joined"),
    "member.removed": _("Person removed"),
    "member.renamed": _("Person renamed"),
    "member.role_changed": _("Role changed"),
    "samples.added": _("Sample data loaded"),
    "saved_reply.created": _("Saved reply created"),
    "saved_reply.deleted": _("Saved reply deleted"),
    "saved_reply.updated": _("Saved reply changed"),
    "ticket.closed": _("Ticket closed"),
    "ticket.created": _("Ticket opened"),
    "ticket.deleted": _("Ticket deleted"),
    "ticket.marked_as_spam": _("Ticket called spam"),
    "ticket.merged": _("Ticket merged"),
    "ticket.message.created": _("Message written"),
    "ticket.note.created": _("Internal note written"),
    "ticket.purged": _("Ticket deleted for good"),
    "ticket.restored": _("Ticket restored"),
    "ticket.unmerged": _("Merge undone"),
    "ticket.updated": _("Ticket changed"),
    "workspace.created": _("Workspace created"),
    "workspace.renamed": _("Workspace renamed"),
}

# What stands together there, by how the types begin.
GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("Tickets"), ("ticket",)),
    (_("Customers and companies"), ("customer", "company")),
    (_("API keys"), ("key",)),
    (_("People"), ("member", "invitation")),
    (_("Workspace"), ("workspace", "inbox", "saved_reply", "samples", "log")),
)

ERASED = _("This entry was emptied")

ACTORS: Mapping[str, Promise] = {
    "person": _("Person"),
    "key": _("Key"),
    "customer": _("Customer"),
    "command": _("Command"),
    "system": _("System"),
}

SUBJECTS: Mapping[str, Promise] = {
    "company": _("Company"),
    "customer": _("Customer"),
    "inbox": _("Inbox"),
    "invitation": _("Invitation"),
    "key": _("Key"),
    "person": _("Person"),
    "saved_reply": _("Saved reply"),
    "ticket": _("Ticket"),
    "workspace": _("Workspace"),
}

# The fields of payloads that are shown. A message's or a note's text, a description and a secret are in no payload
# under these names.
FIELDS: Mapping[str, Promise] = {
    "name": _("Name"),
    "email": _("E-mail"),
    "role": _("Role"),
    "left": _("Left by themselves"),
    "slug": _("Address"),
    "environment": _("Environment"),
    "public_id": _("Public part of the key"),
    "expires_at": _("Expires"),
    "limit": _("Requests a minute"),
    "scopes": _("Scopes"),
    "reason": _("Reason"),
    "successor": _("Successor"),
    "client": _("Client"),
    "network": _("Network"),
    "hours": _("Hours"),
    "domains": _("Mail domains"),
    "company_id": _("Company"),
    "number": _("Number"),
    "subject": _("Subject"),
    "status": _("Status"),
    "priority": _("Priority"),
    "source": _("Source"),
    "customer_id": _("Customer"),
    "assignee_id": _("Assignee"),
    "tags": _("Tags"),
    "merged_into": _("Merged into"),
    "message_id": _("Message"),
    "note_id": _("Note"),
    "events": _("Emptied entries"),
    "tickets": _("Tickets"),
}


# The fields that hold the id of a thing, and its kind.
THINGS: Mapping[str, str] = {
    "company_id": "company",
    "customer_id": "customer",
    "assignee_id": "person",
    "merged_into": "ticket",
    "successor": "key",
}

# The words of fields that have a few values.
VALUES: Mapping[str, Mapping[str, Promise]] = {
    "role": {"owner": _("Owner"), "admin": _("Admin"), "agent": _("Agent")},
    "status": {
        "new": pgettext_lazy("status", "New"),
        "open": pgettext_lazy("status", "Open"),
        "pending": pgettext_lazy("status", "Pending"),
        "resolved": pgettext_lazy("status", "Resolved"),
        "closed": pgettext_lazy("status", "Closed"),
    },
    "priority": {
        "low": pgettext_lazy("priority", "Low"),
        "medium": pgettext_lazy("priority", "Medium"),
        "high": pgettext_lazy("priority", "High"),
        "urgent": pgettext_lazy("priority", "Urgent"),
    },
}


def actions() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the types of events in their groups, each with its name."""
    return [
        (str(group), [(kind, str(name)) for kind, name in ACTIONS.items() if kind.partition(".")[0] in beginnings])
        for group, beginnings in GROUPS
    ]
