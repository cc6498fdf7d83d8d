"""What a ticket's row repeats of its conversation, worked out from the messages: who spoke last, who waits since when.

Verbs carry these columns on from message to message; where that cannot be done (a merge, its undoing, a ticket that is
taken up again) they are counted anew.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from tixallo.kit import sql
from tixallo.kit.sql import Dialect, Statement
from tixallo.tickets import placing

# Nothing waits for an answer in these.
SETTLED = ("resolved", "closed")


class Heard(NamedTuple):
    """`waiting_since` is the oldest customer's message without an answer, None when all have one."""

    waiting_since: datetime | None
    last_author: str
    last_words: str
    last_message_at: datetime


class _Part(NamedTuple):
    """A ticket of the conversation; `joined_at` is when it was merged into the one that is counted."""

    id: str
    settled: bool
    joined_at: datetime | None


class _Said(NamedTuple):
    ticket_id: str
    author: str
    body: str
    at: datetime


def heard(workspace_id: str, ticket_id: str) -> Heard:
    """Count a ticket's conversation, that of what is merged into it included.

    An answer is one to all that was said before it in its own ticket, and in those that had been merged by then. What
    was resolved before it was merged does not wait.
    """
    parts, openings = [], []
    for row in _PARTS.rows(workspace_id, ticket_id, workspace_id, ticket_id):
        identifier, joined_at = str(row[0]), None if row[4] is None else sql.read_moment(row[4])
        parts.append(_Part(identifier, joined_at is not None and row[1] in SETTLED, joined_at))
        openings.append(_Said(identifier, "customer", row[2], sql.read_moment(row[3])))
    rows = _SAID.rows(workspace_id, workspace_id, ticket_id, workspace_id, ticket_id)
    said = [_Said(str(row[0]), row[1], row[2], sql.read_moment(row[3])) for row in rows]
    last = said[-1] if said else max(openings, key=lambda each: each.at)
    if said:
        last = max((last, *openings), key=lambda each: each.at)
    waiting = (_waiting_since(part, [*openings, *said]) for part in parts if not part.settled)
    since = min((each for each in waiting if each is not None), default=None)
    return Heard(since, last.author, placing.first_words(last.body), last.at)


def _waiting_since(part: _Part, said: Iterable[_Said]) -> datetime | None:
    asked, answered = [], None
    for each in said:
        if each.author == "customer":
            if each.ticket_id == part.id:
                asked.append(each.at)
        elif each.ticket_id == part.id or (part.joined_at is not None and each.at >= part.joined_at):
            answered = each.at if answered is None else max(answered, each.at)
    return min((at for at in asked if answered is None or at > answered), default=None)


def _parts(dialect: Dialect) -> str:
    created, gone = dialect.moment("t.created_at"), dialect.moment("t.gone_at")
    columns = f"t.id, t.status, t.description, {created}"
    return (
        f"SELECT {columns}, NULL FROM tickets_ticket t WHERE t.workspace_id = ? AND t.id = ? UNION ALL "
        f"SELECT {columns}, {gone} FROM tickets_ticket t "
        "WHERE t.workspace_id = ? AND t.merged_into_id = ? AND t.gone_as = 'merged'"
    )


_PARTS = Statement(_parts)
_SAID = Statement(
    lambda dialect: (
        f"SELECT m.ticket_id, m.author_kind, m.body, {dialect.moment('m.created_at')} FROM tickets_message m "
        "WHERE m.workspace_id = ? AND m.ticket_id IN (SELECT id FROM tickets_ticket WHERE workspace_id = ? AND id = ? "
        "UNION ALL SELECT id FROM tickets_ticket WHERE workspace_id = ? AND merged_into_id = ? "
        "AND gone_as = 'merged') ORDER BY m.created_at, m.id"
    )
)
