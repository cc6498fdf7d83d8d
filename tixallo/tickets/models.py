"""Tickets and the messages of their conversations."""

from zlib import crc32

from django.db import models

from tixallo.customers.models import Customer
from tixallo.inboxes.models import Inbox
from tixallo.kit import clock
from tixallo.kit.ids import IdField, new_id
from tixallo.workspaces.models import LONGEST_NAME, Person, Workspace

STATUSES = ("new", "open", "pending", "resolved", "closed")
PRIORITIES = ("low", "medium", "high", "urgent")
SOURCES = ("api", "email", "form", "app")
AUTHORS = ("customer", "agent", "api", "system")

# The heaps that the inbox shows, and the statuses in each; `gone` holds what is merged away, deleted or spam.
HEAPS = {"open": ("new", "open"), "pending": ("pending",), "done": ("resolved", "closed"), "gone": ()}
GONE = ("merged", "deleted", "spam")

LONGEST_SUBJECT = 300
LONGEST_TEXT = 20_000
# Several texts that were put below each other are kept whole, and shortened by whoever sends them.
LONGEST_DRAFT = 100_000
LONGEST_TAG = 50
MOST_TAGS = 20


def _listed(*fields: str, name: str) -> models.Index:
    # Lists leave out what is gone, so their indexes do as well.
    return models.Index(fields=["workspace", *fields, "id"], condition=models.Q(gone_as=""), name=name)


def _counted(*fields: str, name: str) -> models.Index:
    return models.Index(fields=["workspace", *fields, "id", "gone_as"], condition=models.Q(gone_as=""), name=name)


class Ticket(models.Model):
    """One matter of one customer. `number` counts up within the workspace; `search_id` is its row in the index.

    `waiting_since` is the oldest customer's message without an answer. `heap`, `queue` and the `last_…` columns repeat
    what follows from the rest, for the inbox's lists (see `placing`). A merged ticket names the one it went into, and
    `merged_via` the one that took it along when that was merged itself.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="tickets", db_index=False)
    number = models.BigIntegerField()
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    description = models.TextField()
    status = models.CharField(max_length=10)
    priority = models.CharField(max_length=10)
    source = models.CharField(max_length=10)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tickets", db_index=False)
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="tickets", db_index=False)
    assignee = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", db_index=False)
    tags = models.TextField(default="[]")
    search_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    heap = models.CharField(max_length=8, default="open")
    queue = models.BigIntegerField(default=0)
    gone_as = models.CharField(max_length=8, default="")
    gone_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    merged_via = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    last_words = models.CharField(max_length=160, default="")
    last_author = models.CharField(max_length=10, default="customer")
    last_message_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "number"], name="one_ticket_per_number"),)
        indexes = (
            *(_listed("created_at", name="ticket_list"), _listed("status", "created_at", name="ticket_status")),
            *(_listed("priority", "created_at", name="ticket_priority"), _listed("updated_at", name="ticket_active")),
            *(_listed("updated_at", "created_at", name="ticket_updated"),),
            # What a search finds is put in the order of any list without a look at the tickets themselves. SQLite looks
            # for a column that the index is limited by, though it can have one value only.
            *(
                _listed(
                    "search_id",
                    "created_at",
                    "heap",
                    "updated_at",
                    "queue",
                    "assignee",
                    "gone_as",
                    name="ticket_search",
                ),
            ),
            # They count without a look at the tickets, so these too end with that column.
            *(_counted("heap", "queue", name="ticket_queue"),),
            *(_counted("heap", "assignee", "queue", name="ticket_assigned"),),
            *(_counted("heap", "updated_at", name="ticket_heap"),),
            # What stands last tells which of a customer's tickets wait, without a look at each.
            models.Index(
                fields=["workspace", "customer", "created_at", "id", "heap", "queue", "gone_as"],
                condition=models.Q(gone_as=""),
                name="ticket_customer",
            ),
            models.Index(
                fields=["merged_into", "workspace"],
                condition=models.Q(merged_into__isnull=False),
                name="ticket_merged",
            ),
            models.Index(fields=["merged_via"], condition=models.Q(merged_via__isnull=False), name="ticket_merged_via"),
            models.Index(
                fields=["workspace", "gone_as", "gone_at"], condition=~models.Q(gone_as=""), name="ticket_gone"
            ),
            models.Index(
                fields=["workspace", "created_at", "id"], condition=~models.Q(gone_as=""), name="ticket_gone_opened"
            ),
            models.Index(
                fields=["workspace", "customer", "created_at", "id"],
                condition=~models.Q(gone_as=""),
                name="ticket_gone_customer",
            ),
        )


class Tagging(models.Model):
    """A tag on a ticket, with the ticket's place in lists; the ticket's `tags` repeats it for reading."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="taggings", db_index=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="taggings", db_index=False)
    tag = models.CharField(max_length=LONGEST_TAG)
    ticket_created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "ticket", "tag"], name="one_tagging"),)
        indexes = (
            models.Index(fields=["workspace", "tag", "ticket_created_at", "ticket"], name="tagged_list"),
            models.Index(fields=["ticket"], name="tags_of_ticket"),
        )


