"""API keys: each opens one workspace to a program, until it expires, is disabled or is revoked."""

from django.db import models

from tixallo.keys import token
from tixallo.kit import clock
from tixallo.kit.ids import IdField, new_id
from tixallo.workspaces.models import LONGEST_NAME, Person, Workspace

DEFAULT_LIMIT = 60
LARGEST_LIMIT = 1_000_000
ENVIRONMENTS = ("development", "staging", "production")


class ApiKey(models.Model):
    """A key as it is stored: its public id, and an HMAC of the rest under a pepper that is not in the database.

    `checksum_end` is the last four characters of the checksum, which show a person which key it is. `scopes` is null
    for everything, now and later. Disabling can be taken back, revoking cannot. `form_value` is that of the form which
    asked for the key, so that a form sent twice makes one.
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
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.TextField(default="")
    revoked_reason = models.TextField(default="")
    replaced_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replaces", db_index=False)
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.CharField(max_length=45, default="")
    last_used_client = models.CharField(max_length=120, default="")
    last_used_route = models.CharField(max_length=120, default="")
    form_value = models.CharField(max_length=36, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "form_value"], name="one_key_per_form"),)
        indexes = (models.Index(fields=["workspace", "created_at", "id"], name="key_list"),)

    def hint(self) -> str:
        """Return what tells a person which key it is, and nobody else what it says."""
        return token.hint(self.environment, self.public_id, self.checksum_end)

    def state(self) -> str:
        """Return what the key is now: revoked, expired, disabled or active."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= clock.now():
            return "expired"
        return "active" if self.disabled_at is None else "disabled"
