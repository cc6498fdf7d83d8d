"""Writing rows in bulk: COPY on PostgreSQL, one prepared statement for many rows on SQLite."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tixallo.cli.demo.linking import Head, Place, Row, Rows
from tixallo.kit import sql
from tixallo.kit.sql import Statement
from tixallo.kit.text import words
from tixallo.tickets import searching, stretches

_CUSTOMERS = (
    "INSERT INTO customers_customer "
    "(id, workspace_id, name, email, email_key, domain, company_id, created_at, updated_at)"
)
_TICKETS = (
    "INSERT INTO tickets_ticket (id, workspace_id, number, subject, description, status, priority, source, "
    "customer_id, inbox_id, assignee_id, tags, created_at, updated_at, closed_at, waiting_since, heap, queue, gone_as, "
    "last_words, last_author, last_message_at, search_id)"
)
_ID, _NUMBER, _OPENED, _GONE = 0, 2, 12, 18
_TAGGINGS = "INSERT INTO tickets_tagging (id, workspace_id, ticket_id, tag, ticket_created_at)"
_MESSAGES = (
    "INSERT INTO tickets_message (id, workspace_id, ticket_id, body, author_kind, author_id, author_name, created_at)"
)
_EVENTS = (
    "INSERT INTO workspaces_event (id, workspace_id, revision, position, type, public, actor_kind, actor_id, "
    "actor_label, origin, subject_kind, subject_id, subject_label, payload, salt, digest, link, created_at)"
)
# unscoped: each document carries its workspace as a word, and a ticket of the workspace holds its key
_DOCUMENTS_SQLITE = "INSERT INTO tickets_search (rowid, document)"
_DOCUMENTS_POSTGRESQL = "INSERT INTO tickets_search (id, document, workspace_id, ticket_id, created_at, listed)"


@contextmanager
def prepared() -> Iterator[None]:
    """Make this connection fit for writing a lot, and leave the database fit for reading it."""
    if sql.current().vendor == "postgresql":
        yield
        # Otherwise the first readers after so many rows meet plans for few, and an index that is still to be sorted.
        _ANALYZE.run()
        _SORT_POSTGRESQL.one()
        return
    # The default of 2 MB is for requests; indexes that grow in many places at once want to stay in memory.
    _WIDE_SQLITE.run()
    try:
        yield
    finally:
        _NARROW_SQLITE.run()


def head(workspace_id: str) -> Head:
    """Return where the workspace stands."""
    row = _HEAD.one(workspace_id)
    assert row is not None, "the workspace was found before"
    return Head(*row)


def take(workspace_id: str, revisions: int, tickets: int) -> Head:
    """Take so many revisions and numbers, and return where the workspace stood before. It is held until the commit."""
    row = _TAKE.one(revisions, tickets, workspace_id)
    assert row is not None, "the workspace was found before"
    return Head(row[0] - revisions, row[1] - tickets, row[2])


def documents(place: Place, rows: Rows) -> list[str]:
    """Return the words of the documents, as the index takes them."""
    return [_text(place.workspace_id, texts) for texts in rows.documents]


def write(place: Place, rows: Rows, documents: Sequence[str]) -> None:
    """Write a batch and the seal over it."""
    _insert(_CUSTOMERS, rows.customers)
    keys = _index(place.workspace_id, documents, rows.tickets)
    _insert(_TICKETS, [(*row, key) for row, key in zip(rows.tickets, keys, strict=True)])
    _insert(_TAGGINGS, rows.taggings)
    _insert(_MESSAGES, rows.messages)
    _insert(_EVENTS, rows.events)
    _SEAL.run(rows.link, rows.seal, place.workspace_id)


def _index(workspace_id: str, documents: Sequence[str], tickets: Sequence[Row]) -> Sequence[int]:
    if sql.current().vendor == "postgresql":
        documents = _in_stretches(workspace_id, documents, tickets)
        # Others may take keys in between, so that these need not follow each other.
        taken = [row[0] for row in _KEYS_POSTGRESQL.rows(len(documents))]
        rows = [
            (key, document, workspace_id, ticket[_ID], ticket[_OPENED], not ticket[_GONE])
            for key, document, ticket in zip(taken, documents, tickets, strict=True)
        ]
        _insert(_DOCUMENTS_POSTGRESQL, rows)
        return taken
    keys = searching.next_keys(workspace_id, [(row[_OPENED], row[_ID]) for row in tickets])
    _insert(_DOCUMENTS_SQLITE, list(zip(keys, documents, strict=True)))
    return keys


def _in_stretches(workspace_id: str, documents: Sequence[str], tickets: Sequence[Row]) -> list[str]:
    stretches.begin_if_due(
        workspace_id, tickets[0][_NUMBER], tickets[-1][_NUMBER], min(row[_OPENED] for row in tickets)
    )
    begun = stretches.from_place(workspace_id)
    marked = []
    for document, ticket in zip(documents, tickets, strict=True):
        number = next(stretch.number for stretch in begun if stretch.begins_at <= ticket[_OPENED])
        marked.append(" ".join(searching.marked_in(workspace_id, number, document.split())))
    return marked


def _insert(into: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    wrapper = sql.current()
    if wrapper.vendor == "postgresql":
        copying = f"{into.replace('INSERT INTO', 'COPY')} FROM STDIN"
        # unscoped: the rows name their workspace; kit.sql has no way for so many
        with wrapper.connection.cursor() as cursor, cursor.copy(copying) as copy:
            for row in rows:
                copy.write_row(row)
    else:
        values = ", ".join("?" * len(rows[0]))
        # unscoped: the rows name their workspace; kit.sql has no way for so many
        wrapper.connection.executemany(f"{into} VALUES ({values})", rows)


def _text(workspace_id: str, texts: Sequence[str]) -> str:
    # One by one, as the normaliser is quicker with what is ASCII as a whole.
    document = searching.document_of(workspace_id, [word for text in texts for word in words(text)])
    return document if isinstance(document, str) else " ".join(document)


_HEAD = Statement("SELECT revision, ticket_count, chain_link FROM workspaces_workspace WHERE id = ?")
_TAKE = Statement(
    "UPDATE workspaces_workspace SET revision = revision + ?, ticket_count = ticket_count + ? WHERE id = ? "
    "RETURNING revision, ticket_count, chain_link"
)
_SEAL = Statement("UPDATE workspaces_workspace SET chain_link = ?, chain_head = ? WHERE id = ?")
# unscoped: the next keys, which no workspace has yet
_KEYS_POSTGRESQL = Statement(
    "SELECT nextval(pg_get_serial_sequence('tickets_search', 'id')) FROM generate_series(1, ?)"
)
_WIDE_SQLITE = Statement("PRAGMA cache_size = -65536")
_NARROW_SQLITE = Statement("PRAGMA cache_size = -2000")
# unscoped: statistics of whole tables
_ANALYZE = Statement(
    "ANALYZE customers_customer, tickets_ticket, tickets_tagging, tickets_message, tickets_search, workspaces_event"
)
# Moves what has been added to the index from its waiting list to its place.
_SORT_POSTGRESQL = Statement("SELECT gin_clean_pending_list('tickets_search_document')")
