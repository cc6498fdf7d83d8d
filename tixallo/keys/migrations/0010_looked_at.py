from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("keys", "0009_last_status"),
    ]

    operations = [
        migrations.AddField(
            model_name="keyturn",
            name="looked_at_until",
            field=models.DateTimeField(null=True),
        ),
    ]
