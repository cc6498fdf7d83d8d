from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("keys", "0008_turns"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="last_used_status",
            field=models.SmallIntegerField(null=True),
        ),
    ]
