"""The full-text index over tickets: one document a ticket, of its subject, description, messages and customer.

The index stands alone, keyed by an explicit integer, and is written by the verbs. Its words come from the one
normaliser; each begins with a mark of its workspace, so that no search reads lists that others have made long.
"""

from collections.abc import Iterable

from django.db import connection

from tixallo.kit import sql
from tixallo.kit.sql import Statement
from tixallo.kit.text import words

# PostgreSQL keeps a document of at most 1 MiB; beyond this many bytes of words a ticket is indexed no further.
MOST_TEXT = 800_000
MOST_WORDS_ASKED = 20
LONGEST_SEARCH = 300
_MARK_LENGTH = 4


def index(workspace_id: str, texts: Iterable[str]) -> int:
    """Add a document and return its key."""
    document = _document(workspace_id, words(" ".join(texts)))
    if connection.vendor == "postgresql":
        row = _ADD_POSTGRESQL.one(document)
    else:
        _ADD_SQLITE.run(document)
        # RETURNING does not know the key of a row in a virtual table.
        row = _LAST_SQLITE.one()
    assert row is not None, "both give one row"
    key: int = row[0]
    return key


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
    text = _document(workspace_id, words(" ".join(texts)))
    (_REPLACE_POSTGRESQL if connection.vendor == "postgresql" else _REPLACE_SQLITE).run(text, search_id)


def remove(search_id: int) -> None:
    """Delete a document."""
    (_REMOVE_POSTGRESQL if connection.vendor == "postgresql" else _REMOVE_SQLITE).run(search_id)


def asked(workspace_id: str, query: str) -> str | None:
    """Return the value that a search statement takes: every word, the last as a prefix; None when there is no word."""
    found = words(query)[:MOST_WORDS_ASKED]
    if not found:
        return None
    marked = _marked(workspace_id, found).split()
    if connection.vendor == "postgresql":
        return " & ".join(marked) + ":*"
    return " AND ".join(f'"{word}"' for word in marked) + " *"


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
    # The end of an id is random. Workspaces that share a mark only make each other's searches longer: whose tickets are
    # listed is said by the list itself.
    mark = workspace_id[-_MARK_LENGTH:]
    return mark + f" {mark}".join(found) if found else ""


def _document(workspace_id: str, found: list[str]) -> str | list[str]:
    kept = _marked(workspace_id, found).encode()[:MOST_TEXT].decode(errors="ignore")
    return kept.split() if connection.vendor == "postgresql" else kept


# unscoped: reached by a key that a ticket of the workspace holds
_ADD_SQLITE = Statement("INSERT INTO tickets_search (document) VALUES (?)")
# unscoped: reached by a key that a ticket of the workspace holds
_ADD_POSTGRESQL = Statement("INSERT INTO tickets_search (document) VALUES (array_to_tsvector(?)) RETURNING id")
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
_REPLACE_POSTGRESQL = Statement("UPDATE tickets_search SET document = array_to_tsvector(?) WHERE id = ?")
# unscoped: reached by a key that a ticket of the workspace holds
_REMOVE_SQLITE = Statement("DELETE FROM tickets_search WHERE rowid = ?")
# unscoped: reached by a key that a ticket of the workspace holds
_REMOVE_POSTGRESQL = Statement("DELETE FROM tickets_search WHERE id = ?")
_COUNT = Statement(lambda dialect: f"SELECT count(*) FROM (SELECT 1 FROM {matches(dialect)} found LIMIT ?) few")
_LAST_SQLITE = Statement("SELECT last_insert_rowid()")
