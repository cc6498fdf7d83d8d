"""A ticket's row as verbs hold it under the workspace's lock: read whole, changed, written whole.

What follows from other columns (heap, queue, closing time) is worked out here, once, whichever verb writes.
"""

from dataclasses import dataclass
from datetime import datetime

import orjson

from tixallo.kit import sql
from tixallo.kit.errors import Conflict, NotFound
from tixallo.kit.sql import Dialect, Row, Statement
from tixallo.tickets import placing, recounting, searching
from tixallo.tickets.log import Entry
from tixallo.tickets.recounting import SETTLED
from tixallo.workspaces.changes import Change


@dataclass
class Held:
    """A ticket. `customer_name` and `customer_email` are for those who go on from it; they are not written."""

    id: str
    number: int
    subject: str
    status: str
    priority: str
    source: str
    customer_id: str
    customer_name: str
    customer_email: str
    search_id: int
    tags: list[str]
    assignee_id: str | None
    created_at: datetime
    closed_at: datetime | None
    waiting_since: datetime | None
    gone_as: str
    gone_at: datetime | None
    merged_into: str | None
    merged_via: str | None
    last_words: str
    last_author: str
    last_message_at: datetime
    is_sample: bool
    was_settled: bool
    was_gone: bool

    @property
    def entry(self) -> Entry:
        """The ticket as its events show it."""
        facts = (self.id, self.number, self.subject, self.status, self.priority, self.source, self.customer_id)
        return Entry(*facts, self.is_sample)

    def heard(self, kind: str, body: str, at: datetime) -> None:
        """Take in a public message: who spoke last, what they said, and who waits now."""
        self.last_author, self.last_words, self.last_message_at = kind, placing.first_words(body), at
        if kind != "customer":
            self.waiting_since = None
        elif self.waiting_since is None:
            self.waiting_since = at

    def recount(self, change: Change) -> None:
        """Take in the conversation as a whole; for when its messages have come or gone with another ticket."""
        counted = recounting.heard(change.workspace_id, self.id)
        self.waiting_since, self.last_author, self.last_words, self.last_message_at = counted


def held(change: Change, ticket_id: str) -> Held:
    """Return a ticket that verbs may change.

    Raises `NotFound`, also for what is deleted or spam, and `Conflict` for a merged ticket.
    """
    ticket = held_in_any_state(change, ticket_id)
    if ticket.gone_as == "merged":
        raise Conflict("Ticket has been merged")
    if ticket.gone_as:
        raise NotFound
    return ticket


def held_in_any_state(change: Change, ticket_id: str) -> Held:
    """Return a ticket, merged, deleted or spam though it may be. Raises `NotFound`."""
    row = _READ.one(change.workspace_id, ticket_id)
    if row is None:
        raise NotFound
    return _held(row)


def write(change: Change, ticket: Held) -> None:
    """Write a ticket; its latest activity is now."""
    if ticket.status != "closed":
        ticket.closed_at = None
    elif ticket.closed_at is None:
        ticket.closed_at = change.now
    if ticket.status in SETTLED:
        ticket.waiting_since = None
    elif ticket.was_settled:
        # Whoever had no answer when it was settled waits again.
        ticket.waiting_since = recounting.heard(change.workspace_id, ticket.id).waiting_since
    ticket.was_settled = ticket.status in SETTLED
    if ticket.was_gone != bool(ticket.gone_as):
        searching.show(ticket.search_id, listed=ticket.was_gone)
        ticket.was_gone = bool(ticket.gone_as)
    _WRITE.run(
        *(ticket.subject, ticket.status, ticket.priority, orjson.dumps(ticket.tags).decode(), ticket.assignee_id),
        *(sql.moment(ticket.closed_at), sql.moment(ticket.waiting_since), placing.heap(ticket.status)),
        *(placing.queue(ticket.waiting_since, change.now), ticket.gone_as, sql.moment(ticket.gone_at)),
        *(ticket.merged_into, ticket.merged_via, ticket.last_words, ticket.last_author),
        *(sql.moment(ticket.last_message_at), sql.moment(change.now), change.workspace_id, ticket.id),
    )


def _held(row: Row) -> Held:
    return Held(
        id=str(row[0]),
        number=row[1],
        subject=row[2],
        status=row[3],
        priority=row[4],
        source=row[5],
        customer_id=str(row[6]),
        customer_name=row[7],
        customer_email=row[8],
        search_id=row[9],
        tags=orjson.loads(row[10]),
        assignee_id=_id(row[11]),
        created_at=sql.read_moment(row[12]),
        closed_at=sql.read_moment_or_none(row[13]),
        waiting_since=sql.read_moment_or_none(row[14]),
        gone_as=row[15],
        gone_at=sql.read_moment_or_none(row[16]),
        merged_into=_id(row[17]),
        merged_via=_id(row[18]),
        last_words=row[19],
        last_author=row[20],
        last_message_at=sql.read_moment(row[21]),
        is_sample=bool(row[22]),
        was_settled=row[3] in SETTLED,
        was_gone=bool(row[15]),
    )


def _id(value: object) -> str | None:
    return None if value is None else str(value)


def _reading(dialect: Dialect) -> str:
    times = ("created_at", "closed_at", "waiting_since", "gone_at", "last_message_at")
    created, closed, waiting, gone, last = (dialect.moment(f"t.{name}") for name in times)
    return (
        "SELECT t.id, t.number, t.subject, t.status, t.priority, t.source, t.customer_id, c.name, c.email, "
        f"t.search_id, t.tags, t.assignee_id, {created}, {closed}, {waiting}, t.gone_as, {gone}, t.merged_into_id, "
        f"t.merged_via_id, t.last_words, t.last_author, {last}, EXISTS (SELECT 1 FROM tickets_samplemark s "
        "WHERE s.workspace_id = t.workspace_id AND s.ticket_id = t.id) FROM tickets_ticket t "
        "JOIN customers_customer c ON c.id = t.customer_id WHERE t.workspace_id = ? AND t.id = ?"
    )


_READ = Statement(_reading)
_WRITE = Statement(
    "UPDATE tickets_ticket SET subject = ?, status = ?, priority = ?, tags = ?, assignee_id = ?, closed_at = ?, "
    "waiting_since = ?, heap = ?, queue = ?, gone_as = ?, gone_at = ?, merged_into_id = ?, merged_via_id = ?, "
    "last_words = ?, last_author = ?, last_message_at = ?, updated_at = ? WHERE workspace_id = ? AND id = ?"
)
