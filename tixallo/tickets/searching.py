"""The full-text index over tickets: one document a ticket, of its subject, description, messages and customer.

The index stands alone, keyed by an explicit integer, and is written by the verbs. Its words come from the one
normaliser; each begins with a mark of its workspace, so that no search reads lists that others have made long.
On PostgreSQL a document's row repeats the ticket's place in the list, and whether it is listed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from django.db import connection

from tixallo.kit import sql
from tixallo.kit.sql import Statement
from tixallo.kit.text import words
from tixallo.tickets import stretches

# PostgreSQL keeps a document of at most 1 MiB; beyond this many bytes of words a ticket is indexed no further.
MOST_TEXT = 800_000
MOST_WORDS_ASKED = 20
LONGEST_SEARCH = 300
_MARK_LENGTH = 4


def index(workspace_id: str, texts: Iterable[str], at: datetime, ticket_id: str, number: int) -> int:
    """Add the document of a ticket of this number, opened at `at`, and return its key.

    On SQLite the keys above 0 of a workspace run in the order of its list, so that a search need not look further than
    its page. A ticket older than one that is there already gets a key below 0.
    """
    document = document_of(workspace_id, words(" ".join(texts)))
    if connection.vendor == "postgresql":
        stretches.begin_if_due(workspace_id, number, number, at)
        values = (document, stretch_words(workspace_id), workspace_id, at)
        row = _ADD_POSTGRESQL.one(*values, workspace_id, ticket_id, at)
    else:
        _ADD_SQLITE.run(workspace_id, sql.moment(at), ticket_id, document)
        # RETURNING does not know the key of a row in a virtual table.
        row = _LAST_SQLITE.one()
    assert row is not None, "both give one row"
    key: int = row[0]
    return key


def next_keys(workspace_id: str, places: Sequence[tuple[str, str]]) -> range:
    """Return free keys for documents of tickets at these places (time as SQLite stores it, id), by the rule of `index`.

    For what writes many at once, on SQLite.
    """
    in_order = all(before < after for before, after in pairwise(places))
    row = _KEYS_SQLITE.one(workspace_id, *places[0])
    assert row is not None, "it always gives one row"
    lowest, highest, newer = row
    if in_order and not newer:
        return range(highest + 1, highest + 1 + len(places))
    # Upwards here too: the index likes no key below the last one in a transaction.
    return range(lowest - len(places), lowest)


def append(workspace_id: str, search_id: int, text: str) -> None:
    """Add words to a document."""
    added = _marked(workspace_id, words(text))
    room = MOST_TEXT - len(added.encode())
    if connection.vendor == "postgresql":
        _APPEND_POSTGRESQL.run(added.split(), search_id, room)
    else:
        _APPEND_SQLITE.run(" " + added, search_id, room)


def replace(search_id: int, workspace_id: str, texts: Iterable[str]) -> None:
    """Write a document anew."""
    document = document_of(workspace_id, words(" ".join(texts)))
    if connection.vendor == "postgresql":
        _REPLACE_POSTGRESQL.run(document, stretch_words(workspace_id), search_id)
    else:
        _REPLACE_SQLITE.run(document, search_id)


def show(search_id: int, *, listed: bool) -> None:
    """Take in that a ticket is listed again, or no more."""
    if connection.vendor == "postgresql":
        _SHOW_POSTGRESQL.run(listed, search_id)


def remove(search_id: int) -> None:
    """Delete a document."""
    (_REMOVE_POSTGRESQL if connection.vendor == "postgresql" else _REMOVE_SQLITE).run(search_id)


def document_of(workspace_id: str, found: list[str]) -> str | list[str]:
    """Return the document of normalised words as this database takes it: words on PostgreSQL, else a text."""
    kept = _marked(workspace_id, found).encode()[:MOST_TEXT].decode(errors="ignore")
    return kept.split() if connection.vendor == "postgresql" else kept


def stretch_words(workspace_id: str) -> str:
    """Return how the words begin that say in which stretch of the workspace's list a ticket lies (see `stretches`)."""
    return stretches.beginning(_mark(workspace_id))


def asked(workspace_id: str, query: str) -> str | None:
    """Return the value that a search statement takes: every word, the last as a prefix; None when there is no word."""
    found = words(query)[:MOST_WORDS_ASKED]
    if not found:
        return None
    marked = _marked(workspace_id, found).split()
    if connection.vendor == "postgresql":
        return " & ".join(marked) + ":*"
    return " AND ".join(f'"{word}"' for word in marked) + " *"


