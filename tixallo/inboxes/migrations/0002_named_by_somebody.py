"""A first inbox that nobody has named has no name. Until now it was called Support, and nothing could change that."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def take_the_name(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("inboxes", "Inbox").objects.filter(is_default=True, name="Support").update(name="")


def give_it_back(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("inboxes", "Inbox").objects.filter(is_default=True, name="").update(name="Support")


class Migration(migrations.Migration):
    dependencies = (("inboxes", "0001_initial"),)

    operations = (
        # The column stays as it is; SQLite would write the table anew.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("inbox", "name", models.CharField(blank=True, default="", max_length=120)),
            ]
        ),
        migrations.RunPython(take_the_name, give_it_back),
    )
