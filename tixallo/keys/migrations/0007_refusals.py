"""The hours in which something was refused, found without a look at all the others."""

from django.db import migrations, models
from django.db.models import F
from django.db.models.lookups import GreaterThan

_REFUSED = F("refused_limit") + F("refused_scope") + F("refused_disabled") + F("refused_expired") + F("refused_revoked")


class Migration(migrations.Migration):
    dependencies = [
        ("keys", "0006_disabled_reason"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="keyhour",
            index=models.Index(
                condition=models.Q(GreaterThan(_REFUSED, 0)), fields=["workspace", "hour"], name="key_hour_refused"
            ),
        ),
    ]
