"""API keys: each opens one workspace to a program, until it expires, is disabled or is revoked."""

from datetime import datetime
from functools import reduce
from operator import add

from django.db import models
from django.db.models.lookups import GreaterThan

from tixallo.keys import token
from tixallo.kit import clock
from tixallo.kit.ids import IdField, new_id
from tixallo.workspaces.models import LONGEST_NAME, Person, Workspace

DEFAULT_LIMIT = 60
LARGEST_LIMIT = 1_000_000
ENVIRONMENTS = ("development", "staging", "production")
DEFAULT_QUIET_HOURS = 24

# What keeps a request with a key from passing: over its limit, without the scope, or with a key that has ended.
REFUSALS = ("limit", "scope", "disabled", "expired", "revoked")
LONGEST_CLIENT = 40
# That something was refused in an hour, as the index says it that finds such hours.
ANY_REFUSED = f"{' + '.join(f'refused_{reason}' for reason in REFUSALS)} > 0"
# Reasons for which keys end: as a step of a rotation, as somebody else may have it, as their rotation is given up.
REPLACED, EXPOSED, CANCELLED = "replaced", "exposed", "rotation cancelled"


def state_of(revoked: bool, disabled: bool, expires_at: datetime | None) -> str:
    """Return what a key is now: revoked, expired, disabled or active."""
    if revoked:
        return "revoked"
    if expires_at is not None and expires_at <= clock.now():
        return "expired"
    return "disabled" if disabled else "active"


class ApiKey(models.Model):
    """A key as it is stored: its public id, and an HMAC of the rest under a pepper that is not in the database.

    `checksum_end` is the last four characters of the checksum, which show a person which key it is. `scopes` is null
    for everything, now and later. Disabling can be taken back, revoking cannot. `disabled_reason` tells why a key is
    disabled, or was the last time: `replaced` when that is a step of its rotation. `form_value` is that of the form
    which asked for the key, so that a form sent twice makes one; `longest_pause` the most seconds between two uses so
    far.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="api_keys", db_index=False)
    public_id = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    pepper_version = models.SmallIntegerField()
    checksum_end = models.CharField(max_length=4)
    name = models.CharField(max_length=LONGEST_NAME)
    environment = models.CharField(max_length=12)
    rate_limit = models.IntegerField(default=DEFAULT_LIMIT)
    scopes = models.JSONField(null=True)
    made_by = models.TextField()
    maker = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)
    expiry_recorded = models.BooleanField(default=False)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.TextField(default="", db_default="")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.TextField(default="")
    revoked_reason = models.TextField(default="")
    replaced_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replaces", db_index=False)
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.CharField(max_length=45, default="")
    last_used_client = models.CharField(max_length=120, default="")
    last_used_route = models.CharField(max_length=120, default="")
    last_used_status = models.SmallIntegerField(null=True)
    longest_pause = models.IntegerField(null=True)
    form_value = models.CharField(max_length=36, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "form_value"], name="one_key_per_form"),)
        indexes = (models.Index(fields=["workspace", "created_at", "id"], name="key_list"),)

    def hint(self) -> str:
        """Return what tells a person which key it is, and nobody else what it says."""
        return token.hint(self.environment, self.public_id, self.checksum_end)

    def state(self) -> str:
        """Return what the key is now: revoked, expired, disabled or active."""
        return state_of(self.revoked_at is not None, self.disabled_at is not None, self.expires_at)


class KeyTurn(models.Model):
    """How many times the use of a workspace's keys was written: who knows the number need not look for what is new.

    `looked_at_until` is until when a page about the keys may stand open.
    """

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True, related_name="key_turn")
    turn = models.BigIntegerField()
    looked_at_until = models.DateTimeField(null=True)


def _any_refused() -> models.Q:
    return models.Q(GreaterThan(reduce(add, [models.F(f"refused_{reason}") for reason in REFUSALS]), 0))


class KeyHour(models.Model):
    """How many requests came with a key in an hour (UTC), and why how many of them were refused."""

    pk = models.CompositePrimaryKey("workspace_id", "key_id", "hour")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="key_hours", db_index=False)
    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="hours", db_index=False)
    hour = models.DateTimeField(db_index=True)
    passed = models.IntegerField()
    refused_limit = models.IntegerField()
    refused_scope = models.IntegerField()
    refused_disabled = models.IntegerField()
    refused_expired = models.IntegerField()
    refused_revoked = models.IntegerField()

    class Meta:
        indexes = (models.Index(fields=["workspace", "hour"], name="key_hour_refused", condition=_any_refused()),)


class KeyCaller(models.Model):
    """What one caller did with a key on a day (UTC): a client in a network. Both empty: all beyond the most callers.

    The times are those of its first request, its last use and its last refusal; address and route are its latest.
    """

    pk = models.CompositePrimaryKey("workspace_id", "key_id", "day", "client", "network")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="key_callers", db_index=False)
    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="callers", db_index=False)
    day = models.DateField(db_index=True)
    client = models.CharField(max_length=LONGEST_CLIENT)
    network = models.CharField(max_length=43)
    passed = models.IntegerField()
    refused = models.IntegerField()
    first_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    last_refused_at = models.DateTimeField(null=True)
    last_address = models.CharField(max_length=45)
    last_route = models.CharField(max_length=120)

    class Meta:
        indexes = (models.Index(fields=["day"], name="key_caller_address", condition=~models.Q(last_address="")),)


class Rotation(models.Model):
    """The replacing of one key by another, its successor: open, then finished or cancelled.

    `old_name` is what the old key was called before. `quiet_hours` is how long it must be without a request to be
    revoked. `ticks` are the callers that somebody says will not call again: `client`, `network` and `at`, the moment
    of saying so (ISO 8601).
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="rotations", db_index=False)
    old_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+", db_index=False)
    new_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+", db_index=False)
    old_name = models.CharField(max_length=LONGEST_NAME)
    quiet_hours = models.IntegerField(default=DEFAULT_QUIET_HOURS)
    ticks = models.JSONField(default=list)
    state = models.CharField(max_length=9, default="open")
    started_at = models.DateTimeField(default=clock.now)
    started_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "old_key"], condition=models.Q(state="open"), name="one_open_rotation"
            ),
        )
        indexes = (models.Index(fields=["workspace", "started_at"], name="rotation_list"),)
