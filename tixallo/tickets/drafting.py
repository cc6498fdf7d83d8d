"""Drafts: one a person, ticket and kind. They are nobody else's concern, so that saving one changes no revision."""

from tixallo.kit import clock, transactions
from tixallo.tickets.models import LONGEST_TEXT, Draft
from tixallo.workspaces.changes import lock
from tixallo.workspaces.models import Person, Workspace

KINDS = ("reply", "note")


def save(workspace: Workspace, person: Person, ticket_id: str, kind: str, body: str, sent_as: str = "") -> None:
    """Keep the text, or forget the draft when it is blank; what is too long to be sent is kept up to that length.

    What has been sent meanwhile, under the id `sent_as`, is a draft no longer.
    """
    if not body.strip():
        discard(workspace, person, ticket_id, kind)
        return
    with transactions.change():
        if sent_as and _is_sent(workspace, kind, sent_as):
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


def _is_sent(workspace: Workspace, kind: str, identifier: str) -> bool:
    # The forms of a page share the id, so that what became of the other one says nothing.
    # What is being sent at this moment is there, or is not, once its change has ended.
    lock(workspace.id)
    places = (workspace.notes,) if kind == "note" else (workspace.held_replies, workspace.messages)
    return any(place.filter(id=identifier).exists() for place in places)
