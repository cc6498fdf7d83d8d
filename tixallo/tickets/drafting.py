"""Drafts: one a person, ticket and kind. They are nobody else's concern, so that saving one changes no revision."""

from collections.abc import Collection

from tixallo.kit import clock, transactions
from tixallo.tickets.models import LONGEST_TEXT, Draft
from tixallo.workspaces.changes import lock
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
) -> None:
    """Keep the text, or forget the draft when it is blank; what is too long to be sent is kept up to that length.

    What has been sent meanwhile, under the id `sent_as`, is a draft no longer. `over` are the versions that may be
    saved over; raises `Changed` where the draft is another one. None is any.
    """
    with transactions.change():
        if sent_as and _is_sent(workspace, kind, sent_as):
            return
        if over is not None:
            _check_known(workspace, person, ticket_id, kind, body, over)
        if not body.strip():
            discard(workspace, person, ticket_id, kind)
            return
        workspace.drafts.update_or_create(
            person=person,
            ticket_id=ticket_id,
            kind=kind,
            defaults={"body": body.replace("\x00", "")[:LONGEST_TEXT], "updated_at": clock.now()},
        )


def append(
    workspace: Workspace, person: Person, ticket_id: str, kind: str, body: str, before: str | None = None
) -> None:
    """Put a text below a draft; `before` is what stands in the draft's form, if that is known."""
    if before is None:
        draft = of_ticket(workspace, person, ticket_id).get(kind)
        before = draft.body if draft else ""
    save(workspace, person, ticket_id, kind, f"{before}\n\n{body}" if before.strip() else body)


def discard(workspace: Workspace, person: Person, ticket_id: str, kind: str) -> None:
    """Forget a draft."""
    with transactions.change():
        workspace.drafts.filter(person=person, ticket_id=ticket_id, kind=kind).delete()


def of_ticket(workspace: Workspace, person: Person, ticket_id: str) -> dict[str, Draft]:
    """Return the person's drafts on a ticket, by kind."""
    return {draft.kind: draft for draft in workspace.drafts.filter(person=person, ticket_id=ticket_id)}


def _check_known(
    workspace: Workspace, person: Person, ticket_id: str, kind: str, body: str, over: Collection[str]
) -> None:
    drafts = workspace.drafts.select_for_update()
    found = drafts.filter(person=person, ticket_id=ticket_id, kind=kind).first()
    if found is not None and found.version not in over and found.body != body:
        raise Changed(found.body)


def _is_sent(workspace: Workspace, kind: str, identifier: str) -> bool:
    # The forms of a page share the id, so that what became of the other one says nothing.
    # What is being sent at this moment is there, or is not, once its change has ended.
    lock(workspace.id)
    places = (workspace.notes,) if kind == "note" else (workspace.held_replies, workspace.messages)
    return any(place.filter(id=identifier).exists() for place in places)
