"""What a ticket's page is drawn from, and the tag that says whether a page which stands open is still true."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from django.utils.html import escape

from tixallo.kit import clock, sql
from tixallo.kit.sql import Dialect, Statement
from tixallo.tickets import drafting, once, placing, presence, saving, timeline
from tixallo.tickets.excerpts import Asked
from tixallo.tickets.models import PRIORITIES, STATUSES, Ticket
from tixallo.tickets.polling import State
from tixallo.workspaces import letters
from tixallo.workspaces.access import PageRequest

# Other tickets of the customer that the side shows, and how far they are counted.
OTHERS = 5
_MOST_COUNTED = 100
_MAILED = ("agent", "api")
# Of the latest so many of our messages a change of how their mail stands is told.
_MOST_MAILED = 1_000


class Other(NamedTuple):
    """Another ticket of the customer."""

    number: int
    subject: str
    status: str


class Standing(NamedTuple):
    """How the list and the conversation of a ticket stand: `here` is the list's own tag, still open, and behind it what
    changes no revision (held replies, and who is here); `turn` becomes another whenever the mail of a reply does.
    """

    workspace_id: str
    number: int
    here: str
    turn: str

    @property
    def sign(self) -> str:
        """What stays the same while nothing happens, and costs less than the tag."""
        return f"{self.here}|{self.turn}"


def drawn(request: PageRequest, ticket: Ticket) -> Mapping[str, Any]:
    """Return all that stands around a ticket's conversation, the forms and their drafts included."""
    workspace, person = request.workspace, request.person
    drafts = drafting.of_ticket(workspace, person, ticket.id)
    mark = workspace.read_marks.filter(person=person, ticket=ticket).first()
    told = news(request, ticket, mark.read_at if mark else None)
    entries = told["entries"]
    first_unread = _first_unread(entries, mark.read_at) if mark else ""
    return {
        **told,
        "token": once.token(person.id, ticket.id),
        "reply_draft": drafts.get("reply"),
        "note_draft": drafts.get("note"),
        "first_unread": first_unread,
        # What was never seen begins at its beginning.
        "start": "unread" if first_unread else "latest" if mark else "top",
        "saved_replies": [
            (each.name, saving.filled(each.body, ticket.customer.name))
            for each in workspace.saved_replies.order_by("name")
        ],
    }


def news(request: PageRequest, ticket: Ticket, read_until: datetime | None = None) -> dict[str, Any]:
    """Return what of a ticket's page others can change while it stands open.

    The address says where the conversation begins; else it is with the latest, and what was not read by `read_until`.
    """
    workspace, person = request.workspace, request.person
    asked = Asked(request.GET.get("from", ""), request.GET.get("before", ""), person.id, read_until)
    told = timeline.of(workspace, ticket, person.id, asked)
    entries = told.entries
    _show_delivery(workspace.id, entries)
    same_customer = (workspace.id, ticket.customer_id, ticket.id)
    others = [Other(*row) for row in (*_WAITING.rows(*same_customer, OTHERS), *_REST.rows(*same_customer, OTHERS))]
    counted = _COUNT_OTHERS.one(*same_customer, _MOST_COUNTED)
    assert counted is not None, "an aggregate without groups always gives one row"
    latest = next((entry for entry in reversed(entries) if entry.kind == "message" and not entry.mine), None)
    return {
        "ticket": ticket,
        "entries": entries,
        "first": told.first,
        "seen": told.seen,
        "presences": presence.of_ticket(workspace, ticket.id, but=person),
        "tag_list": orjson.loads(ticket.tags),
        "statuses": STATUSES,
        "priorities": PRIORITIES,
        "others": others[:OTHERS],
        "other_count": counted[0],
        "latest": latest,
        "latest_words": escape(placing.first_words(latest.text)) if latest else "",
    }


def standing(now: State, number: int) -> Standing:
    """Return how the list and the conversation of a ticket stand."""
    here = (now.workspace_id, number, now.workspace_id)
    rows = _BESIDES.rows(*here, *here, sql.moment(clock.now()), now.person_id, now.workspace_id)
    turn = next((kind for _, kind in rows if kind.startswith(_TURN)), "")
    marks = "_".join(f"{str(identifier)[-8:]}{kind[:1]}" for identifier, kind in rows if kind != turn)
    return Standing(now.workspace_id, number, f"{now.tag[:-1]}|{marks}", turn)