def is_in_order(asked: str) -> bool:
    """Tell whether the keys of all that matches the value of `asked` run in the order of the list."""
    return connection.vendor == "sqlite" and _LATE_SQLITE.one(asked) is None


def are_few(asked: str, most: int) -> bool:
    """Tell whether at most so many documents match the value of `asked`."""
    row = _COUNT.one(asked, most + 1)
    return row is not None and row[0] <= most


def matches(dialect: sql.Dialect) -> str:
    """Return the subquery of the keys that match the value of `asked`."""
    if dialect.name == "postgresql":
        # unscoped: the words asked for carry the workspace's mark, and the keys found are joined to its tickets
        return "(SELECT s.id FROM tickets_search s WHERE s.document @@ ?::tsquery)"
    # unscoped: the words asked for carry the workspace's mark, and the keys found are joined to its tickets
    return "(SELECT s.rowid FROM tickets_search s WHERE s.tickets_search MATCH ?)"


def _marked(workspace_id: str, found: list[str]) -> str:
    mark = _mark(workspace_id)
    return mark + f" {mark}".join(found) if found else ""


def _mark(workspace_id: str) -> str:
    # The end of an id is random. Workspaces that share a mark only make each other's searches longer: whose tickets are
    # listed is said by the list itself.
    return workspace_id[-_MARK_LENGTH:]


_ADD_SQLITE = Statement(
    "INSERT INTO tickets_search (rowid, document) SELECT CASE WHEN EXISTS (SELECT 1 FROM tickets_ticket t "
    "WHERE t.workspace_id = ? AND (t.created_at, t.id) > (?, ?)) "
    "THEN min(coalesce((SELECT s.rowid FROM tickets_search s ORDER BY s.rowid LIMIT 1), 0), 0) - 1 END, ?"
)
_KEYS_SQLITE = Statement(
    "SELECT min(coalesce((SELECT s.rowid FROM tickets_search s ORDER BY s.rowid LIMIT 1), 0), 0), "
    "max(coalesce((SELECT s.rowid FROM tickets_search s ORDER BY s.rowid DESC LIMIT 1), 0), 0), "
    "EXISTS (SELECT 1 FROM tickets_ticket t WHERE t.workspace_id = ? AND (t.created_at, t.id) > (?, ?))"
)
# unscoped: the words asked for carry the workspace's mark
_LATE_SQLITE = Statement("SELECT 1 FROM tickets_search s WHERE s.tickets_search MATCH ? AND s.rowid < 0 LIMIT 1")
_ADD_POSTGRESQL = Statement(
    "INSERT INTO tickets_search (document, workspace_id, ticket_id, created_at, listed) "
    f"VALUES (array_to_tsvector(?::text[] || {stretches.WORD.format(workspace='?', moment='?')}), ?, ?, ?, true) "
    "RETURNING id"
)
# unscoped: reached by a key that a ticket of the workspace holds
_SHOW_POSTGRESQL = Statement("UPDATE tickets_search SET listed = ? WHERE id = ?")
# unscoped: reached by a key that a ticket of the workspace holds
_APPEND_SQLITE = Statement(
    "UPDATE tickets_search SET document = document || ? WHERE rowid = ? AND length(CAST(document AS BLOB)) <= ?"
)
# unscoped: reached by a key that a ticket of the workspace holds
_APPEND_POSTGRESQL = Statement(
    "UPDATE tickets_search SET document = document || array_to_tsvector(?) "
    "WHERE id = ? AND octet_length(document::text) <= ?"
)
# unscoped: reached by a key that a ticket of the workspace holds
_REPLACE_SQLITE = Statement("UPDATE tickets_search SET document = ? WHERE rowid = ?")
# unscoped: reached by a key that a ticket of the workspace holds
_REPLACE_POSTGRESQL = Statement(
    "UPDATE tickets_search s SET document = array_to_tsvector(?::text[] || "
    f"{stretches.WORD.format(workspace='s.workspace_id', moment='s.created_at')}) WHERE s.id = ?"
)
# unscoped: reached by a key that a ticket of the workspace holds
_REMOVE_SQLITE = Statement("DELETE FROM tickets_search WHERE rowid = ?")
# unscoped: reached by a key that a ticket of the workspace holds
_REMOVE_POSTGRESQL = Statement("DELETE FROM tickets_search WHERE id = ?")
_COUNT = Statement(lambda dialect: f"SELECT count(*) FROM (SELECT 1 FROM {matches(dialect)} found LIMIT ?) few")
_LAST_SQLITE = Statement("SELECT last_insert_rowid()")
