"""On PostgreSQL long lists are cut into stretches, which the words of documents name (see `stretches.py`).

Only workspaces with more tickets than one stretch have something to write. The index from documents to tickets gets all
that lists are ordered by, and that of a customer's tickets what tells which of them wait, on both databases.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_LENGTH = 65_536
_CREATE = (
    "CREATE TABLE tickets_stretch (workspace_id uuid NOT NULL, number integer NOT NULL, "
    "begins_at timestamptz NOT NULL, PRIMARY KEY (workspace_id, number))"
)
# Tickets of one moment lie in one stretch.
_CUT = (
    "INSERT INTO tickets_stretch (workspace_id, number, begins_at) "
    "SELECT workspace_id, 1 + row_number() OVER (PARTITION BY workspace_id ORDER BY begins_at), begins_at FROM ("
    "SELECT DISTINCT workspace_id, created_at AS begins_at FROM (SELECT s.workspace_id, s.created_at, "
    "row_number() OVER (PARTITION BY s.workspace_id ORDER BY s.created_at, s.ticket_id) AS place "
    f"FROM tickets_search s) ordered WHERE place > 1 AND place % {_LENGTH} = 1) cuts"
)
# The workspace's mark is four characters long.
_MARK = (
    "UPDATE tickets_search s SET document = array_to_tsvector(ARRAY("
    "SELECT left(word, 4) || r.mark || substr(word, 5) FROM unnest(tsvector_to_array(s.document)) word)) "
    "FROM (SELECT workspace_id, begins_at, '-' || number || '-' AS mark, lead(begins_at, 1, 'infinity'::timestamptz) "
    "OVER (PARTITION BY workspace_id ORDER BY number) AS ends_at FROM tickets_stretch) r "
    "WHERE r.workspace_id = s.workspace_id AND s.created_at >= r.begins_at AND s.created_at < r.ends_at"
)


_UNMARK = (
    "UPDATE tickets_search s SET document = array_to_tsvector(ARRAY("
    "SELECT regexp_replace(word, '^(.{4})-[0-9]+-', '\\1') FROM unnest(tsvector_to_array(s.document)) word)) "
    "WHERE EXISTS (SELECT 1 FROM tickets_stretch r "
    "WHERE r.workspace_id = s.workspace_id AND s.created_at >= r.begins_at)"
)


def cut(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    editor.execute(_CREATE, params=None)
    with editor.connection.cursor() as cursor:
        # Nobody is to add a document without its word meanwhile.
        cursor.execute("LOCK TABLE tickets_search IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(_CUT)
        if cursor.rowcount == 0:
            return
        # Made anew it takes a fraction of the time that a million changes to it would.
        cursor.execute("DROP INDEX tickets_search_document")
        cursor.execute(_MARK)
        cursor.execute("CREATE INDEX tickets_search_document ON tickets_search USING gin (document)")
        cursor.execute("ANALYZE tickets_search")


def join(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(_UNMARK, params=None)
        editor.execute("DROP TABLE tickets_stretch", params=None)


class Migration(migrations.Migration):
    dependencies = (("tickets", "0006_search_rows"),)

    operations = (
        migrations.RunPython(cut, join),
        migrations.RemoveIndex(model_name="ticket", name="ticket_search"),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=[
                    "workspace",
                    "search_id",
                    "created_at",
                    "heap",
                    "updated_at",
                    "queue",
                    "assignee",
                    "gone_as",
                    "id",
                ],
                condition=models.Q(gone_as=""),
                name="ticket_search",
            ),
        ),
        migrations.RemoveIndex(model_name="ticket", name="ticket_customer"),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["workspace", "customer", "created_at", "id", "heap", "queue", "gone_as"],
                condition=models.Q(gone_as=""),
                name="ticket_customer",
            ),
        ),
    )
