from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("keys", "0002_maker"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="form_value",
            field=models.CharField(max_length=36, null=True),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.UniqueConstraint(fields=("workspace", "form_value"), name="one_key_per_form"),
        ),
    ]
