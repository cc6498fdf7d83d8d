"""A mark of its own says which tickets are samples. Until now it was a tag, which anybody could set.

The mark is given to what loading the samples has made: by a person, for one of the five customers, as if by a form,
which nothing else in the app does. In doubt a ticket is real.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import tixallo.kit.ids

_ADDRESSES = (
    "grace@globex.example",
    "tomas@initech.example",
    "mei@hooli.example",
    "jonas@umbrella.example",
    "ana@globex.example",
)


def mark(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    tickets, events = apps.get_model("tickets", "Ticket"), apps.get_model("workspaces", "Event")
    marks = apps.get_model("tickets", "SampleMark")
    tagged = tickets.objects.filter(taggings__tag="sample", source="form", customer__email_key__in=_ADDRESSES)
    for workspace_id, ticket_id in tagged.values_list("workspace_id", "id"):
        made = events.objects.filter(
            workspace_id=workspace_id, subject_id=ticket_id, type="ticket.created", actor_kind="person"
        )
        if made.exists():
            marks.objects.create(workspace_id=workspace_id, ticket_id=ticket_id)


class Migration(migrations.Migration):
    dependencies = (("tickets", "0007_stretches"), ("workspaces", "0001_initial"))

    operations = (
        migrations.CreateModel(
            name="SampleMark",
            fields=[
                (
                    "id",
                    tixallo.kit.ids.IdField(
                        default=tixallo.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sample_marks",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sample_marks",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["workspace", "ticket"], name="one_sample_mark")],
            },
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    )
