"""Read marks: up to when a person has seen a ticket. They change no revision."""

from datetime import datetime

from tixallo.kit import transactions
from tixallo.workspaces.models import Person, Workspace


def mark_read(workspace: Workspace, person: Person, ticket_id: str, at: datetime) -> None:
    """Note that the person has seen the ticket as it was at a time; a mark never goes back."""
    with transactions.change():
        mark, made = workspace.read_marks.get_or_create(person=person, ticket_id=ticket_id, defaults={"read_at": at})
        if not made and mark.read_at < at:
            mark.read_at = at
            mark.save(update_fields=["read_at"])
