"""What is gone of a customer is found in the order in which it was opened, so that it can be walked in parts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("tickets", "0009_looked_up_by_ticket"),)

    operations = (
        migrations.RemoveIndex(model_name="ticket", name="ticket_gone_customer"),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", ""), _negated=True),
                fields=["workspace", "customer", "created_at", "id"],
                name="ticket_gone_customer",
            ),
        ),
    )
