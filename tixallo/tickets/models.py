"""Tickets and the messages of their conversations."""

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

LONGEST_SUBJECT = 300
LONGEST_TEXT = 20_000
LONGEST_TAG = 50
MOST_TAGS = 20


class Ticket(models.Model):
    """One matter of one customer. `number` counts up within the workspace; `search_id` is its row in the index."""

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

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "number"], name="one_ticket_per_number"),)
        indexes = (
            models.Index(fields=["workspace", "created_at", "id"], name="ticket_list"),
            models.Index(fields=["workspace", "status", "created_at", "id"], name="ticket_status"),
            models.Index(fields=["workspace", "priority", "created_at", "id"], name="ticket_priority"),
            models.Index(fields=["workspace", "customer", "created_at", "id"], name="ticket_customer"),
            models.Index(fields=["workspace", "updated_at", "created_at", "id"], name="ticket_updated"),
            models.Index(fields=["workspace", "search_id", "created_at", "id"], name="ticket_search"),
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
        indexes = (models.Index(fields=["workspace", "tag", "ticket_created_at", "ticket"], name="tagged_list"),)


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
        indexes = (models.Index(fields=["workspace", "ticket", "created_at", "id"], name="conversation"),)