def tag(now: Standing) -> str:
    """Return how they stand as an entity tag, for which the mail of our messages is looked at one by one."""
    rows: list[sql.Row] = []
    if now.turn:
        ticket = (now.workspace_id, now.number)
        rows = _DELIVERIES.rows(now.workspace_id, *ticket, now.workspace_id, *ticket, _MOST_MAILED, now.workspace_id)
    stand = " ".join(f"{identifier} {state}" for identifier, state in rows)
    mail = blake2b(stand.encode(), digest_size=6).hexdigest() if stand else ""
    return f'{now.here}|{mail}"'


def _first_unread(entries: list[timeline.Entry], read_until: datetime) -> str:
    return next((each.id for each in entries if each.kind == "message" and each.at > read_until and not each.mine), "")


def _show_delivery(workspace_id: str, entries: list[timeline.Entry]) -> None:
    ours = {f"message {each.id}": each for each in entries if each.kind == "message" and each.author_kind in _MAILED}
    if ours:
        for about, letter in letters.states_of(workspace_id, ours).items():
            ours[about].delivery = letter.state


# Asked for as an expression, or SQLite would walk the heap of everybody for the sake of its order.
_HEAP = "coalesce(heap, heap)"
_OTHERS = "FROM tickets_ticket WHERE workspace_id = ? AND customer_id = ? AND gone_as = '' AND id <> ?"
# First the ids, which an index of the customer's tickets gives without a look at each of them.
# unscoped: what is chosen is so within the workspace
_CHOSEN = "SELECT t.number, t.subject, t.status FROM ({}) chosen CROSS JOIN tickets_ticket t WHERE t.id = chosen.id"
_WAITING = Statement(
    _CHOSEN.format(f"SELECT id {_OTHERS} AND {_HEAP} = 'open' ORDER BY queue, id LIMIT ?") + " ORDER BY t.queue, t.id"
)
_REST = Statement(
    _CHOSEN.format(f"SELECT id {_OTHERS} AND {_HEAP} <> 'open' ORDER BY created_at DESC, id DESC LIMIT ?")
    + " ORDER BY t.created_at DESC, t.id DESC"
)
_COUNT_OTHERS = Statement(f"SELECT count(*) FROM (SELECT 1 {_OTHERS} LIMIT ?) few")
_OF_NUMBER = "SELECT id FROM tickets_ticket WHERE workspace_id = ? AND number = ?"
_ID = f"({_OF_NUMBER})"
_TICKET = f"ticket_id = {_ID}"
# Begins what is no person's kind of presence, but the turn of the workspace's mail.
_TURN = "turn "
_BESIDES = Statement(
    f"SELECT id, 'x' FROM tickets_heldreply WHERE {_TICKET} AND workspace_id = ? UNION ALL "
    f"SELECT person_id, kind FROM tickets_presence WHERE {_TICKET} AND workspace_id = ? AND until > ? "
    "AND person_id <> ? UNION ALL "
    f"SELECT workspace_id, '{_TURN}' || turn FROM workspaces_letterturn WHERE workspace_id = ?",
    hot=True,
)


def _deliveries(dialect: Dialect) -> str:
    merged = f"SELECT id FROM tickets_ticket WHERE workspace_id = ? AND merged_into_id = {_ID} AND gone_as = 'merged'"
    kinds = ", ".join(f"'{kind}'" for kind in _MAILED)
    return (
        "SELECT l.id, l.state FROM (SELECT id FROM tickets_message WHERE workspace_id = ? "
        f"AND ticket_id IN ({_OF_NUMBER} UNION ALL {merged}) AND author_kind IN ({kinds}) "
        "ORDER BY created_at DESC, id DESC LIMIT ?) said "
        f"JOIN workspaces_letter l ON l.workspace_id = ? AND l.about = 'message ' || {dialect.text('said.id')} "
        "ORDER BY l.id"
    )


_DELIVERIES = Statement(_deliveries)
