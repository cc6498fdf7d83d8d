import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("keys", "0007_refusals"),
        ("workspaces", "0004_mail_start"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyTurn",
            fields=[
                (
                    "workspace",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="key_turn",
                        serialize=False,
                        to="workspaces.workspace",
                    ),
                ),
                ("turn", models.BigIntegerField()),
            ],
        ),
    ]
