"""What a ticket's page is drawn from, and the tag that says whether a page which stands open is still true."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.utils.html import escape

from tixallo.kit import clock, sql
from tixallo.kit.sql import Statement
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


class Other(NamedTuple):
    """Another ticket of the customer."""

    number: int
    subject: str
    status: str


def drawn(request: PageRequest, ticket: Ticket) -> Mapping[str, Any]:
    """Return all that stands around a ticket's conversation, the forms and their drafts included."""
    workspace, person = request.workspace, request.person
    drafts = drafting.of_ticket(workspace, person, ticket.id)
    mark = workspace.read_marks.filter(person=person, ticket=ticket).first()
    told = news(request, ticket, mark.read_at if mark else None)
    entries = told["entries"]
    same_customer = (workspace.id, ticket.customer_id, ticket.id)
    others = [Other(*row) for row in (*_WAITING.rows(*same_customer, OTHERS), *_REST.rows(*same_customer, OTHERS))]
    counted = _COUNT_OTHERS.one(*same_customer, _MOST_COUNTED)
    assert counted is not None, "an aggregate without groups always gives one row"
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
        "others": others[:OTHERS],
        "other_count": counted[0],
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
        "latest": latest,
        "latest_words": escape(placing.first_words(latest.text)) if latest else "",
    }


def tag(now: State, number: int) -> str:
    """Return how the list and the conversation of a ticket stand, as an entity tag.

    Held replies and who is here change no revision, so they stand behind the list's own tag.
    """
    here = (now.workspace_id, number, now.workspace_id)
    rows = _BESIDES.rows(*here, *here, sql.moment(clock.now()), now.person_id)
    marks = "_".join(f"{str(identifier)[-8:]}{kind[:1]}" for identifier, kind in rows)
    return f'{now.tag[:-1]}|{marks}"'


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
_TICKET = "ticket_id = (SELECT id FROM tickets_ticket WHERE workspace_id = ? AND number = ?)"
_BESIDES = Statement(
    f"SELECT id, 'x' FROM tickets_heldreply WHERE {_TICKET} AND workspace_id = ? UNION ALL "
    f"SELECT person_id, kind FROM tickets_presence WHERE {_TICKET} AND workspace_id = ? AND until > ? "
    "AND person_id <> ?",
    hot=True,
)
