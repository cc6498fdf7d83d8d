"""The inbox's columns of tickets that were there before them, and the indexes of its lists."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_LAST = (
    "(SELECT m.{column} FROM tickets_message m WHERE m.workspace_id = tickets_ticket.workspace_id "
    "AND m.ticket_id = tickets_ticket.id ORDER BY m.created_at DESC, m.id DESC LIMIT 1)"
)
_SPOKEN = (
    "UPDATE tickets_ticket SET last_author = coalesce({author}, 'customer'), "
    "last_message_at = coalesce({at}, created_at), "
    "last_words = substr(replace(replace(coalesce({body}, description), {newline}, ' '), {return_}, ' '), 1, 160), "
    "heap = CASE WHEN status IN ('new', 'open') THEN 'open' WHEN status = 'pending' THEN 'pending' ELSE 'done' END"
)
_WAITING = (
    "UPDATE tickets_ticket SET waiting_since = coalesce((SELECT min(m.created_at) FROM tickets_message m "
    "WHERE m.workspace_id = tickets_ticket.workspace_id AND m.ticket_id = tickets_ticket.id "
    "AND m.author_kind = 'customer' AND m.created_at > (SELECT max(a.created_at) FROM tickets_message a "
    "WHERE a.workspace_id = tickets_ticket.workspace_id AND a.ticket_id = tickets_ticket.id "
    "AND a.author_kind <> 'customer')), created_at) "
    "WHERE last_author = 'customer' AND status IN ('new', 'open', 'pending')"
)
_QUEUE = (
    "UPDATE tickets_ticket SET queue = CASE WHEN waiting_since IS NOT NULL THEN {waiting} "
    "ELSE 4611686018427387904 - {updated} END"
)


def fill(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Work out the columns from the messages. Seconds are exact enough for rows that were written before."""
    postgresql = editor.connection.vendor == "postgresql"
    char = "chr({})" if postgresql else "char({})"
    micros = (
        "(extract(epoch FROM {}) * 1000000)::bigint" if postgresql else "CAST(strftime('%s', {}) AS INTEGER) * 1000000"
    )
    last = {
        name: _LAST.format(column=column)
        for name, column in {"author": "author_kind", "at": "created_at", "body": "body"}.items()
    }
    editor.execute(_SPOKEN.format(**last, newline=char.format(10), return_=char.format(13)), params=None)
    editor.execute(_WAITING, params=None)
    editor.execute(
        _QUEUE.format(waiting=micros.format("waiting_since"), updated=micros.format("updated_at")), params=None
    )
    if postgresql:
        # Rows written twice in a transaction have their foreign keys still to be checked, which bars indexes.
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE", params=None)
        editor.execute("SET CONSTRAINTS ALL DEFERRED", params=None)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_people")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", "")), fields=["workspace", "created_at", "id"], name="ticket_list"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", "")),
                fields=["workspace", "status", "created_at", "id"],
                name="ticket_status",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", "")),
                fields=["workspace", "priority", "created_at", "id"],
                name="ticket_priority",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", "")), fields=["workspace", "updated_at", "id"], name="ticket_active"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", "")),
                fields=["workspace", "updated_at", "created_at", "id"],
                name="ticket_updated",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", "")),
                fields=["workspace", "customer", "created_at", "id"],
                name="ticket_customer",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", "")),
                fields=["workspace", "search_id", "created_at", "id"],
                name="ticket_search",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", "")), fields=["workspace", "heap", "queue", "id"], name="ticket_queue"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", "")),
                fields=["workspace", "heap", "assignee", "queue", "id"],
                name="ticket_assigned",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", "")),
                fields=["workspace", "heap", "updated_at", "id"],
                name="ticket_heap",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", "merged")), fields=["workspace", "merged_into"], name="ticket_merged"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("gone_as", ""), _negated=True),
                fields=["workspace", "gone_as", "gone_at"],
                name="ticket_gone",
            ),
        ),
    ]
