"""Lists in pages: keyset cursors, and the single statement that gives a page as finished JSON.

A cursor is the place of the first row not yet shown, so that it stays good whatever becomes of that row.
"""

import base64
import binascii
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import orjson
from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from tixallo.kit import clock, sql
from tixallo.kit.errors import Invalid
from tixallo.kit.fields import QueryInput, Whole
from tixallo.kit.shapes import Shape
from tixallo.kit.sql import Dialect, Statement

_FORM = struct.Struct(">Bq16s")
_VERSION = 1

USUAL_ENTRIES = 20
MOST_ENTRIES = 50


class Place(NamedTuple):
    """A place in a list ordered by time and id."""

    moment: datetime
    id: str


def _place(value: Any) -> Place:
    try:
        return read_cursor(value if isinstance(value, str) else "")
    except Invalid as error:
        raise PydanticCustomError("cursor", "Invalid cursor") from error


_CURSOR = WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 100})


class Page(QueryInput):
    """Which part of a list: at most `limit` entries, from `cursor` on."""

    limit: Annotated[int, Whole(1, MOST_ENTRIES)] = USUAL_ENTRIES
    cursor: Annotated[Place, PlainValidator(_place), _CURSOR] | None = None


def write_cursor(place: Place) -> str:
    """Return the opaque text of a place: version, microseconds since the epoch, id."""
    packed = _FORM.pack(_VERSION, clock.microseconds(place.moment), bytes.fromhex(place.id.replace("-", "")))
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_cursor(text: str) -> Place:
    """Return the place that `write_cursor` wrote; raises `Invalid` for anything else."""
    try:
        packed = base64.b64decode(text.encode("ascii") + b"==", altchars=b"-_", validate=True)
        version, count, identifier = _FORM.unpack(packed)
        place = Place(clock.from_microseconds(count), str(UUID(bytes=identifier)))
    except (ValueError, binascii.Error, struct.error, OverflowError) as error:
        raise Invalid({"cursor": ["Invalid cursor"]}) from error
    if version != _VERSION or write_cursor(place) != text:
        raise Invalid({"cursor": ["Invalid cursor"]})
    return place


@dataclass(frozen=True)
class Listing:
    """A workspace's list of one shape: `source` is the FROM clause, `key` the alias of the listed table.

    `order` names the columns of time and id where another table's index has the list in order. With `chosen_first` no
    index has: what meets the conditions is sorted by its keys alone, and only the page is read whole. Where another
    column runs in the list's order, `by` sorts by it, and `from_place` is the condition that a cursor's values fill.
    """

    shape: Shape
    source: str
    key: str
    ascending: bool = False
    order: tuple[str, str] | None = None
    chosen_first: bool = False
    by: str = ""
    from_place: str = ""

    def text(self, dialect: Dialect, conditions: Sequence[str], after: bool) -> str:
        """Return the SQL of a page.

        Its values: the workspace's id, the conditions', the cursor's two (where `after`), and one over the limit.
        """
        moment, identifier = self.order or (f"{self.key}.created_at", f"{self.key}.id")
        if self.chosen_first:
            moment, identifier = dialect.unindexed(moment), dialect.unindexed(identifier)
        way = "ASC" if self.ascending else "DESC"
        where = [f"{self.key}.workspace_id = ?", *conditions]
        if after:
            where.append(self.from_place or f"({moment}, {identifier}) {'>=' if self.ascending else '<='} (?, ?)")
        columns, source = f"{moment} AS moment, {identifier} AS identifier", self.source
        line = f"{self.shape.sql(dialect)} AS line"
        by = self.by or f"{moment} {way}, {identifier} {way}"
        rest = f"WHERE {' AND '.join(where)} ORDER BY {by}"
        if self.chosen_first:
            found = f"({dialect.limited(f'SELECT {columns} FROM {source} {rest}', MOST_ENTRIES + 1)}) found"
            rows = (
                f"SELECT {line}, found.moment, found.identifier FROM {found}, {source} "
                f"WHERE {self.key}.id = found.identifier ORDER BY found.moment {way}, found.identifier {way}"
            )
        else:
            rows = dialect.limited(f"SELECT {line}, {columns} FROM {source} {rest}", MOST_ENTRIES + 1)
        last = "max" if self.ascending else "min"
        return (
            f"SELECT {dialect.lines('line', f'moment {way}, identifier {way}')}, {dialect.moment(f'{last}(moment)')}, "
            f"count(*) FROM ({rows}) page"
        )


def page(statement: Statement, values: Sequence[Any], after: Place | None, limit: int) -> bytes:
    """Run a listing's statement and return `{"data": […], "next_cursor": …}`."""
    place = () if after is None else (sql.moment(after.moment), after.id)
    found = statement.one(*values, *place, limit + 1)
    assert found is not None, "an aggregate without groups always gives one row"
    lines, last, count = found
    return body(lines, last, count, limit)


def body(lines: Any, last: Any, count: int, limit: int) -> bytes:
    """Return the same from lines, of at most one entry over the limit, the time of the last, and how many they are."""
    shown = sql.as_bytes(lines)
    if count <= limit:
        return b'{"data":[%s],"next_cursor":null}' % shown
    shown, _, following = shown.rpartition(sql.BETWEEN_LINES)
    cursor = write_cursor(Place(sql.read_moment(last), orjson.loads(following)["id"]))
    return b'{"data":[%s],"next_cursor":"%s"}' % (shown, cursor.encode())
