"""What belongs to a ticket is found by the ticket alone, what is gone by its customer or its time, and views count
without a look at the tickets.

A ticket cannot be deleted before the database has looked whether anything still points to it, and it asks by the ticket's id
alone: without these, deleting one looked at every message, tag and read mark, and at all tickets twice.
"""

from django.db import migrations, models

_COUNTED = (("ticket_queue", ("queue",)), ("ticket_assigned", ("assignee", "queue")), ("ticket_heap", ("updated_at",)))


def _counted(name: str, fields: tuple[str, ...]) -> models.Index:
    return models.Index(
        condition=models.Q(("gone_as", "")), fields=["workspace", "heap", *fields, "id", "gone_as"], name=name
    )


class Migration(migrations.Migration):
    dependencies = (("tickets", "0008_sample_marks"),)

    operations = (
        migrations.RemoveIndex(model_name="message", name="conversation"),
        migrations.AddIndex(
            model_name="message", index=models.Index(fields=["ticket", "created_at", "id"], name="conversation")
        ),
        migrations.RemoveIndex(model_name="note", name="notes_of_ticket"),
        migrations.AddIndex(
            model_name="note", index=models.Index(fields=["ticket", "created_at", "id"], name="notes_of_ticket")
        ),
        migrations.AddIndex(model_name="tagging", index=models.Index(fields=["ticket"], name="tags_of_ticket")),
        migrations.AddIndex(
            model_name="readmark", index=models.Index(fields=["ticket", "workspace"], name="reads_of_ticket")
        ),
        migrations.RemoveIndex(model_name="ticket", name="ticket_merged"),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into", "workspace"],
                name="ticket_merged",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("merged_via__isnull", False)), fields=["merged_via"], name="ticket_merged_via"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", ""), _negated=True),
                fields=["workspace", "created_at", "id"],
                name="ticket_gone_opened",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", ""), _negated=True),
                fields=["workspace", "customer"],
                name="ticket_gone_customer",
            ),
        ),
        *(
            operation
            for name, fields in _COUNTED
            for operation in (
                migrations.RemoveIndex(model_name="ticket", name=name),
                migrations.AddIndex(model_name="ticket", index=_counted(name, fields)),
            )
        ),
    )
