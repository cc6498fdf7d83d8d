"""What the inbox and the conversation keep beside a ticket, and the columns of the inbox's lists."""

import django.db.models.deletion
from django.db import migrations, models

import tixallo.kit.clock
import tixallo.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
        ("inboxes", "0001_initial"),
        ("tickets", "0002_search"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    tixallo.kit.ids.IdField(
                        default=tixallo.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=5)),
                ("body", models.TextField()),
                ("updated_at", models.DateTimeField(default=tixallo.kit.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="HeldReply",
            fields=[
                (
                    "id",
                    tixallo.kit.ids.IdField(
                        default=tixallo.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("body", models.TextField()),
                ("then", models.CharField(default="", max_length=10)),
                ("release_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=tixallo.kit.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    tixallo.kit.ids.IdField(
                        default=tixallo.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("body", models.TextField()),
                ("author_id", models.CharField(max_length=36)),
                ("author_name", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField(default=tixallo.kit.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="ReadMark",
            fields=[
                (
                    "id",
                    tixallo.kit.ids.IdField(
                        default=tixallo.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("read_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SavedReply",
            fields=[
                (
                    "id",
                    tixallo.kit.ids.IdField(
                        default=tixallo.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("body", models.TextField()),
                ("created_at", models.DateTimeField(default=tixallo.kit.clock.now)),
                ("updated_at", models.DateTimeField(default=tixallo.kit.clock.now)),
            ],
            options={
                "verbose_name_plural": "saved replies",
            },
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_list",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_status",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_priority",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_customer",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_updated",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_search",
        ),
        migrations.AddField(
            model_name="ticket",
            name="gone_as",
            field=models.CharField(default="", max_length=8),
        ),
        migrations.AddField(
            model_name="ticket",
            name="gone_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="heap",
            field=models.CharField(default="open", max_length=8),
        ),
        migrations.AddField(
            model_name="ticket",
            name="last_author",
            field=models.CharField(default="customer", max_length=10),
        ),
        migrations.AddField(
            model_name="ticket",
            name="last_message_at",
            field=models.DateTimeField(default=tixallo.kit.clock.now),
        ),
        migrations.AddField(
            model_name="ticket",
            name="last_words",
            field=models.CharField(default="", max_length=160),
        ),
        migrations.AddField(
            model_name="ticket",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="merged_via",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="queue",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="ticket",
            name="waiting_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="draft",
            name="person",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.person"
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="ticket",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="drafts",
                to="workspaces.workspace",
            ),
        ),
        migrations.AddField(
            model_name="heldreply",
            name="person",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.person"
            ),
        ),
        migrations.AddField(
            model_name="heldreply",
            name="ticket",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="held_replies",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            model_name="heldreply",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="held_replies",
                to="workspaces.workspace",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="ticket",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notes",
                to="workspaces.workspace",
            ),
        ),
        migrations.AddField(
            model_name="readmark",
            name="person",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.person"
            ),
        ),
        migrations.AddField(
            model_name="readmark",
            name="ticket",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="read_marks",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            model_name="readmark",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="read_marks",
                to="workspaces.workspace",
            ),
        ),
        migrations.AddField(
            model_name="savedreply",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_replies",
                to="workspaces.workspace",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                fields=("workspace", "person", "ticket", "kind"), name="one_draft_of_a_kind"
            ),
        ),
        migrations.AddIndex(
            model_name="heldreply",
            index=models.Index(fields=["workspace", "ticket", "created_at"], name="held_of_ticket"),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["workspace", "ticket", "created_at", "id"], name="notes_of_ticket"),
        ),
        migrations.AddConstraint(
            model_name="readmark",
            constraint=models.UniqueConstraint(fields=("workspace", "person", "ticket"), name="one_read_mark"),
        ),
        migrations.AddConstraint(
            model_name="savedreply",
            constraint=models.UniqueConstraint(fields=("workspace", "name"), name="one_saved_reply_per_name"),
        ),
    ]
