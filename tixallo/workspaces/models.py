"""Workspaces, the people who work in them, and the log of everything that changes one."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from tixallo.kit import clock
from tixallo.kit.ids import IdField, new_id

LONGEST_NAME = 120
# A label of a host name (RFC 1035, section 2.3.4).
LONGEST_SLUG = 63


class Workspace(models.Model):
    """One support team's whole world: nothing in it is reachable from another.

    `revision` is the count of its changes; `chain_link` the last link of its log and `chain_head` the seal over both.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    slug = models.CharField(max_length=LONGEST_SLUG, unique=True)
    revision = models.BigIntegerField(default=0)
    ticket_count = models.BigIntegerField(default=0)
    chain_link = models.CharField(max_length=64, default="")
    chain_head = models.CharField(max_length=64, default="")
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name


class Person(AbstractBaseUser):
    """Someone who signs in; what they may do is said by their memberships."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    email = models.CharField(max_length=255)
    email_key = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=LONGEST_NAME)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "email_key"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    objects = BaseUserManager()


class Role(models.TextChoices):
    """What a member may do; the documentation has the table."""

    OWNER = "owner"
    ADMIN = "admin"
    AGENT = "agent"


class Membership(models.Model):
    """A person's place in a workspace."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "person"], name="one_membership"),)


class Event(models.Model):
    """One row of a workspace's log: who did what to what, from where, and what it looked like.

    Actor and subject are named by kind, id and label, without foreign keys, so that the log outlives them. `digest` is
    salted over all that can be personal, `link` chains the digests: emptying the texts and the salt leaves the chain.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="events", db_index=False)
    revision = models.BigIntegerField()
    position = models.IntegerField()
    type = models.CharField(max_length=40)
    public = models.BooleanField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=36)
    actor_label = models.TextField()
    origin = models.CharField(max_length=45)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=36)
    subject_label = models.TextField()
    payload = models.TextField()
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    link = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "revision", "position"], name="event_order"),)
        indexes = (
            models.Index(
                fields=["workspace", "revision", "position"], condition=models.Q(public=True), name="event_feed"
            ),
        )


class KeptAnswer(models.Model):
    """What a POST with an `Idempotency-Key` was answered, kept for its repetitions."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="kept_answers", db_index=False)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.SmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "key"], name="one_answer_per_key"),)
