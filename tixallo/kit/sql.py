"""The one road of hand-written SQL to the database: portable statements, run raw, healed after a lost connection.

A statement is written once with `?` for each value. Where the databases differ it is a function of the `Dialect`.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

Row = tuple[Any, ...]

# JSON escapes a line's end inside a text, so that this is only ever between two entries of a list.
BETWEEN_LINES = b",\n"

# sqlite3 gives up the interpreter lock at every row; hot reads that pass one at a time spare each other the
# fight for it. PostgreSQL waits outside the interpreter, so there it would only be a queue.
_gate = threading.Lock()
_local = threading.local()
# The connections of threads that have ended.
_left: deque[BaseDatabaseWrapper] = deque()


class Dialect:
    """SQL fragments, as SQLite writes them."""

    name = "sqlite"

    def time(self, column: str) -> str:
        """Return the expression of a time as the API writes it (RFC 3339, whole seconds, UTC)."""
        return f"(substr({column}, 1, 10) || 'T' || substr({column}, 12, 8) || 'Z')"

    def json(self, expression: str) -> str:
        """Return a text column that holds JSON as JSON."""
        return f"json({expression})"

    def text(self, column: str) -> str:
        """Return an id column as text."""
        return column

    def object(self, pairs: Sequence[tuple[str, str]]) -> str:
        """Return a JSON object of names and expressions."""
        return f"json_object({_pairs(pairs)})"

    def finished(self, expression: str) -> str:
        """Return a JSON expression as the text that is sent."""
        return expression

    def lines(self, expression: str, order: str) -> str:
        """Return the aggregate of `expression`, `BETWEEN_LINES` between them; `as_bytes` takes it.

        SQLite keeps the order of the inner query, and gives bytes at less than half the cost of text.
        """
        return f"CAST(group_concat({expression}, ',' || char(10)) AS BLOB)"

    def merged(self, first: str, second: str) -> str:
        """Return one JSON object, as text, of two that are not empty: an expression and a text column."""
        return f"(substr({first}, 1, length({first}) - 1) || ',' || substr({second}, 2))"

    def array(self, expression: str, order: str) -> str:
        """Return the aggregate of JSON expressions as a JSON array."""
        return f"json_group_array(json({expression}))"

    def unindexed(self, column: str) -> str:
        """Return a column so that no index is taken for its order: a list is not walked where few rows match."""
        return f"+{column}"

    def limited(self, query: str, most: int) -> str:
        """Return a query with `LIMIT ?`, whose value is `most` or less.

        A prepared statement would be planned for a tenth of all that the query finds, were there no number beside.
        """
        return f"{query} LIMIT ?"

    def apart(self, query: str) -> str:
        """Return a query that is worked out before what is around it (SQLite does so by itself)."""
        return query

    def moment(self, column: str) -> str:
        """Return a time column as a value that `read_moment` takes (SQLite: text, not parsed by its driver)."""
        return f"({column} || '')"


class PostgresDialect(Dialect):
    """The same fragments, as PostgreSQL writes them."""

    name = "postgresql"

    def time(self, column: str) -> str:
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"

    def json(self, expression: str) -> str:
        return f"({expression})::json"

    def text(self, column: str) -> str:
        return f"{column}::text"

    def object(self, pairs: Sequence[tuple[str, str]]) -> str:
        return f"json_build_object({_pairs(pairs)})"

    def finished(self, expression: str) -> str:
        return f"({expression})::text"

    def lines(self, expression: str, order: str) -> str:
        return f"string_agg(({expression})::text, E',\\n' ORDER BY {order})"

    def merged(self, first: str, second: str) -> str:
        return f"(left(({first})::text, -1) || ',' || substr({second}, 2))"

    def array(self, expression: str, order: str) -> str:
        return f"coalesce(json_agg({expression} ORDER BY {order}), '[]'::json)"

    def unindexed(self, column: str) -> str:
        return f"coalesce({column}, {column})"

    def limited(self, query: str, most: int) -> str:
        return f"SELECT * FROM ({query} LIMIT {most}) most LIMIT ?"

    def apart(self, query: str) -> str:
        return f"{query} OFFSET 0"

    def moment(self, column: str) -> str:
        return column


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"'{name}', {expression}" for name, expression in pairs)


_DIALECTS = {"sqlite": Dialect(), "postgresql": PostgresDialect()}


class Statement:
    """One statement, prepared for the database in use at its first run."""

    def __init__(
        self, text: str | Callable[[Dialect], str], *, hot: bool = False, prepared: bool | None = None
    ) -> None:
        """Take the text with `?` for each value (and no other `?` or `%`).

        `hot` reads pass the gate on SQLite. What is `prepared`, as they are, is planned once on each connection to
        PostgreSQL, without a look at the values.
        """
        self._source = text
        self._texts: dict[str, str] = {}
        self._hot = hot
        self._prepared = hot if prepared is None else prepared

    def rows(self, *values: Any) -> list[Row]:
        """Run it and return every row."""
        found: list[Row] = self._run(values, "fetchall")
        return found

    def one(self, *values: Any) -> Row | None:
        """Run it and return the first row, or None."""
        found: Row | None = self._run(values, "fetchone")
        return found

    def run(self, *values: Any) -> int:
        """Run it and return how many rows it changed."""
        count: int = self._run(values, "")
        return count

    def text(self, wrapper: BaseDatabaseWrapper) -> str:
        """Return the text for the database behind `wrapper`."""
        vendor = wrapper.vendor
        if vendor not in self._texts:
            source = self._source if isinstance(self._source, str) else self._source(_DIALECTS[vendor])
            self._texts[vendor] = source.replace("?", "%s") if vendor == "postgresql" else source
        return self._texts[vendor]

    def _run(self, values: tuple[Any, ...], fetch: str) -> Any:
        wrapper = current()
        try:
            return self._once(wrapper, values, fetch)
        except (OperationalError, InterfaceError):
            # A dropped PostgreSQL connection fails once and is then replaced. Inside a transaction the work before
            # this statement is lost with it, so that only the whole transaction can be tried again.
            if wrapper.in_atomic_block or wrapper.vendor != "postgresql" or wrapper.is_usable():
                raise
            wrapper.close()
            return self._once(wrapper, values, fetch)

    def _once(self, wrapper: BaseDatabaseWrapper, values: tuple[Any, ...], fetch: str) -> Any:
        if wrapper.connection is None:
            wrapper.ensure_connection()
        text = self._texts.get(wrapper.vendor) or self.text(wrapper)
        with wrapper.wrap_database_errors:
            if self._hot and wrapper.vendor == "sqlite":
                with _gate:
                    cursor = wrapper.connection.execute(text, values)
                    return getattr(cursor, fetch)()
            if self._prepared and wrapper.vendor == "postgresql" and wrapper.connection.prepare_threshold is not None:
                cursor = _server_cursor()(wrapper.connection).execute(text, values, prepare=True)
            else:
                cursor = wrapper.connection.execute(text, values)
            return getattr(cursor, fetch)() if fetch else cursor.rowcount


@cache
def _server_cursor() -> Any:
    # Django's own cursors put the values into the text. psycopg is there on PostgreSQL alone.
    from psycopg import Cursor

    return Cursor


def current() -> BaseDatabaseWrapper:
    """Return this thread's database connection; Django's own look-up costs several times as much."""
    try:
        wrapper: BaseDatabaseWrapper = _local.wrapper
    except AttributeError:
        wrapper = _local.wrapper = connections["default"]
        _local.end = _End(wrapper)
    return wrapper


class _End:
    # Goes with its thread and lets others know. What Django keeps of a connection lies in a cycle of references, which
    # the collector finds late, if at all, while the web server's threads come and go.
    def __init__(self, wrapper: BaseDatabaseWrapper) -> None:
        self._wrapper = wrapper

    def __del__(self) -> None:
        # Closing it here would crash: SQLite then calls into the interpreter, in a thread that is being taken apart.
        _left.append(self._wrapper)


def _close_left() -> None:
    while _left:
        with suppress(Exception):
            wrapper = _left.popleft()
            wrapper.inc_thread_sharing()
            wrapper.close()


def heal() -> None:
    """Drop this thread's connection if an error has left it unusable, and those of threads that have ended; for the end
    of each request.
    """
    if _left:
        _close_left()
    wrapper = current()
    if wrapper.errors_occurred:
        wrapper.close_if_unusable_or_obsolete()


def dialect() -> Dialect:
    """Return the dialect of the database in use."""
    return _DIALECTS[current().vendor]


def as_bytes(lines: Any) -> bytes:
    """Return what was selected through `Dialect.lines`; empty for no line."""
    return lines.encode() if isinstance(lines, str) else lines or b""


def moment(value: datetime | None) -> Any:
    """Return a time as a value for a statement: on SQLite the text that Django stores."""
    if value is None or current().vendor == "postgresql":
        return value
    return str(value.astimezone(UTC).replace(tzinfo=None))


def read_moment(value: Any) -> datetime:
    """Return the time in a column selected through `Dialect.moment`."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def read_moment_or_none(value: Any) -> datetime | None:
    """Return the time in a column that may be null."""
    return None if value is None else read_moment(value)
