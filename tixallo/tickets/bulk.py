"""One edit of many tickets: one change, so that one undo takes all of it back."""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from tixallo.kit.errors import Conflict, Invalid, NotFound
from tixallo.kit.ids import is_id
from tixallo.tickets import editing, removing, rows
from tixallo.tickets.editing import Edits
from tixallo.tickets.models import LONGEST_TAG, MOST_TAGS, PRIORITIES, STATUSES
from tixallo.workspaces.changes import Change

MOST_AT_ONCE = 100


class Wish(NamedTuple):
    """What to do: `what` is one of assign, status, priority, tag, untag, remove (as `deleted` or `spam`).

    For `tag` and `untag` the value is one tag, or several with commas between them.
    """

    what: str
    value: str


def check(ids: Sequence[str], wish: Wish) -> None:
    """Raise `Invalid` for too many tickets, and for what cannot be done to any."""
    if not 1 <= len(ids) <= MOST_AT_ONCE or not all(map(is_id, ids)):
        raise Invalid({"ticket": [f"Choose 1 to {MOST_AT_ONCE} tickets"]})
    allowed = {
        "assign": wish.value == "" or is_id(wish.value),
        "status": wish.value in STATUSES,
        "priority": wish.value in PRIORITIES,
        "tag": _are_tags(wish.value),
        "untag": _are_tags(wish.value),
        "remove": wish.value in ("deleted", "spam"),
    }
    if not allowed.get(wish.what):
        raise Invalid({wish.what: ["Cannot be done"]})


def edit_all(change: Change, ids: Sequence[str], wish: Wish) -> int:
    """Do it to each ticket and return how many it changed; those that are gone or merged are passed over, and so are,
    where tickets are to be removed, those that others are merged into.

    Raises what `check` raises, and `Invalid` for an assignee who is not a member.
    """
    check(ids, wish)
    return sum(_edit(change, ticket_id, wish) for ticket_id in dict.fromkeys(ids))


def restore_all(change: Change, ids: Sequence[str]) -> int:
    """Bring deleted tickets back and return how many were. Raises `Invalid` for too many."""
    if not 1 <= len(ids) <= MOST_AT_ONCE or not all(map(is_id, ids)):
        raise Invalid({"ticket": [f"Choose 1 to {MOST_AT_ONCE} tickets"]})
    return sum(_restore(change, ticket_id) for ticket_id in dict.fromkeys(ids))


def _edit(change: Change, ticket_id: str, wish: Wish) -> bool:
    if wish.what == "remove":
        return _remove(change, ticket_id, spam=wish.value == "spam")
    try:
        ticket = rows.held(change, ticket_id)
    except (NotFound, Conflict):
        return False
    edits = _edits(ticket.tags, wish)
    if all(getattr(ticket, name) == value for name, value in edits.items()):
        return False
    editing.edit(change, ticket_id, edits)
    return True


def _edits(tags: list[str], wish: Wish) -> Edits:
    if wish.what == "tag":
        wanted = sorted({*tags, *_tags(wish.value)})
        return {"tags": wanted if len(wanted) <= MOST_TAGS else tags}
    if wish.what == "untag":
        # A program may have set one with a comma in it.
        gone = {wish.value, *_tags(wish.value)}
        return {"tags": [tag for tag in tags if tag not in gone]}
    name = {"assign": "assignee_id"}.get(wish.what, wish.what)
    value: Any = wish.value or None
    return cast(Edits, {name: value})


def _tags(value: str) -> set[str]:
    return {tag.strip() for tag in value.split(",") if tag.strip()}


def _are_tags(value: str) -> bool:
    # As the API's: PostgreSQL stores no NUL.
    tags = _tags(value)
    return 1 <= len(tags) <= MOST_TAGS and "\0" not in value and all(len(tag) <= LONGEST_TAG for tag in tags)


def _remove(change: Change, ticket_id: str, *, spam: bool) -> bool:
    try:
        removing.remove(change, ticket_id, spam=spam)
    except (NotFound, Conflict):
        return False
    return True


def _restore(change: Change, ticket_id: str) -> bool:
    try:
        removing.restore(change, ticket_id)
    except (NotFound, Conflict):
        return False
    return True
