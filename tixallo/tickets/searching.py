"""The full-text index over tickets: one document a ticket, of its subject, description, messages and customer.

The index stands alone, keyed by an explicit integer, and is written by the verbs. Its words come from the one
normaliser; each begins with a mark of its workspace, so that no search reads lists that others have made long.
On PostgreSQL a document's row repeats the ticket's place in the list, and whether it is listed; there the mark says in
which stretch of the list the ticket lies as well (see `stretches`), and a search asks each of them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from django.db import connection

from tixallo.kit import sql
from tixallo.kit.sql import Statement
from tixallo.kit.text import words
from tixallo.tickets import stretches
from tixallo.tickets.stretches import Stretch

# PostgreSQL keeps a document of at most 1 MiB; beyond this many bytes of words a ticket is indexed no further.
MOST_TEXT = 800_000
MOST_WORDS_ASKED = 20
LONGEST_SEARCH = 300
_MARK_LENGTH = 4
# With the stretch, and what PostgreSQL puts around a word.
_MOST_MARK_LENGTH = 16


def index(workspace_id: str, texts: Iterable[str], at: datetime, ticket_id: str, number: int) -> int:
    """Add the document of a ticket of this number, opened at `at`, and return its key.

    On SQLite the keys above 0 of a workspace run in the order of its list, so that a search need not look further than
    its page. A ticket older than one that is there already gets a key below 0.
    """
    document = document_of(workspace_id, words(" ".join(texts)))
    if connection.vendor == "postgresql":
        stretches.begin_if_due(workspace_id, number, number, at)
        words_in_place = (_mark(workspace_id), document, workspace_id, at)
        row = _ADD_POSTGRESQL.one(*words_in_place, workspace_id, ticket_id, at)
    else:
        place = (workspace_id, sql.moment(at), ticket_id)
        _ADD_SQLITE.run(*place, *place, document)
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
    place = (workspace_id, *places[0])
    row = _KEYS_SQLITE.one(*place, *place)
    assert row is not None, "it always gives one row"
    lowest, highest, newer = row
    if in_order and not newer:
        return range(highest + 1, highest + 1 + len(places))
    # Upwards here too: the index likes no key below the last one in a transaction.
    return range(lowest - len(places), lowest)


def append(workspace_id: str, search_id: int, text: str) -> None:
    """Add words to a document."""
    if connection.vendor == "postgresql":
        added = _fitting(words(text))
        _APPEND_POSTGRESQL.run(_mark(workspace_id), added, search_id, MOST_TEXT - _length(added))
    else:
        marked = _marked(workspace_id, words(text))
        _APPEND_SQLITE.run(" " + marked, search_id, MOST_TEXT - len(marked.encode()))


def replace(search_id: int, workspace_id: str, texts: Iterable[str]) -> None:
    """Write a document anew."""
    document = document_of(workspace_id, words(" ".join(texts)))
    if connection.vendor == "postgresql":
        _REPLACE_POSTGRESQL.run(_mark(workspace_id), document, search_id)
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
    if connection.vendor == "postgresql":
        return _fitting(found)
    return _marked(workspace_id, found).encode()[:MOST_TEXT].decode(errors="ignore")


def marked_in(workspace_id: str, stretch: int, words: Iterable[str]) -> list[str]:
    """Return the words of a document on PostgreSQL as the index has them."""
    mark = _mark(workspace_id) + stretches.word(stretch)
    return [mark + word for word in words]


def asked(workspace_id: str, query: str, among: Sequence[Stretch] | None = None) -> str | list[str] | None:
    """Return the value that a search statement takes: every word, the last as a prefix; None when there is no word, or
    more of them than are searched for.

    On PostgreSQL one for each stretch of the list, or for each of those given.
    """
    found = words(query)
    if not found or len(found) > MOST_WORDS_ASKED:
        return None
    if connection.vendor == "postgresql":
        given = stretches.from_place(workspace_id) if among is None else among
        return [" & ".join(marked_in(workspace_id, stretch.number, found)) + ":*" for stretch in given]
    return " AND ".join(f'"{word}"' for word in _marked(workspace_id, found).split()) + " *"


def has_too_many_words(query: str) -> bool:
    """Tell whether a search has more words than are searched for."""
    return len(words(query)) > MOST_WORDS_ASKED


def is_in_order(asked: object) -> bool:
    """Tell whether the keys of all that matches the value of `asked` run in the order of the list."""
    return connection.vendor == "sqlite" and _LATE_SQLITE.one(asked) is None


def are_few(asked: object, most: int) -> bool:
    """Tell whether at most so many documents match the value of `asked`."""
    row = _COUNT.one(asked, most + 1)
    return row is not None and row[0] <= most


def matches(dialect: sql.Dialect) -> str:
    """Return the subquery of the keys that match the value of `asked`."""
    if dialect.name == "postgresql":
        return f"(SELECT s.id FROM {found('s.id')})"
    # unscoped: the words asked for carry the workspace's mark, and the keys found are joined to its tickets
    return "(SELECT s.rowid FROM tickets_search s WHERE s.tickets_search MATCH ?)"


def found(columns: str, condition: str = "true") -> str:
    """Return what stands after FROM on PostgreSQL: columns of `s`, the rows that match the value of `asked`.

    Stretch by stretch, each as a search of its own, in the order in which they were asked for. The `OFFSET` keeps
    PostgreSQL from looking at each row with all of them.
    """
    # unscoped: the words asked for carry the workspace's mark, and the keys found are joined to its tickets
    return (
        f"unnest(?::text[]) part (asked) CROSS JOIN LATERAL (SELECT {columns} FROM tickets_search s "
        f"WHERE s.document @@ part.asked::tsquery AND {condition} OFFSET 0) s"
    )


def matches_row(row: str) -> str:
    """Return the condition on PostgreSQL that one row of the index matches the value of `asked`."""
    return f"{row}.document @@ ANY(?::tsquery[])"


def _fitting(found: list[str]) -> list[str]:
    # Each word once, as far as they go with the longest mark.
    kept, room = [], MOST_TEXT
    for word in dict.fromkeys(found):
        room -= len(word.encode()) + _MOST_MARK_LENGTH
        if room < 0:
            break
        kept.append(word)
    return kept


def _length(found: list[str]) -> int:
    return sum(len(word.encode()) + _MOST_MARK_LENGTH for word in found)


def _marked(workspace_id: str, found: list[str]) -> str:
    mark = _mark(workspace_id)
    return mark + f" {mark}".join(found) if found else ""


def _mark(workspace_id: str) -> str:
    # The end of an id is random. Workspaces that share a mark only make each other's searches longer: whose tickets are
    # listed is said by the list itself.
    return workspace_id[-_MARK_LENGTH:]


# Whether a workspace has tickets newer than a place: those of the list and those that are gone have an index each.
_NEWER = (
    "(EXISTS (SELECT 1 FROM tickets_ticket t WHERE t.workspace_id = ? AND t.gone_as = '' "
    "AND (t.created_at, t.id) > (?, ?)) OR EXISTS (SELECT 1 FROM tickets_ticket t WHERE t.workspace_id = ? "
    "AND NOT t.gone_as = '' AND (t.created_at, t.id) > (?, ?)))"
)
_ADD_SQLITE = Statement(
    f"INSERT INTO tickets_search (rowid, document) SELECT CASE WHEN {_NEWER} "
    "THEN min(coalesce((SELECT s.rowid FROM tickets_search s ORDER BY s.rowid LIMIT 1), 0), 0) - 1 END, ?"
)
_KEYS_SQLITE = Statement(
    "SELECT min(coalesce((SELECT s.rowid FROM tickets_search s ORDER BY s.rowid LIMIT 1), 0), 0), "
    "max(coalesce((SELECT s.rowid FROM tickets_search s ORDER BY s.rowid DESC LIMIT 1), 0), 0), "
    f"{_NEWER}"
)
# unscoped: the words asked for carry the workspace's mark
_LATE_SQLITE = Statement("SELECT 1 FROM tickets_search s WHERE s.tickets_search MATCH ? AND s.rowid < 0 LIMIT 1")
# The words of a document; takes the workspace's mark, the words, and what tells the stretch.
_MARKED_POSTGRESQL = (
    "array_to_tsvector(ARRAY(SELECT ?::text || mark.stretch || word "
    f"FROM unnest(?::text[]) word CROSS JOIN {stretches.WORD} mark (stretch)))"
)
_OF_ROW = _MARKED_POSTGRESQL.format(workspace="s.workspace_id", moment="s.created_at")
_ADD_POSTGRESQL = Statement(
    "INSERT INTO tickets_search (document, workspace_id, ticket_id, created_at, listed) "
    f"VALUES ({_MARKED_POSTGRESQL.format(workspace='?', moment='?')}, ?, ?, ?, true) RETURNING id"
)
# unscoped: reached by a key that a ticket of the workspace holds
_SHOW_POSTGRESQL = Statement("UPDATE tickets_search SET listed = ? WHERE id = ?")
# unscoped: reached by a key that a ticket of the workspace holds
_APPEND_SQLITE = Statement(
    "UPDATE tickets_search SET document = document || ? WHERE rowid = ? AND length(CAST(document AS BLOB)) <= ?"
)
# unscoped: reached by a key that a ticket of the workspace holds
_APPEND_POSTGRESQL = Statement(
    f"UPDATE tickets_search s SET document = s.document || {_OF_ROW} "
    "WHERE s.id = ? AND octet_length(s.document::text) <= ?"
)
# unscoped: reached by a key that a ticket of the workspace holds
_REPLACE_SQLITE = Statement("UPDATE tickets_search SET document = ? WHERE rowid = ?")
# unscoped: reached by a key that a ticket of the workspace holds
_REPLACE_POSTGRESQL = Statement(f"UPDATE tickets_search s SET document = {_OF_ROW} WHERE s.id = ?")
# unscoped: reached by a key that a ticket of the workspace holds
_REMOVE_SQLITE = Statement("DELETE FROM tickets_search WHERE rowid = ?")
# unscoped: reached by a key that a ticket of the workspace holds
_REMOVE_POSTGRESQL = Statement("DELETE FROM tickets_search WHERE id = ?")
_COUNT = Statement(lambda dialect: f"SELECT count(*) FROM (SELECT 1 FROM {matches(dialect)} found LIMIT ?) few")
_LAST_SQLITE = Statement("SELECT last_insert_rowid()")