class SampleMark(models.Model):
    """That a ticket is a sample. Whoever loads samples sets it, and nobody else; the tag of that name says nothing."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="sample_marks", db_index=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="sample_marks", db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "ticket"], name="one_sample_mark"),)


class Message(models.Model):
    """A public message of a conversation; the description, which opens it, stands on the ticket."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="messages", db_index=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages", db_index=False)
    body = models.TextField()
    author_kind = models.CharField(max_length=10)
    author_id = models.CharField(max_length=36)
    author_name = models.CharField(max_length=LONGEST_NAME)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = (models.Index(fields=["ticket", "created_at", "id"], name="conversation"),)


class Note(models.Model):
    """An internal note: it never leaves through the API, a webhook or mail."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="notes", db_index=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="notes", db_index=False)
    body = models.TextField()
    author_id = models.CharField(max_length=36)
    author_name = models.CharField(max_length=LONGEST_NAME)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = (models.Index(fields=["ticket", "created_at", "id"], name="notes_of_ticket"),)


class Draft(models.Model):
    """What a person has begun to write on a ticket, a draft of each kind: `reply` or `note`."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="drafts", db_index=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="drafts", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=5)
    body = models.TextField()
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "person", "ticket", "kind"], name="one_draft_of_a_kind"),
        )

    @property
    def version(self) -> str:
        """What the text is known by to whoever saves over it: pages work it out of a text as well (`drafts.js`)."""
        text = self.body.replace("\r\n", "\n")
        return f"{crc32(text.encode()):08x}"


class ReadMark(models.Model):
    """Up to when a person has read a ticket."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="read_marks", db_index=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="read_marks", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    read_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "person", "ticket"], name="one_read_mark"),)
        indexes = (models.Index(fields=["ticket", "workspace"], name="reads_of_ticket"),)


class HeldReply(models.Model):
    """A reply on its way: until `release_at` its author can take it back, and nobody outside sees it.

    `then` is the status that the ticket gets with it, or empty.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="held_replies", db_index=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="held_replies", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    body = models.TextField()
    then = models.CharField(max_length=10, default="")
    release_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = (models.Index(fields=["workspace", "ticket", "created_at"], name="held_of_ticket"),)


class SavedReply(models.Model):
    """A text that answers a frequent question; `{customer}` in it stands for the customer's name."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="saved_replies", db_index=False)
    name = models.CharField(max_length=LONGEST_NAME)
    body = models.TextField()
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "saved replies"
        constraints = (models.UniqueConstraint(fields=["workspace", "name"], name="one_saved_reply_per_name"),)


class Presence(models.Model):
    """Somebody is at a ticket until a moment some seconds ahead: just there (`here`), or writing (`reply`, `note`)."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="presences", db_index=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="presences", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=5)
    until = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "ticket", "person"], name="one_presence"),)
