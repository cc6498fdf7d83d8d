"""Workspaces, the people who work in them, and the log of everything that changes one."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from tixallo.kit import clock, transactions
from tixallo.kit.ids import IdField, new_id

LONGEST_NAME = 120
# How long a reply is held before it is sent, unless the person has another wish, and at most.
HOLD_SECONDS = 10
LONGEST_HOLD_SECONDS = 60
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
    """Someone who signs in; what they may do is said by their memberships.

    `email` is the address as it was given, `email_key` the same in lower case. Language, time zone and theme are the
    browser's while they are empty. `role_changes` counts, so that a session notices that it is to be renewed.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    email = models.CharField(max_length=255)
    email_key = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=LONGEST_NAME)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="", blank=True)
    time_zone = models.CharField(max_length=64, default="", blank=True)
    theme = models.CharField(max_length=5, default="", blank=True)
    shortcuts = models.BooleanField(default=True)
    after_resolving = models.CharField(max_length=5, default="next")
    hold_seconds = models.SmallIntegerField(default=HOLD_SECONDS)
    mail_on_assignment = models.BooleanField(default=True)
    mail_on_answer = models.BooleanField(default=True)
    role_changes = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "email_key"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    objects = BaseUserManager()

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Whoever saves a person, Django at sign-in among them, takes the turn that all writers take.
        with transactions.change():
            super().save(*args, **kwargs)


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
    last_active_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "person"], name="one_membership"),)


class Invitation(models.Model):
    """An open invitation into a workspace: its row goes when it is accepted or revoked.

    Whoever brings the token gets in, so a database alone must not give it away: it is found by its digest, and sealed
    for admins to copy the link again.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="invitations", db_index=False)
    email = models.CharField(max_length=255)
    email_key = models.CharField(max_length=255)
    role = models.CharField(max_length=10, choices=Role.choices)
    digest = models.CharField(max_length=64, unique=True)
    sealed_token = models.TextField()
    invited_by = models.CharField(max_length=LONGEST_NAME)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "email_key"], name="one_invitation"),)


class WelcomeLink(models.Model):
    """A link by which somebody makes a workspace and becomes its owner, without being signed in.

    `person` is set between its two steps. Without `again` it is good only while there is no workspace at all.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    again = models.BooleanField(default=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()


class Attempt(models.Model):
    """What is counted of attempts at something that may be tried only so often, until it counts no longer."""

    digest = models.CharField(max_length=64, primary_key=True)
    value = models.TextField()
    until = models.DateTimeField(db_index=True)


class ResetRequest(models.Model):
    """Somebody asked for a new password for an address; whether anybody has it, the worker finds out."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    email_key = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=clock.now)


class Letter(models.Model):
    """An outgoing mail. One that was written while no mail server was set is `kept` and never sent.

    `sealed_text` is emptied once it has gone out: it can hold links that let people in. `about` names what a letter is
    for, like `message ID`; the person who wrote it looks up its state there.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, null=True, related_name="letters", db_index=False)
    recipient = models.CharField(max_length=255)
    sender_name = models.CharField(max_length=LONGEST_NAME, default="")
    subject = models.CharField(max_length=400)
    sealed_text = models.TextField()
    headers = models.TextField(default="{}")
    message_id = models.CharField(max_length=255)
    about = models.CharField(max_length=60, default="")
    state = models.CharField(max_length=8)
    attempts = models.IntegerField(default=0)
    last_error = models.TextField(default="")
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["workspace", "state", "created_at"], name="letter_state"),
            models.Index(fields=["workspace", "about"], name="letter_about"),
        )


class LetterTurn(models.Model):
    """How many times the mail of a workspace's replies became another state: who knows the number need not look."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True, related_name="letter_turn")
    turn = models.BigIntegerField()


class MailStart(models.Model):
    """The one row that says since when a mail server is set: what was written before is not sent."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    since = models.DateTimeField()


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
            models.Index(fields=["workspace", "subject_id", "revision"], name="event_subject"),
            # As people read it: all, one actor's part, one type's.
            models.Index(fields=["workspace", "created_at", "revision", "position"], name="event_time"),
            models.Index(fields=["workspace", "actor_id", "created_at", "revision", "position"], name="event_actor"),
            models.Index(fields=["workspace", "type", "created_at", "revision", "position"], name="event_type"),
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
