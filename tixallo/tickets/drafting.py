"""Drafts: one a person, ticket and kind. They are nobody else's concern, so that saving one changes no revision."""

from collections.abc import Collection, Mapping

from tixallo.kit import clock, transactions
from tixallo.tickets import once
from tixallo.tickets.models import LONGEST_DRAFT, Draft
from tixallo.workspaces.models import Person, Workspace

KINDS = ("reply", "note")


class Changed(Exception):
    """Somewhere else the person has written something else, which is in `body`; nothing was saved."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.body = body


def save(
    workspace: Workspace,
    person: Person,
    ticket_id: str,
    kind: str,
    body: str,
    sent_as: str = "",
    over: Collection[str] | None = None,
) -> str:
    """Keep the text, up to the longest that a draft may be, and return the version that is kept; empty for none.

    Blank is no draft, nor is what has been sent meanwhile under the id `sent_as`. `over` are the versions that may be
    saved over; raises `Changed` where the draft is another one. None is any.
    """
    with transactions.change():
        if sent_as and _is_sent(workspace, kind, sent_as):
            return ""
        if over is not None:
            _check_known(workspace, person, ticket_id, kind, body, over)
        if not body.strip():
            discard(workspace, person, ticket_id, kind)
            return ""
        kept, _ = workspace.drafts.update_or_create(
            person=person,
            ticket_id=ticket_id,
            kind=kind,
            defaults={"body": body.replace("\x00", "")[:LONGEST_DRAFT], "updated_at": clock.now()},
        )
        return kept.version


def append(
    workspace: Workspace,
    person: Person,
    ticket_id: str,
    kind: str,
    body: str,
    before: str | None = None,
    over: Collection[str] | None = None,
) -> None:
    """Put a text below a draft. `before` is what stands in the draft's form, if that is known.

    It takes the draft's place where that is one of the versions `over`, and goes below any other one; None is any.
    """
    with transactions.change():
        found = _held(workspace, person, ticket_id, kind)
        above = found.body if found else ""
        if before is not None:
            may_replace = found is None or over is None or found.version in over
            above = before if may_replace or above in before else _below(above, before)
        save(workspace, person, ticket_id, kind, f"{above}\n\n{body}" if above.strip() else body)


def versions(sent: Mapping[str, str], name: str = "over") -> list[str] | None:
    """Return the versions of a draft that a form says it knows of and may save over, if it does."""
    return sent[name].split() if name in sent else None


def discard(
    workspace: Workspace, person: Person, ticket_id: str, kind: str, over: Collection[str] | None = None
) -> None:
    """Forget a draft, if it is one of the versions `over`; None is any."""
    with transactions.change():
        found = _held(workspace, person, ticket_id, kind)
        if found is not None and (over is None or found.version in over):
            found.delete()


def of_ticket(workspace: Workspace, person: Person, ticket_id: str) -> dict[str, Draft]:
    """Return the person's drafts on a ticket, by kind."""
    return {draft.kind: draft for draft in workspace.drafts.filter(person=person, ticket_id=ticket_id)}


def _below(above: str, body: str) -> str:
    return above if body.strip() in above else f"{above}\n\n{body}"


def _check_known(
    workspace: Workspace, person: Person, ticket_id: str, kind: str, body: str, over: Collection[str]
) -> None:
    found = _held(workspace, person, ticket_id, kind)
    if found is not None and found.version not in over and found.body != body:
        raise Changed(found.body)


def _held(workspace: Workspace, person: Person, ticket_id: str, kind: str) -> Draft | None:
    drafts = workspace.drafts.select_for_update()
    return drafts.filter(person=person, ticket_id=ticket_id, kind=kind).first()


def _is_sent(workspace: Workspace, kind: str, identifier: str) -> bool:
    # What is being sent at this moment is there, or is not, once its change has ended. The workspace itself may be held
    # for seconds by a change of many tickets, for which nobody who writes is to wait.
    once.take_turn(identifier)
    # The forms of a page share the id, so that what became of the other one says nothing. A held reply is looked for
    # before the message that it becomes.
    places = (workspace.notes,) if kind == "note" else (workspace.held_replies, workspace.messages)
    return any(place.filter(id=identifier).exists() for place in places)
