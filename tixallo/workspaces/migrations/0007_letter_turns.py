import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0006_event_walks"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterTurn",
            fields=[
                (
                    "workspace",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="letter_turn",
                        serialize=False,
                        to="workspaces.workspace",
                    ),
                ),
                ("turn", models.BigIntegerField()),
            ],
        ),
    ]
