"""Rows that know no domain: what is due later, and the marks by which an installation knows its secret file."""

from django.db import models

from tixallo.kit import clock
from tixallo.kit.ids import IdField, new_id


class Due(models.Model):
    """One thing that must happen: `kind` names what, `key` to what, `due_at` when.

    A worker that takes it leases it, so that a crashed worker's rows come back; one that fails too often is dead and
    waits for a person. `version` counts the times it was asked for, so that a request during a run is not lost.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    version = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    last_error = models.TextField(default="")
    dead_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "key"], name="one_due_row"),)
        indexes = (models.Index(fields=["due_at"], condition=models.Q(dead_at=None), name="due_next"),)


class Installation(models.Model):
    """Which secret file this database belongs to: row 1 holds the mark of the file, and each pepper that was ever in it
    at a start has a row of its own, whose id is `PEPPERS` more than its number.
    """

    PEPPERS = 10_000

    id = models.SmallIntegerField(primary_key=True, default=1)
    secret_mark = models.CharField(max_length=64)
