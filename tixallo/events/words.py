"""What the log's types and payloads are called, in plain words. What has no name here is not shown."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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

ERASED = _("This entry was emptied")

ACTORS: Mapping[str, Promise] = {
    "person": _("Person"),
    "key": _("Key"),
    "customer": _("Customer"),
    "command": _("Command"),
    "system": _("System"),
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


def name_of(kind: str) -> str:
    """Return what a type of event is called in a list to choose from: its sentence, with nobody and nothing in it."""
    return str(SENTENCES[kind]) % {"actor": _BLANK, "subject": _BLANK}


_BLANK = "\N{HORIZONTAL ELLIPSIS}"
