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
from pydantic import StringConstraints

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


class Page(QueryInput):
    """Which part of a list: at most `limit` entries, from `cursor` on."""

    limit: Annotated[int, Whole(1, MOST_ENTRIES)] = USUAL_ENTRIES
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None

    def place(self) -> Place | None:
        """Return the place that the cursor names. Raises `Invalid`."""
        return None if self.cursor is None else read_cursor(self.cursor)


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
    """A workspace's list of one shape: `source` is the FROM clause, `key` the alias of the listed table."""

    shape: Shape
    source: str
    key: str
    ascending: bool = False

    def text(self, dialect: Dialect, conditions: Sequence[str], after: bool) -> str:
        """Return the SQL of a page.

        Its values: the workspace's id, the conditions', the cursor's two (where `after`), and one over the limit.
        """
        moment, identifier = f"{self.key}.created_at", f"{self.key}.id"
        way = "ASC" if self.ascending else "DESC"
        where = [f"{self.key}.workspace_id = ?", *conditions]
        if after:
            where.append(f"({moment}, {identifier}) {'>=' if self.ascending else '<='} (?, ?)")
        last = "max" if self.ascending else "min"
        return (
            f"SELECT {dialect.lines('line', f'moment {way}, identifier {way}')}, {dialect.moment(f'{last}(moment)')}, "
            f"count(*) FROM (SELECT {self.shape.sql(dialect)} AS line, {moment} AS moment, {identifier} AS identifier "
            f"FROM {self.source} WHERE {' AND '.join(where)} ORDER BY {moment} {way}, {identifier} {way} LIMIT ?) page"
        )


def page(statement: Statement, values: Sequence[Any], after: Place | None, limit: int) -> bytes:
    """Run a listing's statement and return `{"data": […], "next_cursor": …}`."""
    place = () if after is None else (sql.moment(after.moment), after.id)
    found = statement.one(*values, *place, limit + 1)
    assert found is not None, "an aggregate without groups always gives one row"
    lines, last, count = found
    shown = sql.as_bytes(lines)
    if count <= limit:
        return b'{"data":[%s],"next_cursor":null}' % shown
    shown, _, following = shown.rpartition(sql.BETWEEN_LINES)
    cursor = write_cursor(Place(sql.read_moment(last), orjson.loads(following)["id"]))
    return b'{"data":[%s],"next_cursor":"%s"}' % (shown, cursor.encode())
